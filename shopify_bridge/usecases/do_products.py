"""Making, changing and archiving products: exactly what was planned, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..domain.codec import from_json
from ..domain.diff import FieldChange, product_changes
from ..domain.match import base, unkeyed
from ..domain.model import Product
from ..domain.owners import Rules
from ..domain.plan import APART, has_merchants
from ..models import Change, Kind
from ..shopify.errors import UserErrors
from ..shopify.inputs import create_product, custom_id, update_product
from . import echoes
from .outcome import Bulkable, Done, LaterError, ParkedError
from .sides import Sides
from .written import FEW, TOLD, learnt, linked

_TAKEN = {"HANDLE_NOT_UNIQUE"}


def create(change: Change, sides: Sides) -> Done:
    """Make a product; when an earlier try, or somebody else, may have made it, look first."""
    wanted = from_json(change.payload["product"])
    suspected = change.tries > 1 or sides.gids(Kind.PRODUCT, [wanted.key])
    if suspected and (found := sides.reader.product_by_key(wanted.key)):
        return linked(wanted, found, {}, sent_pictures=True)
    given = _creation(wanted, sides)
    try:
        return _set(sides, {"customId": custom_id(wanted.key)}, given, wanted, Rules(sides.policy))
    except UserErrors as error:
        if not (error.codes & _TAKEN and given.pop("handle", None)):
            raise
    # Shopify makes a handle of the title that nobody has.
    return _set(sides, {"customId": custom_id(wanted.key)}, given, wanted, Rules(sides.policy))


def _creation(wanted: Product, sides: Sides) -> dict[str, Any]:
    known = sides.gids(Kind.COLLECTION, wanted.collections)
    joined = [known[key] for key in wanted.collections if key in known]
    return create_product(wanted, sides.currency, sides.places, joined)


def update(change: Change, sides: Sides) -> Done:
    """Change what the plan named, if it still is as the plan saw it."""
    wanted = from_json(change.payload["product"])
    seen = _still_there(sides, change)
    if seen.key not in ("", wanted.key):
        if sides.source.exists(base(seen.key)):
            raise ParkedError("it mirrors another product by now; plan again")
        seen = unkeyed(seen)
    rules = _rules(sides, change)
    left = _remaining(change, wanted, seen, rules)
    given = _changes(wanted, seen, left, sides)
    if not given:
        return linked(wanted, seen, dict(rules.echo))
    return _set(sides, {"id": seen.gid}, given, wanted, rules, echoes.paths(left))


def _changes(wanted: Product, seen: Product, left: list[FieldChange], sides: Sides) -> dict[str, Any]:
    return update_product(wanted, seen, left, sides.currency, sides.places)


def archive(change: Change, sides: Sides) -> Done:
    """Archive the mirror of a product that Saleor no longer offers."""
    seen = _still_there(sides, change)
    planned = change.payload["fields"][0]
    if seen.status not in (planned["before"], planned["after"]):
        raise ParkedError("its status changed in Shopify since the plan")
    if seen.status != "ARCHIVED":
        sides.client.write("BridgeSetProduct", identifier={"id": seen.gid}, input={"status": "ARCHIVED"})
    return Done()


def delete(change: Change, sides: Sides) -> Done:
    """Delete the mirror of a product that Saleor no longer offers, if nothing in it is the merchant's."""
    sides.know_pictures(change.key)
    seen = sides.reader.product(change.payload["gid"])
    if seen is not None:
        if has_merchants(seen):
            raise ParkedError("it has variants or pictures made in Shopify since the plan; plan again")
        if seen.key != change.key:
            raise ParkedError("it is no longer the mirror of this product; plan again")
        sides.client.write("BridgeDeleteProduct", id=seen.gid)
    sides.mappings(Kind.PRODUCT).filter(key=change.key).delete()
    return Done()


def _still_there(sides: Sides, change: Change) -> Product:
    sides.know_pictures(change.key)
    seen = sides.reader.product(change.payload["gid"])
    if seen is None:
        raise ParkedError("it was deleted in Shopify since the plan")
    return seen


