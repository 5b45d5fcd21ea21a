"""What all resolvers share: the store, connections, look-ups, money."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from graphql import GraphQLResolveInfo

from ..errors import bad_request
from ..metafields import DEFAULT_NAMESPACE
from ..state import Doc, State

Resolver = Callable[..., Any]
Fields = dict[str, dict[str, Resolver]]
MAX_PAGE = 250


def state_of(info: GraphQLResolveInfo) -> State:
    """The store of this request."""
    return info.context.state


def listed(items: list[Any], first: int | None = None, after: str | None = None) -> Doc:
    """A connection over a list, whose cursors are positions."""
    limit = _limit(first)
    start = _position(after)
    nodes = items[start : start + limit]
    return _connection(
        [(start + i + 1, node) for i, node in enumerate(nodes)], start > 0, len(items) > start + limit
    )


def stored(kind: str) -> Resolver:
    """A connection over all documents of a kind."""

    def resolve(
        _: Any, info: GraphQLResolveInfo, first: int | None = None, after: str | None = None, **args: Any
    ) -> Doc:
        limit, start = _limit(first), _position(after)
        rows = state_of(info).page(kind, start, limit + 1, newest=args.get("reverse", False))
        return _connection(rows[:limit], start > 0, len(rows) > limit)

    return resolve


def _limit(first: int | None) -> int:
    if first is None:
        raise bad_request("you must provide one of first or last", "BAD_REQUEST")
    if not 0 <= first <= MAX_PAGE:
        raise bad_request(f"first must be between 0 and {MAX_PAGE}", "BAD_REQUEST")
    return first


def _position(after: str | None) -> int:
    try:
        return int(base64.b64decode(after).decode()) if after else 0
    except ValueError:
        raise bad_request("Invalid cursor for current pagination sort.", "BAD_REQUEST") from None


def _cursor(position: int) -> str:
    return base64.b64encode(str(position).encode()).decode()


def _connection(rows: list[tuple[int, Any]], earlier: bool, more: bool) -> Doc:
    return {
        "nodes": [node for _, node in rows],
        "edges": [{"cursor": _cursor(position), "node": node} for position, node in rows],
        "pageInfo": {
            "hasNextPage": more,
            "hasPreviousPage": earlier,
            "startCursor": _cursor(rows[0][0]) if rows else None,
            "endCursor": _cursor(rows[-1][0]) if rows else None,
        },
    }


def get(name: str = "id") -> Resolver:
    return lambda doc, info, **args: state_of(info).get(args.get("id") if doc is None else doc[name])


def many(name: str) -> Resolver:
    return lambda doc, info, **args: listed(state_of(info).many(doc[name]), **args)


def bag(amount: Any, currency: str) -> Doc:
    money = {"amount": str(amount), "currencyCode": currency}
    return {"shopMoney": money, "presentmentMoney": money}


def within(doc: Doc, order: Doc) -> Doc:
    """A line of an order (or its taxes, shipping) that still knows the order."""
    return doc | {"_order": order}


def metafield(doc: Doc, _: GraphQLResolveInfo, key: str, namespace: str = DEFAULT_NAMESPACE) -> Doc | None:
    return next((m for m in doc["metafields"] if (m["namespace"], m["key"]) == (namespace, key)), None)


def metafields(doc: Doc, _: GraphQLResolveInfo, namespace: str | None = None, **args: Any) -> Doc:
    return listed([m for m in doc["metafields"] if namespace in (None, m["namespace"])], **args)
