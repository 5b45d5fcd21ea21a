"""What all resolvers share: the store, connections, look-ups, money."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLResolveInfo

from ..errors import bad_request
from ..filters import Sql, page_sql, where
from ..metafields import DEFAULT_NAMESPACE
from ..state import Doc, State

Resolver = Callable[..., Any]
Fields = dict[str, dict[str, Resolver]]
MAX_PAGE, MOST_PAGED = 250, 25_000


def state_of(info: GraphQLResolveInfo) -> State:
    """The store of this request."""
    return info.context.state


def listed(
    items: list[Any],
    first: int | None = None,
    after: str | None = None,
    reverse: bool = False,
    **_: Any,
) -> Doc:
    """A connection over a list, whose cursors are positions."""
    items = items[::-1] if reverse else items
    limit = size(first)
    start = _position(after)
    nodes = items[start : start + limit]
    return connection(
        [(start + i + 1, node) for i, node in enumerate(nodes)], start > 0, len(items) > start + limit
    )


def stored(kind: str) -> Resolver:
    """A connection over the documents of a kind that a search finds, sorted.

    Cursors tell the last sort value, its place in the store, and how many came before: no page costs more
    than the first, and nobody gets past the 25,000th.
    """

    def resolve(
        _: Any,
        info: GraphQLResolveInfo,
        first: int | None = None,
        after: str | None = None,
        query: str | None = None,
        sortKey: str = "ID",
        reverse: bool = False,
        **args: Any,
    ) -> Doc:
        limit, last = size(first), _place(after)
        if last and last[2] + limit > MOST_PAGED and isinstance(info, GraphQLResolveInfo):
            raise bad_request(f"Cannot paginate past the {MOST_PAGED}th object.", "BAD_REQUEST")
        sql, values = _searched(kind, query, sortKey, newest=reverse, behind=bool(last))
        behind = [last[0], last[0], last[1]] if last else []
        found = state_of(info).rows(sql, *values, *behind, limit + 1)
        before = last[2] if last else 0
        rows = [
            (_token([value, seq, before + i + 1]), json.loads(doc))
            for i, (value, seq, doc) in enumerate(found[:limit])
        ]
        return connection(rows, bool(last), len(found) > limit)

    return resolve


def _searched(kind: str, query: str | None, sort: str, *, newest: bool, behind: bool) -> Sql:
    try:
        return page_sql(kind, query, sort, newest=newest, behind=behind)
    except ValueError as error:
        raise bad_request(f"Invalid search query: {error}", "BAD_REQUEST") from None


def counted(kind: str) -> Resolver:
    """How many a search finds, up to a limit."""

    def resolve(
        _: Any, info: GraphQLResolveInfo, limit: int | None = 10_000, query: str | None = None
    ) -> Doc:
        condition, values = where(kind, query)
        most = -1 if limit is None else limit + 1
        sql = f"SELECT COUNT(*) FROM (SELECT 1 FROM objects WHERE kind = '{kind}' AND {condition} LIMIT ?)"  # noqa: S608
        found = state_of(info).rows(sql, *values, most)[0][0]
        return count(found, limit)

    return resolve


def count(found: int, limit: int | None = None) -> Doc:
    """A Count."""
    if limit is not None and found > limit:
        return {"count": limit, "precision": "AT_LEAST"}
    return {"count": found, "precision": "EXACT"}


def linked(kind: str, make: Callable[[Doc, Any], Any] | None = None) -> Resolver:
    """A connection over what is linked to a document; `make` turns (document, link's data) into a node."""

    def resolve(
        doc: Doc,
        info: GraphQLResolveInfo,
        first: int | None = None,
        after: str | None = None,
        reverse: bool = False,
        **args: Any,
    ) -> Doc:
        state, limit, last = state_of(info), size(first), _place(after)
        found = state.links.members(kind, doc["id"], last[1] if last else 0, limit + 1, newest=reverse)
        rows = []
        for seq, member, data in found[:limit]:
            node = state.get(member)
            if node is not None:
                rows.append((_token([0, seq, 0]), make(node, data) if make else node))
        return connection(rows, bool(last), len(found) > limit)

    return resolve


def size(first: int | None) -> int:
    """The size of a page; refused as Shopify refuses it."""
    if first is None:
        raise bad_request("you must provide one of first or last", "BAD_REQUEST")
    if not 0 <= first <= MAX_PAGE:
        raise bad_request(f"first must be between 0 and {MAX_PAGE}", "BAD_REQUEST")
    return first


def _position(after: str | None) -> int:
    place = _place(after)
    return place[2] if place else 0


def _place(after: str | None) -> tuple[Any, int, int] | None:
    """(sort value, place in the store, how many came before) of a cursor."""
    if not after:
        return None
    try:
        value, seq, before = json.loads(base64.b64decode(after))
        return value, int(seq), int(before)
    except (ValueError, TypeError):
        raise bad_request("Invalid cursor for current pagination sort.", "BAD_REQUEST") from None


def _token(place: list[Any]) -> str:
    return base64.b64encode(json.dumps(place).encode()).decode()


def connection(rows: Sequence[tuple[int | str, Any]], earlier: bool, more: bool) -> Doc:
    """A connection of (cursor or position, node)."""
    edges = [{"cursor": at if isinstance(at, str) else _token([0, 0, at]), "node": node} for at, node in rows]
    return {
        "nodes": [node for _, node in rows],
        "edges": edges,
        "pageInfo": {
            "hasNextPage": more,
            "hasPreviousPage": earlier,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
    }


def get(name: str = "id") -> Resolver:
    return lambda doc, info, **args: state_of(info).get(args.get("id") if doc is None else doc[name])


def many(name: str, make: Callable[[Doc, Doc], Doc] | None = None) -> Resolver:
    """A connection over the documents whose gids a document holds; only the page's are read.

    `make` turns (document, parent) into a node.
    """

    def resolve(doc: Doc, info: GraphQLResolveInfo, **args: Any) -> Doc:
        page = listed(doc.get(name, []), **args)
        state = state_of(info)
        found = {gid: node for gid in page["nodes"] if (node := state.get(gid)) is not None}
        nodes = [make(node, doc) if make else node for node in found.values()]
        cursors = [edge["cursor"] for edge in page["edges"] if edge["node"] in found]
        edges = [{"cursor": at, "node": node} for at, node in zip(cursors, nodes, strict=True)]
        return page | {"nodes": nodes, "edges": edges}

    return resolve


def bag(amount: Any, currency: str) -> Doc:
    money = {"amount": str(amount), "currencyCode": currency}
    return {"shopMoney": money, "presentmentMoney": money}


def within(doc: Doc, order: Doc) -> Doc:
    """A line of an order (or its taxes, shipping) that still knows the order."""
    return doc | {"_order": order}


def metafield(
    doc: Doc, _: GraphQLResolveInfo, key: str, namespace: str | None = DEFAULT_NAMESPACE
) -> Doc | None:
    namespace, key = split_key(namespace, key)
    found = (m for m in doc.get("metafields", ()) if (m["namespace"], m["key"]) == (namespace, key))
    return next(found, None)


def split_key(namespace: str | None, key: str) -> tuple[str, str]:
    """A metafield's namespace and key; `key` may hold both, with a point between."""
    if (not namespace or namespace == DEFAULT_NAMESPACE) and "." in key:
        first, _, second = key.partition(".")
        return first, second
    return namespace or DEFAULT_NAMESPACE, key


def metafields(
    doc: Doc,
    _: GraphQLResolveInfo,
    namespace: str | None = None,
    keys: list[str] | None = None,
    **args: Any,
) -> Doc:
    found = [m for m in doc.get("metafields", ()) if namespace in (None, m["namespace"])]
    if keys is not None:
        found = [m for m in found if f"{m['namespace']}.{m['key']}" in keys]
    return listed(found, **args)


def legacy(doc: Doc, _: GraphQLResolveInfo) -> str:
    """The number in a gid."""
    return doc["id"].rsplit("/", 1)[-1].split("?")[0]
