"""HTML as the JSON of Shopify's rich_text_field.

https://shopify.dev/docs/apps/build/metafields/list-of-data-types#rich-text-formatting
"""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = {"ul": "unordered", "ol": "ordered"}
_STYLES = {"strong": "bold", "em": "italic"}


def to_rich_json(html: str) -> str:
    """The JSON of clean HTML (see `richtext.to_html`), or "". What it cannot say is plain text."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    if not builder.root["children"]:
        return ""
    return json.dumps(builder.root, ensure_ascii=False, separators=(",", ":"))


class _Builder(HTMLParser):
    """Builds the tree: blocks below the root, texts and links below the blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: dict[str, Any] = {"type": "root", "children": []}
        self._path: list[tuple[str, dict[str, Any]]] = [("", self.root)]
        self._styles: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _STYLES:
            self._styles.append(_STYLES[tag])
        elif tag == "br":
            self._text("\n")
        elif node := _node(tag, dict(attrs)):
            self._path[-1][1]["children"].append(node)
            self._path.append((tag, node))

    def handle_endtag(self, tag: str) -> None:
        if tag in _STYLES and _STYLES[tag] in self._styles:
            self._styles.remove(_STYLES[tag])
        elif tag in {name for name, _ in self._path}:
            while self._path.pop()[0] != tag:
                continue

    def handle_data(self, data: str) -> None:
        self._text(data)

    def _text(self, data: str) -> None:
        node: dict[str, Any] = {"type": "text", "value": data}
        node |= dict.fromkeys(self._styles, True)
        if len(self._path) == 1:
            self.root["children"].append({"type": "paragraph", "children": [node]})
        else:
            self._path[-1][1]["children"].append(node)


def _node(tag: str, attributes: dict[str, str | None]) -> dict[str, Any] | None:
    if tag in _HEADINGS:
        return {"type": "heading", "level": _HEADINGS[tag], "children": []}
    if tag in _LISTS:
        return {"type": "list", "listType": _LISTS[tag], "children": []}
    if tag == "li":
        return {"type": "list-item", "children": []}
    if tag == "a":
        return {"type": "link", "url": attributes.get("href") or "", "children": []}
    return {"type": "paragraph", "children": []} if tag in ("p", "blockquote") else None
