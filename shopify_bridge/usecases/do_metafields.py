"""Saleor's ids and attributes on products that are there: by metafieldsSet, as productSet would delete
the metafields of the merchant and of other apps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..domain.model import ATTRIBUTES, KEY, NAMESPACE
from ..domain.owners import Echo
from ..models import Change, Kind
from ..shopify.errors import UserErrors
from . import echoes
from .outcome import Bulkable, Done, Link, ParkedError
from .sides import Sides

_TOGETHER = 25
_STALE = {"STALE_OBJECT"}
Row = Mapping[str, Any]


def describe(change: Change, sides: Sides) -> Done:
    """Write the metafields the plan named, each only if it still is what the plan saw."""
    rows = change.payload["metafields"]
    sets, drops = [row for row in rows if row["value"] is not None], [r for r in rows if r["value"] is None]
    became: dict[str, str] = {}
    for start in range(0, len(sets), _TOGETHER):
        part = sets[start : start + _TOGETHER]
        try:
            payload = sides.client.write("BridgeSetMetafields", metafields=[_given(row) for row in part])
            became |= _became(part, payload["metafields"])
        except UserErrors as error:
            if not error.codes & _STALE:
                raise
            became |= _once_more(part, sides)
    _drop(drops, sides)
    return _done(change, sides, became)


def release(change: Change, sides: Sides) -> Done:
    """Archive a product whose parts are mirrored otherwise now, and take our ids from it and its variants."""
    gid, owners = change.payload["gid"], change.payload["owners"]
    if sides.reader.product(gid) is not None:
        sides.client.write("BridgeSetProduct", identifier={"id": gid}, input={"status": "ARCHIVED"})
        _delete([{"ownerId": owner, "namespace": NAMESPACE, "key": KEY} for owner in owners], sides)
    sides.mappings(Kind.PRODUCT).filter(key=change.key).delete()
    sides.mappings(Kind.PICTURE).filter(key__startswith=f"{change.key}/").delete()
    sides.mappings(Kind.VARIANT).filter(gid__in=owners).delete()
    return Done()


def _given(row: Row) -> dict[str, Any]:
    if "key" not in row:
        given = {"namespace": NAMESPACE, "key": KEY, "type": "id", "value": row["value"]}
        return given | {"ownerId": row["owner"]}
    return {
        "ownerId": row["owner"],
        "namespace": ATTRIBUTES,
        "key": row["key"],
        "type": row["type"],
        "value": row["value"],
        "compareDigest": row["digest"],
    }


def _became(rows: Sequence[Row], told: Sequence[Mapping[str, Any]] | None) -> dict[str, str]:
    """What became of each row, by its path; they are told in the order they were sent in."""
    pairs = zip(rows, told or (), strict=False)
    return {row["path"]: item["value"] for row, item in pairs if item["key"] == row.get("key")}


def _once_more(rows: Sequence[Row], sides: Sides) -> dict[str, str]:
    """After a stale answer: what an earlier try of ours wrote is fine, everything else is not."""
    became: dict[str, str] = {}
    left = []
    for row in rows:
        try:
            payload = sides.client.write("BridgeSetMetafields", metafields=[_given(row)])
            became |= _became([row], payload["metafields"])
        except UserErrors as error:
            if not error.codes & _STALE:
                raise
            if _now(row, sides) != row["value"]:
                left.append(row["path"])
    if left:
        raise ParkedError(f"changed in Shopify since the plan: {', '.join(left[:5])}; plan again")
    return became


def _now(row: Row, sides: Sides) -> str | None:
    node = sides.client.run("BridgeMetafield", id=row["owner"], namespace=ATTRIBUTES, key=row["key"])["node"]
    return node["metafield"]["value"] if node and node["metafield"] else None


def _drop(rows: list[Row], sides: Sides) -> None:
    for row in rows:
        if _now(row, sides) not in (None, row["before"]):
            raise ParkedError(f"changed in Shopify since the plan: {row['path']}; plan again")
    _delete([{"ownerId": row["owner"], "namespace": ATTRIBUTES, "key": row["key"]} for row in rows], sides)


def _delete(names: list[dict[str, str]], sides: Sides) -> None:
    for start in range(0, len(names), _TOGETHER):
        sides.client.write("BridgeDeleteMetafields", metafields=names[start : start + _TOGETHER])


def _done(change: Change, sides: Sides, became: Mapping[str, str]) -> Done:
    kept: Echo = (
        sides.mappings(Kind.PRODUCT).filter(key=change.key).values_list("echo", flat=True).first() or {}
    )
    links = []
    for row in change.payload["metafields"]:
        if "key" not in row:
            if row["owner"] != change.payload["gid"]:
                links.append(Link(Kind.VARIANT, row["value"], row["owner"]))
        else:
            kept = echoes.attribute(kept, row["echo"], row["value"], became.get(row["path"], row["value"]))
    return Done((Link(Kind.PRODUCT, change.key, change.payload["gid"], echo=dict(kept)), *links))


def _line(change: Change, sides: Sides) -> Mapping[str, Any] | None:
    rows = change.payload["metafields"]
    if len(rows) > _TOGETHER or any(row["value"] is None for row in rows):
        return None
    return {"metafields": [_given(row) for row in rows]}


def _learn(change: Change, sides: Sides, data: Mapping[str, Any]) -> Done:
    return _done(change, sides, _became(change.payload["metafields"], data["metafieldsSet"]["metafields"]))


BULK_DESCRIBE = Bulkable("BridgeSetMetafields", _line, _learn)
