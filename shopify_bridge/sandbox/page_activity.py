"""What goes on in the store, for its page: stock by place, bulk operations, webhooks, the last requests."""

from __future__ import annotations

from html import escape
from typing import Any

from .deliveries import Delivery
from .state import Doc
from .store import Store

_SHOWN, _MOST_ITEMS = 12, 50_000
_STOCK = """SELECT place.key, COUNT(*), SUM(json_extract(place.value, '$.available'))
    FROM objects, json_each(doc, '$.levels') AS place WHERE kind = 'InventoryItem' GROUP BY place.key"""
_GOOD = ("completed", "delivered", "active", "ready")
_BAD = ("failed", "expired", "canceled", "given up", "lost", "throttled")


def tag(status: str) -> str:
    """A state as a small label."""
    kind = status.lower()
    tone = "good" if kind in _GOOD else "bad" if kind in _BAD else "wait"
    return f'<span class="tag {tone}">{escape(status.replace("_", " ").capitalize())}</span>'


def empty(text: str) -> str:
    """What stands where there is nothing."""
    return f'<p class="empty">{escape(text)}</p>'


def _table(heads: str, rows: list[str], without: str) -> str:
    if not rows:
        return empty(without)
    cells = "".join(
        f'<th scope="col"{" class=num" if head.startswith("#") else ""}>{head.lstrip("#")}</th>'
        for head in heads.split("|")
    )
    head = f"<thead><tr>{cells}</tr></thead>"
    return f'<div class="wide"><table>{head}<tbody>{"".join(rows)}</tbody></table></div>'


def _row(*cells: Any) -> str:
    """A row; a number is set as one, a text that begins with `<` is markup already."""
    shown = []
    for cell in cells:
        text = str(cell)
        kind = ' class="num"' if isinstance(cell, int) or text == "–" else ""
        shown.append(f"<td{kind}>{text if text.startswith('<') else escape(text)}</td>")
    return f"<tr>{''.join(shown)}</tr>"


def stock(store: Store) -> str:
    """How much is where."""
    state = store.state
    small = state.count("InventoryItem") <= _MOST_ITEMS
    found = {place: (items, units) for place, items, units in (state.rows(_STOCK) if small else [])}
    rows = []
    for _, doc in state.page("Location", 0, 50):
        items, units = found.get(doc["id"], (0, 0))
        counts: tuple[Any, Any] = (items, units) if small else ("–", "–")
        rows.append(_row(doc["name"], tag("active" if doc["isActive"] else "deactivated"), *counts))
    return _table("Location|State|#Items|#Available", rows, "No locations.")


def bulk(store: Store) -> str:
    """The last bulk operations."""
    docs = [doc for _, doc in store.state.page("BulkOperation", 0, _SHOWN, newest=True)]
    rows = [_bulk(store, doc) for doc in docs]
    return _table("Operation|State|#Objects|Result", rows, "None yet.")


def _bulk(store: Store, doc: Doc) -> str:
    url = store.bulk.url(doc, partial=False) or store.bulk.url(doc, partial=True)
    size = f"{max(1, round(doc['fileSize'] / 1000)):,} kB" if doc["fileSize"] else ""
    link = f'<a href="{escape(url)}">{size}{" (partial)" if doc["partial"] else ""}</a>' if url else "–"
    kind = f"{doc['type'].capitalize()} {doc['id'].rsplit('/', 1)[-1]}"
    return _row(kind, tag(doc["status"]), doc["objectCount"], link)


def webhooks(store: Store) -> str:
    """Who subscribed, and the last deliveries."""
    subscriptions = store.webhooks.all()
    rows = [_delivery(item) for item in list(store.deliveries.recent)[:_SHOWN]]
    said = f"{len(subscriptions)} subscriptions" if len(subscriptions) != 1 else "1 subscription"
    head = f'<p class="meta">{said}</p>'
    return head + _table("Time|Topic|State|Answer", rows, "Nothing was sent yet.")


def _delivery(item: Delivery) -> str:
    repeated = f", failed {item.failures} times" if item.failures > 1 else ""
    topic = f"<code>{escape(item.topic).replace('/', '/<wbr>')}</code>"
    return _row(item.triggered[11:19], topic, tag(item.state), (item.answer or "–") + repeated)


def requests(store: Store) -> str:
    """The last requests and what they cost."""
    rows = []
    for item in list(store.requests)[:_SHOWN]:
        errors = "".join(f" {tag(code)}" for code in dict.fromkeys(item["errors"]))
        name = f"<code>{escape(item['name'])}</code>{errors}"
        costs = [
            value if value is not None else "–" for value in (item["requested"], item["actual"], item["left"])
        ]
        rows.append(_row(item["at"][11:19], name, *costs))
    return _table("Time|Request|#Asked|#Cost|#Left", rows, "None yet.")


def faults(store: Store) -> str:
    """The switches that are on."""
    on = store.faults.on()
    if not on:
        return ""
    shown = ", ".join(f"{name} {value}" for name, value in on.items())
    return f'<p class="faults" role="status"><b>Faults are on:</b> {escape(shown)}</p>'
