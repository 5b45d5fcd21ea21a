"""Making, changing and archiving products: exactly what was planned, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..domain.codec import from_json
from ..domain.diff import FieldChange, product_changes
from ..domain.match import match_variants
from ..domain.model import Product
from ..models import Change, Kind
from ..shopify.inputs import create_product, custom_id, metafield, update_product, with_pictures
from . import echoes
from .outcome import Done, Link, ParkedError
from .sides import Sides

_METAFIELDS = 25


def create(change: Change, sides: Sides) -> Done:
    """Make a product; when an earlier try may have made it, look first."""
    wanted = from_json(change.payload["product"])
    found = sides.reader.product_by_key(wanted.key) if change.tries > 1 else None
    if found is None:
        given = create_product(wanted, sides.currency, sides.places)
        found = _set(sides, {"customId": custom_id(wanted.key)}, given)
    return _done(wanted, found, sent_pictures=True)


def update(change: Change, sides: Sides) -> Done:
    """Change what the plan named, if it still is as the plan saw it."""
    wanted = from_json(change.payload["product"])
    seen = _still_there(sides, change)
    open_changes = _remaining(change, wanted, seen, sides)
    written = seen
    _link(sides, wanted, seen, open_changes)
    given = update_product(wanted, seen, {item.path for item in open_changes}, sides.currency, sides.places)
    if given:
        written = _set(sides, {"id": seen.gid}, given)
    return _done(wanted, written, sent_pictures="files" in given)


def archive(change: Change, sides: Sides) -> Done:
    """Archive the mirror of a product that Saleor no longer offers."""
    seen = _still_there(sides, change)
    planned = change.payload["fields"][0]
    if seen.status not in (planned["before"], planned["after"]):
        raise ParkedError("its status changed in Shopify since the plan")
    if seen.status != "ARCHIVED":
        _set(sides, {"id": seen.gid}, {"status": "ARCHIVED"})
    return Done()


def _still_there(sides: Sides, change: Change) -> Product:
    sides.know_pictures(change.key)
    seen = sides.reader.product(change.payload["gid"])
    if seen is None:
        raise ParkedError("it was deleted in Shopify since the plan")
    return seen


def _remaining(change: Change, wanted: Product, seen: Product, sides: Sides) -> list[FieldChange]:
    """The planned changes that are not done yet; parks when Shopify is not as the plan saw it."""
    kept = sides.mappings(Kind.PRODUCT).filter(key=wanted.key).values_list("echo", flat=True).first()
    now = product_changes(wanted, seen, echoes.known(kept or {}))
    if seen.key != wanted.key:
        now.insert(0, FieldChange("key", seen.key or None, wanted.key))
    planned = {item["path"]: (item["before"], item["after"]) for item in change.payload["fields"]}
    drift = [item.path for item in now if planned.get(item.path) != (item.before, item.after)]
    if drift:
        raise ParkedError(f"changed in Shopify since the plan: {', '.join(drift[:5])}; plan again")
    return now


def _link(sides: Sides, wanted: Product, seen: Product, changes: Sequence[FieldChange]) -> None:
    """Give a product and variants found by SKU our key; other metafields stay untouched."""
    owners = [(seen.gid, wanted.key)] if any(item.path == "key" for item in changes) else []
    for key, variant in match_variants(wanted, seen).items():
        if variant.key != key:
            owners.append((variant.gid, key))
    for start in range(0, len(owners), _METAFIELDS):
        part = owners[start : start + _METAFIELDS]
        sides.client.write(
            "BridgeSetMetafields", metafields=[metafield(key) | {"ownerId": gid} for gid, key in part]
        )


def _set(sides: Sides, identifier: dict[str, Any], given: dict[str, Any]) -> Product:
    payload = sides.client.write("BridgeSetProduct", identifier=identifier, input=given)
    return sides.reader.product_of(payload["product"])


def _done(wanted: Product, written: Product, *, sent_pictures: bool) -> Done:
    if sent_pictures:
        written = with_pictures(wanted, written)
    links = [Link(Kind.PRODUCT, wanted.key, written.gid, echo=echoes.of(wanted, written))]
    links += [
        Link(Kind.VARIANT, key, variant.gid) for key, variant in match_variants(wanted, written).items()
    ]
    ours = {picture.key for picture in wanted.pictures}
    links += [
        Link(Kind.PICTURE, f"{wanted.key}/{picture.key}", picture.gid)
        for picture in written.pictures
        if picture.key in ours
    ]
    return Done(tuple(links))
