"""Where products and collections are shown: publishablePublish and publishableUnpublish.

A resource's document holds {publication: date of publishing}, so that listing it needs no other document.
"""

from __future__ import annotations

from datetime import UTC, datetime

from .errors import UserError
from .state import Doc, State, instant

KINDS = ("Product", "Collection")
# Assumed: what a store has from the start, besides the channels an app adds.
CHANNELS = ("Online Store", "Point of Sale", "Shop")


def set_up(state: State) -> None:
    """The publications of a new store."""
    for title in CHANNELS:
        publication, catalog = state.gid("Publication"), state.gid("AppCatalog")
        state.put(
            "AppCatalog",
            {
                "id": catalog,
                "title": title,
                "status": "ACTIVE",
                "publication": publication,
                "priceList": None,
            },
        )
        state.put(
            "Publication",
            {
                "id": publication,
                "autoPublish": False,
                "catalog": catalog,
                "supportsFuturePublishing": title == "Online Store",
            },
        )


def publish(state: State, gid: str, given: list[Doc]) -> Doc:
    """publishablePublish."""
    doc = _publishable(state, gid)
    for index, item in enumerate(given):
        publication = _publication(state, item, index)
        date = item.get("publishDate") or instant()
        if _moment(date) > datetime.now(UTC) and not publication["supportsFuturePublishing"]:
            raise UserError(
                "Publication does not support future publishing.", "input", str(index), "publishDate"
            )
        doc.setdefault("publications", {})[publication["id"]] = date
    return _store(state, doc)


def unpublish(state: State, gid: str, given: list[Doc]) -> Doc:
    """publishableUnpublish; what is not published stays so."""
    doc = _publishable(state, gid)
    for index, item in enumerate(given):
        doc.setdefault("publications", {}).pop(_publication(state, item, index)["id"], None)
    return _store(state, doc)


def published(doc: Doc, publication: str) -> bool:
    """Whether a resource is shown there now. A product that is not active is shown nowhere."""
    date = doc.get("publications", {}).get(publication)
    if date is None or doc.get("status", "ACTIVE") not in ("ACTIVE", "UNLISTED"):
        return False
    return _moment(date) <= datetime.now(UTC)


def _publishable(state: State, gid: str) -> Doc:
    doc = state.get(gid)
    if doc is None or gid.split("/")[3] not in KINDS:
        raise UserError("Resource does not exist.", "id")
    return doc


def _publication(state: State, item: Doc, index: int) -> Doc:
    publication = state.get(item.get("publicationId"))
    if publication is None or "/Publication/" not in publication["id"]:
        raise UserError(
            "Publication does not exist or is not publishable", "input", str(index), "publicationId"
        )
    return publication


def _store(state: State, doc: Doc) -> Doc:
    # Assumed: publishing is a change of the resource, as its publishedAt is one of its fields.
    return state.put(doc["id"].split("/")[3], doc | {"updatedAt": instant()})


def _moment(date: str) -> datetime:
    at = datetime.fromisoformat(date)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
