"""Bulk operations and staged uploads in the schema."""

from __future__ import annotations

import re
from typing import Any

from graphql import GraphQLResolveInfo

from .errors import bad_request
from .resolve.common import Fields, get, listed, state_of
from .resolve.mutations import mutation
from .state import Doc

_TERM = re.compile(r"(\w+):(>=|<=|>|<)?'?\"?([^\s'\"]+)'?\"?")
_KEYS = {"status": "status", "operation_type": "type", "created_at": "createdAt", "id": "id"}


def _matches(doc: Doc, query: str) -> bool:
    for name, comparator, value in _TERM.findall(query):
        if name not in _KEYS:
            raise bad_request(f"Unknown search field {name}", "BAD_REQUEST")
        have, want = str(doc[_KEYS[name]]).lower(), value.lower()
        if name == "id":
            have, want = have.rsplit("/", 1)[-1].zfill(20), want.rsplit("/", 1)[-1].zfill(20)
        if name == "created_at":
            have = have[: len(want)] if not comparator else have
        fits = {"": have == want, ">=": have >= want, "<=": have <= want, ">": have > want, "<": have < want}
        if not fits[comparator]:
            return False
    return True


def _operations(_: Any, info: GraphQLResolveInfo, sortKey: str = "CREATED_AT", **args: Any) -> Doc:
    """Newest first, unless reversed."""
    query = args.get("query") or ""
    rows = [doc for _, doc in state_of(info).page("BulkOperation", 0, 100_000, newest=True)]
    found = [doc for doc in rows if _matches(doc, query)]
    if sortKey == "COMPLETED_AT":
        found.sort(key=lambda doc: doc["completedAt"] or "", reverse=True)
    if args.get("reverse"):
        found.reverse()
    return listed(found, args.get("first"), args.get("after"))


def _run_query(info: GraphQLResolveInfo, query: str, groupObjects: bool = False) -> Doc:
    return info.context.bulk.run_query(info.schema, info.context, query, groupObjects)


def _run_mutation(
    info: GraphQLResolveInfo, mutation: str, stagedUploadPath: str, clientIdentifier: str | None = None
) -> Doc:
    bulk = info.context.bulk
    return bulk.run_mutation(info.schema, info.context, mutation, stagedUploadPath, clientIdentifier)


FIELDS: Fields = {
    "QueryRoot": {"bulkOperation": get(), "bulkOperations": _operations},
    "Mutation": {
        "bulkOperationRunQuery": mutation("bulkOperation", _run_query),
        "bulkOperationRunMutation": mutation("bulkOperation", _run_mutation),
        "bulkOperationCancel": mutation("bulkOperation", lambda info, id: info.context.bulk.cancel(id)),
        "stagedUploadsCreate": mutation(
            "stagedTargets", lambda info, input: info.context.bulk.uploads.targets(input)
        ),
    },
    "BulkOperation": {
        "url": lambda doc, info: info.context.bulk.url(doc, partial=False),
        "partialDataUrl": lambda doc, info: info.context.bulk.url(doc, partial=True),
        "objectCount": lambda doc, info: str(doc["objectCount"]),
        "rootObjectCount": lambda doc, info: str(doc["rootObjectCount"]),
        "fileSize": lambda doc, info: doc["fileSize"] and str(doc["fileSize"]),
    },
}