def _rules(sides: Sides, change: Change) -> Rules:
    """The rules of the plan, without collections, which are written apart."""
    kept = sides.mappings(Kind.PRODUCT).filter(key=change.key).values_list("echo", flat=True).first()
    return Rules(sides.policy, kept or {})


def _remaining(change: Change, wanted: Product, seen: Product, rules: Rules) -> list[FieldChange]:
    """The planned changes that are not done yet; parks when Shopify is not as the plan saw it."""
    planned = {item["path"]: (item["before"], item["after"]) for item in change.payload["fields"]}
    now = [item for item in product_changes(wanted, seen, rules) if item.kind not in APART]
    drift = [item.path for item in now if planned.get(item.path) != (item.before, item.after)]
    if drift:
        raise ParkedError(f"changed in Shopify since the plan: {', '.join(drift[:5])}; plan again")
    return now


def _set(
    sides: Sides,
    identifier: dict[str, Any],
    given: dict[str, Any],
    wanted: Product,
    rules: Rules,
    sent: frozenset[str] | None = None,
) -> Done:
    """Write a product and learn what became of it: by a cheap answer where that tells enough."""
    cheap = len(wanted.variants) <= FEW and len(given.get("files", ())) <= 1
    if not cheap:
        document = sides.reader.shape.document("BridgeSetGallery")
        payload = sides.client.write(document, identifier=identifier, input=given)
        written = sides.reader.product_of(payload["product"])
        kept = echoes.of(wanted, written, rules, sent=sent)
        return linked(wanted, written, kept, sent_pictures="files" in given)
    count = len(given.get("variants", wanted.variants))
    payload = sides.client.write(
        "BridgeSetProduct", identifier=identifier, input=given, variants=max(count, 1)
    )
    return _told(sides, payload["product"], given, wanted, rules, sent)


def _told(
    sides: Sides,
    node: Mapping[str, Any],
    given: Mapping[str, Any],
    wanted: Product,
    rules: Rules,
    sent: frozenset[str] | None,
) -> Done:
    written = learnt(node, given, wanted, sides.reader)
    kept = echoes.of(wanted, written, rules, TOLD, sent)
    return linked(wanted, written, kept, sent_pictures="files" in given)


def _line(change: Change, sides: Sides) -> Mapping[str, Any] | None:
    wanted = from_json(change.payload["product"])
    if len(wanted.variants) > FEW:
        return None
    if change.verb == "create":
        if sides.gids(Kind.PRODUCT, [wanted.key]):
            # Somebody made it meanwhile, or it was deleted: by itself it is looked for first.
            return None
        identifier: dict[str, Any] = {"customId": custom_id(wanted.key)}
        given = _creation(wanted, sides)
    else:
        identifier, given = {"id": change.payload["gid"]}, _planned(change, wanted, sides)
        # A picture that the merchant adds while the operation waits must not be lost.
        if not given or len(given.get("variants", ())) > FEW or "files" in given:
            return None
    return {"identifier": identifier, "input": given}


def _planned(change: Change, wanted: Product, sides: Sides) -> dict[str, Any]:
    """What is written of a product that nobody has changed since the plan saw it."""
    seen = from_json(change.payload["seen"])
    left = [FieldChange(**item) for item in change.payload["fields"]]
    return _changes(wanted, seen, left, sides)


def _learn(change: Change, sides: Sides, data: Mapping[str, Any]) -> Done:
    wanted = from_json(change.payload["product"])
    node = data["productSet"]["product"]
    if node is None:
        raise LaterError("Shopify told nothing of it", 1)
    if change.verb == "create":
        return _told(
            sides,
            node,
            {"files": wanted.pictures} if wanted.pictures else {},
            wanted,
            Rules(sides.policy),
            None,
        )
    given = _planned(change, wanted, sides)
    left = [FieldChange(**item) for item in change.payload["fields"]]
    return _told(sides, node, given, wanted, _rules(sides, change), echoes.paths(left))


BULK_SET = Bulkable("BridgeSetProduct", _line, _learn)
