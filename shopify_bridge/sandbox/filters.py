"""Shopify's search syntax (`query:` of a list) as SQL over the stored documents.

Terms `field:value`, comparators, quotes, `*` at the end, AND, OR, NOT and parentheses, as documented under
"API search syntax". A field that Shopify does not know is ignored there; so it is here. Assumed: texts
match when they contain the words, without regard to case; ids, SKUs, barcodes and handles match whole.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

log = logging.getLogger(__name__)
Sql = tuple[str, list[Any]]
Matcher = Callable[[str, str, str], Sql]

INDEXES = """
CREATE INDEX IF NOT EXISTS products_by_update ON objects (kind, json_extract(doc, '$.updatedAt'), seq)
    WHERE kind = 'Product';
CREATE INDEX IF NOT EXISTS variants_by_sku ON objects (kind, lower(json_extract(doc, '$.sku')))
    WHERE kind = 'ProductVariant';
CREATE INDEX IF NOT EXISTS variants_by_barcode ON objects (kind, lower(json_extract(doc, '$.barcode')))
    WHERE kind = 'ProductVariant';
"""
_TOKEN = re.compile(r"""\(|\)|-?[\w.]+:(?:>=|<=|>|<)?(?:'[^']*'|"[^"]*"|[^\s()]*)|"[^"]*"|'[^']*'|[^\s()]+""")
_TERM = re.compile(r"(-?)([\w.]+):(>=|<=|>|<)?(.*)\Z", re.DOTALL)


def where(kind: str, query: str | None) -> Sql:
    """A condition on the table `objects`, and its values."""
    tokens = list(_TOKEN.findall(query or ""))
    if not tokens:
        return "1", []
    sql, values, rest = _either(kind, tokens)
    if rest:
        raise ValueError(f"unbalanced parentheses in {query!r}")
    return sql, values


def _either(kind: str, tokens: list[str]) -> tuple[str, list[Any], list[str]]:
    sql, values, rest = _all(kind, tokens)
    while rest and rest[0] == "OR":
        more, extra, rest = _all(kind, rest[1:])
        sql, values = f"({sql} OR {more})", values + extra
    return sql, values, rest


def _all(kind: str, tokens: list[str]) -> tuple[str, list[Any], list[str]]:
    parts: list[str] = []
    values: list[Any] = []
    while tokens and tokens[0] not in (")", "OR"):
        if tokens[0] == "AND":
            tokens = tokens[1:]
            continue
        sql, found, tokens = _one(kind, tokens)
        parts.append(sql)
        values += found
    return " AND ".join(parts) or "1", values, tokens


def _one(kind: str, tokens: list[str]) -> tuple[str, list[Any], list[str]]:
    head, rest = tokens[0], tokens[1:]
    if head == "NOT":
        if not rest:
            return "1", [], rest
        sql, values, rest = _one(kind, rest)
        return f"NOT ({sql})", values, rest
    if head == "(":
        sql, values, rest = _either(kind, rest)
        if not rest or rest[0] != ")":
            raise ValueError("unbalanced parentheses")
        return f"({sql})", values, rest[1:]
    term = _TERM.match(head)
    if not term:
        sql, values = _text("title")("", head.strip("'\""), kind)
        return sql, values, rest
    minus, name, comparator, value = term.groups()
    sql, values = _field(kind, name, comparator or "", value.strip("'\""))
    return (f"NOT ({sql})" if minus else sql), values, rest


def _field(kind: str, name: str, comparator: str, value: str) -> Sql:
    if name.startswith("metafields.") and name.count(".") >= 2:
        _, namespace, key = name.split(".", 2)
        return _METAFIELD, [namespace, key, value]
    found = FIELDS.get(kind, {}).get(name)
    if found is None:
        log.warning("a search of %s by %s, which Shopify does not know, is ignored", kind, name)
        return "1", []
    return found(comparator, value, kind)


_METAFIELD = (
    "EXISTS (SELECT 1 FROM json_each(doc, '$.metafields') WHERE json_extract(value, '$.namespace') = ?"
    " AND json_extract(value, '$.key') = ? AND json_extract(value, '$.value') = ?)"
)


def _moment(value: str) -> str:
    """A date or time in UTC, as documents hold it; raises ValueError."""
    if value.lower() == "now":
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if re.fullmatch(r"\d{4}", value):
        value += "-01-01"
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return f"{date.fromisoformat(value)}T00:00:00Z"
    at = datetime.fromisoformat(value)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _time(name: str) -> Matcher:
    def match(comparator: str, value: str, _: str) -> Sql:
        return f"json_extract(doc, '$.{name}') {comparator or '='} ?", [_moment(value)]

    return match


def _text(name: str) -> Matcher:
    def match(_: str, value: str, __: str) -> Sql:
        return f"lower(json_extract(doc, '$.{name}')) LIKE ?", [f"%{value.rstrip('*').lower()}%"]

    return match


def _exact(name: str) -> Matcher:
    """One of the values between commas; with `*` at its end, whatever starts so."""

    def match(_: str, value: str, __: str) -> Sql:
        column = f"lower(json_extract(doc, '$.{name}'))"
        if value.endswith("*"):
            return f"{column} LIKE ?", [value[:-1].lower() + "%"]
        values = [part.strip().lower() for part in value.split(",")]
        return f"{column} IN ({', '.join('?' * len(values))})", values

    return match


def _id(comparator: str, value: str, kind: str) -> Sql:
    number = int(value.rsplit("/", 1)[-1] or 0)
    if not comparator:
        return "gid = ?", [f"gid://shopify/{kind}/{number}"]
    return f"CAST(substr(gid, {len(f'gid://shopify/{kind}/') + 1}) AS INTEGER) {comparator} ?", [number]


def _ids(name: str, target: str) -> Matcher:
    def match(_: str, value: str, __: str) -> Sql:
        gids = [f"gid://shopify/{target}/{part.strip().rsplit('/', 1)[-1]}" for part in value.split(",")]
        return f"json_extract(doc, '$.{name}') IN ({', '.join('?' * len(gids))})", gids

    return match


def _linked(link: str, target: str, *, owner: bool) -> Matcher:
    """Those with a link to (or from) another object, by its id."""
    mine, theirs = ("member", "owner") if owner else ("owner", "member")

    def match(_: str, value: str, __: str) -> Sql:
        gid = f"gid://shopify/{target}/{value.rsplit('/', 1)[-1]}"
        return f"gid IN (SELECT {mine} FROM links WHERE kind = '{link}' AND {theirs} = ?)", [gid]  # noqa: S608

    return match


def _of_variants(name: str, column: str) -> Matcher:
    def match(comparator: str, value: str, _: str) -> Sql:
        sql, values = _exact(name)(comparator, value, "ProductVariant")
        owners = f"SELECT json_extract(doc, '$.{column}') FROM objects"  # noqa: S608
        return f"gid IN ({owners} WHERE kind = 'ProductVariant' AND {sql})", values

    return match


def _tag(_: str, value: str, __: str) -> Sql:
    sql = "EXISTS (SELECT 1 FROM json_each(doc, '$.tags') WHERE lower(value) = ?)"
    return sql, [value.lower()]


def _collection_type(_: str, value: str, __: str) -> Sql:
    first = "json_extract(value, '$.conditions[0]') IS NOT NULL"
    smart = f"EXISTS (SELECT 1 FROM json_each(doc, '$.sources') WHERE {first})"  # noqa: S608
    return (smart if value.lower() == "smart" else f"NOT {smart}"), []


_TIMES = {"updated_at": _time("updatedAt"), "created_at": _time("createdAt")}
FIELDS: dict[str, dict[str, Matcher]] = {
    "Product": {
        **_TIMES,
        "id": _id,
        "title": _text("title"),
        "handle": _exact("handle"),
        "product_type": _exact("productType"),
        "vendor": _exact("vendor"),
        "status": _exact("status"),
        "tag": _tag,
        "sku": _of_variants("sku", "product"),
        "barcode": _of_variants("barcode", "product"),
        "collection_id": _linked("member", "Collection", owner=True),
    },
    "ProductVariant": {
        "updated_at": _time("updatedAt"),
        "id": _id,
        "sku": _exact("sku"),
        "barcode": _exact("barcode"),
        "product_id": _ids("product", "Product"),
        "product_ids": _ids("product", "Product"),
    },
    "Collection": {
        "updated_at": _time("updatedAt"),
        "id": _id,
        "title": _text("title"),
        "handle": _exact("handle"),
        "collection_type": _collection_type,
        "product_id": _linked("member", "Product", owner=False),
    },
    "InventoryItem": {**_TIMES, "id": _id, "sku": _of_variants("sku", "item")},
    "Order": {**_TIMES, "id": _id, "name": _exact("name"), "processed_at": _time("processedAt")},
}
SORTS = {
    "CREATED_AT": "json_extract(doc, '$.createdAt')",
    "NAME": "lower(json_extract(doc, '$.name'))",
    "PROCESSED_AT": "json_extract(doc, '$.processedAt')",
    "PRODUCT_TYPE": "lower(json_extract(doc, '$.productType'))",
    "SKU": "coalesce(lower(json_extract(doc, '$.sku')), '')",
    "TITLE": "lower(json_extract(doc, '$.title'))",
    "UPDATED_AT": "json_extract(doc, '$.updatedAt')",
    "VENDOR": "lower(json_extract(doc, '$.vendor'))",
}


def page_sql(kind: str, query: str | None, sort: str, *, newest: bool, behind: bool) -> Sql:
    """The SQL of a page: (sort value, seq, document), and the values of its condition.

    Where `behind` is set, the last sort value, the same again and the last seq follow; the limit is last.
    """
    condition, values = where(kind, query)
    key = SORTS.get(sort, "seq")
    order, beyond = ("DESC", "<") if newest else ("ASC", ">")
    bound = f" AND {key} {beyond}= ? AND ({key} {beyond} ? OR seq {beyond} ?)" if behind else ""
    by = f"seq {order}" if key == "seq" else f"{key} {order}, seq {order}"
    # Few are named: look them up by gid, and do not walk through all of their kind.
    named = condition.startswith(("gid =", "gid IN")) and " OR " not in condition
    plus = "+" if named else ""
    found = f"SELECT {key}, seq, doc FROM objects WHERE {plus}kind = '{kind}' AND {condition}"  # noqa: S608
    return f"{found}{bound} ORDER BY {by} LIMIT ?", values
