"""Making, changing and archiving products: exactly what was planned, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..domain.codec import from_json
from ..domain.diff import FieldChange, product_changes
from ..domain.match import base, unkeyed
from ..domain.model import Product
from ..domain.owners import Rules
from ..domain.plan import APART, has_merchants
from ..domain.steps import FIELDS, WHOLE, part, steps
from ..models import Change, Kind
from ..shopify.errors import UserErrors
from ..shopify.inputs import create_product, custom_id, update_product
from . import do_variants, echoes
from .do_variants import keep
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
    done = linked(wanted, seen, dict(rules.echo))
    before = ""
    for step in steps(wanted, seen, left):
        if before:
            keep(change, done, before)
            rules = replace(rules, echo=done.links[0].echo)
        done, before = _step(step, wanted, seen, left, rules, sides), step
    return done


def _step(
    step: str, wanted: Product, seen: Product, left: list[FieldChange], rules: Rules, sides: Sides
) -> Done:
    mine = part(step, left)
    if step in do_variants.DOCUMENTS:
        return do_variants.write(step, wanted, seen, mine, rules, sides)
    given = _changes(wanted, seen, mine, sides, whole=step == WHOLE)
    return _set(sides, {"id": seen.gid}, given, wanted, rules, echoes.paths(mine), seen)


def _changes(
    wanted: Product, seen: Product, left: list[FieldChange], sides: Sides, *, whole: bool = False
) -> dict[str, Any]:
    return update_product(wanted, seen, left, sides.currency, sides.places, whole=whole)


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
    seen: Product | None = None,
) -> Done:
    """Write a product and learn what became of it: by a cheap answer where that tells enough."""
    cheap = len(wanted.variants) <= FEW and len(given.get("files", ())) <= 1
    if not cheap:
        document = sides.reader.shape.document("BridgeSetGallery")
        payload = sides.client.write(document, identifier=identifier, input=given)
        written = sides.reader.product_of(payload["product"])
        kept = echoes.of(wanted, written, rules, sent=sent)
        return linked(wanted, written, kept, sent_pictures="files" in given)
    count = len(given.get("variants", (seen or wanted).variants))
    payload = sides.client.write(
        "BridgeSetProduct", identifier=identifier, input=given, variants=max(count, 1)
    )
    return _told(sides, payload["product"], given, wanted, rules, sent, seen)


def _told(
    sides: Sides,
    node: Mapping[str, Any],
    given: Mapping[str, Any],
    wanted: Product,
    rules: Rules,
    sent: frozenset[str] | None,
    seen: Product | None = None,
) -> Done:
    written = learnt(node, given, wanted, sides.reader, seen)
    kept = echoes.of(wanted, written, rules, TOLD, sent)
    return linked(wanted, written, kept, sent_pictures="files" in given)


def _line(change: Change, sides: Sides) -> Mapping[str, Any] | None:
    wanted = from_json(change.payload["product"])
    if len(wanted.variants) > FEW or sides.gids(Kind.PRODUCT, [wanted.key]):
        # Somebody made it meanwhile, or it was deleted: by itself it is looked for first.
        return None
    return {"identifier": {"customId": custom_id(wanted.key)}, "input": _creation(wanted, sides)}


def _learn(change: Change, sides: Sides, data: Mapping[str, Any]) -> Done:
    wanted = from_json(change.payload["product"])
    files = {"files": wanted.pictures} if wanted.pictures else {}
    return _told(sides, _node(data), files, wanted, Rules(sides.policy), None)


def _node(data: Mapping[str, Any]) -> Mapping[str, Any]:
    (payload,) = data.values()
    if payload["product"] is None:
        raise LaterError("Shopify told nothing of it", 1)
    return payload["product"]


def _update_line(change: Change, sides: Sides) -> Mapping[str, Any] | None:
    """The step a change is at, of a product that nobody has changed since the plan saw it."""
    wanted, seen, step, mine = _at(change)
    if step in do_variants.DOCUMENTS:
        return do_variants.line(step, wanted, seen, mine, sides)
    # A picture or a variant that the merchant adds while the operation waits must not be lost.
    if step != FIELDS or len(seen.variants) > FEW:
        return None
    return {"identifier": {"id": seen.gid}, "input": _changes(wanted, seen, mine, sides)}


def _at(change: Change) -> tuple[Product, Product, str, list[FieldChange]]:
    wanted, seen = from_json(change.payload["product"]), from_json(change.payload["seen"])
    left = [FieldChange(**item) for item in change.payload["fields"]]
    return wanted, seen, do_variants.at(change), part(do_variants.at(change), left)


def _update_learn(change: Change, sides: Sides, data: Mapping[str, Any]) -> Done:
    node, rules = _node(data), _rules(sides, change)
    wanted, seen, step, mine = _at(change)
    if step in do_variants.DOCUMENTS:
        (payload,) = data.values()
        done = do_variants.told(payload, wanted, seen, mine, rules, sides)
    else:
        given = _changes(wanted, seen, mine, sides)
        done = _told(sides, node, given, wanted, rules, echoes.paths(mine), seen)
    if rest := change.payload["steps"][1:]:
        return replace(done, more={"steps": rest, "updated": node["updatedAt"]})
    return done


BULK_SET = Bulkable("BridgeSetProduct", _line, _learn)
BULK_UPDATE = Bulkable(
    "BridgeSetProduct",
    _update_line,
    _update_learn,
    steps={FIELDS: "BridgeSetProduct"} | do_variants.DOCUMENTS,
    again=do_variants.MOVED,
)
