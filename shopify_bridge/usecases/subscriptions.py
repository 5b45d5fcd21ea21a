"""What Shopify tells us, and where to: made when missing, moved when our address changed, looked after.

Shopify deletes a subscription whose address did not answer for four hours, and says so to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..shopify.errors import UserErrors
from .sides import Sides

_PAGE = 50
_IDS = ("id", "admin_graphql_api_id", "updated_at")
_LEVEL = ("inventory_item_id", "location_id", "updated_at")
# By topic, the fields that a delivery brings: names to look things up by, no content, nobody's data.
WANTED: Mapping[str, tuple[str, ...]] = {
    "PRODUCTS_CREATE": _IDS,
    "PRODUCTS_UPDATE": _IDS,
    "PRODUCTS_DELETE": ("id",),
    "COLLECTIONS_CREATE": _IDS,
    "COLLECTIONS_UPDATE": _IDS,
    "COLLECTIONS_DELETE": ("id",),
    "INVENTORY_LEVELS_UPDATE": _LEVEL,
    "INVENTORY_LEVELS_CONNECT": _LEVEL,
    "INVENTORY_LEVELS_DISCONNECT": ("inventory_item_id", "location_id"),
    "LOCATIONS_UPDATE": ("id", "active"),
    "LOCATIONS_DEACTIVATE": ("id", "active"),
    "LOCATIONS_DELETE": ("id",),
    "BULK_OPERATIONS_FINISH": ("admin_graphql_api_id",),
    "APP_UNINSTALLED": ("id",),
}


@dataclass(frozen=True)
class Wrong:
    """A subscription that is not as it should be. `gid` is "" for one that is missing."""

    topic: str
    why: str
    gid: str = ""
    surplus: bool = False


def address(sides: Sides, base: str) -> str:
    """Where Shopify is to send, for a bridge that is reached at `base`."""
    return f"{base.rstrip('/')}{_path(sides)}"


def _path(sides: Sides) -> str:
    return f"/webhooks/shopify/{sides.store.name}/"


def wrong(sides: Sides, base: str) -> list[Wrong]:
    """What is missing, points elsewhere, or is there twice. Those of others are left alone."""
    target, found = address(sides, base), dict[str, str]()
    answer: list[Wrong] = []
    for node in _ours(sides):
        topic, gid = node["topic"], node["id"]
        if topic not in WANTED or topic in found:
            answer.append(
                Wrong(topic, "is there twice" if topic in found else "is not used", gid, surplus=True)
            )
            continue
        found[topic] = gid
        if node["uri"] != target:
            answer.append(Wrong(topic, f"goes to {node['uri']}", gid))
        elif set(node["includeFields"]) != set(WANTED[topic]):
            answer.append(Wrong(topic, "brings other fields", gid))
    return answer + [Wrong(topic, "is missing") for topic in WANTED if topic not in found]


def ensure(sides: Sides, base: str) -> list[Wrong]:
    """Mend what is wrong; answers what was."""
    todo = wrong(sides, base)
    for item in todo:
        given: dict[str, Any] = {
            "uri": address(sides, base),
            "includeFields": list(WANTED.get(item.topic, ())),
        }
        if item.surplus:
            sides.client.write("BridgeUnsubscribe", id=item.gid)
        elif item.gid:
            sides.client.write("BridgeMoveSubscription", id=item.gid, subscription=given)
        else:
            _subscribe(sides, item.topic, given)
    return todo


def _subscribe(sides: Sides, topic: str, given: dict[str, Any]) -> None:
    try:
        sides.client.write("BridgeSubscribe", topic=topic, subscription=given)
    except UserErrors as error:
        # A twin of ours was faster, or the answer to an earlier try was lost.
        if "already been taken" not in error.message:
            raise


def _ours(sides: Sides) -> Iterator[Mapping[str, Any]]:
    after = None
    while True:
        page = sides.client.run("BridgeWebhooks", first=_PAGE, after=after)["webhookSubscriptions"]
        yield from (node for node in page["nodes"] if node["uri"].endswith(_path(sides)))
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return
