"""Saleor's rich text as clean HTML: DraftJS (2.10) and EditorJS (3.x).

Only a few tags and safe links survive; everything else is text. Shopify shows it to shoppers, so a
script in a description must not get there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser
from typing import Any

_INLINE = {
    "b": "strong",
    "strong": "strong",
    "i": "em",
    "em": "em",
    "u": "u",
    "s": "s",
    "a": "a",
    "br": "br",
    "code": "code",
}
_DRAFT_BLOCKS = {
    "header-one": "h1",
    "header-two": "h2",
    "header-three": "h3",
    "header-four": "h4",
    "blockquote": "blockquote",
}
_DRAFT_LISTS = {"unordered-list-item": "ul", "ordered-list-item": "ol"}
_DRAFT_STYLES = {"BOLD": "strong", "ITALIC": "em", "UNDERLINE": "u", "STRIKETHROUGH": "s"}


def to_html(content: str | Mapping[str, Any] | None) -> str:
    """HTML of a description as Saleor stores it; plain text becomes paragraphs."""
    if not content:
        return ""
    if isinstance(content, str):
        try:
            content = json.loads(content)
        except ValueError:
            return "".join(
                f"<p>{escape(line.strip())}</p>" for line in str(content).split("\n") if line.strip()
            )
    if not isinstance(content, dict):
        return ""
    blocks = content.get("blocks")
    if not isinstance(blocks, list):
        return ""
    if "entityMap" in content or any("text" in block for block in blocks if isinstance(block, dict)):
        return _draft(blocks, content.get("entityMap") or {})
    return "".join(_editor(block) for block in blocks if isinstance(block, dict))


def _editor(block: Mapping[str, Any]) -> str:
    data, kind = block.get("data") or {}, block.get("type")
    if kind == "list":
        tag = "ol" if data.get("style") == "ordered" else "ul"
        return f"<{tag}>{''.join(_item(item) for item in data.get('items') or [])}</{tag}>"
    text = clean(str(data.get("text") or ""))
    if not text:
        return ""
    if kind == "header":
        level = data.get("level")
        return f"<h{level}>{text}</h{level}>" if level in range(1, 7) else f"<h2>{text}</h2>"
    return f"<blockquote>{text}</blockquote>" if kind == "quote" else f"<p>{text}</p>"


def _item(item: Any) -> str:
    return f"<li>{clean(str(item.get('content') or '') if isinstance(item, dict) else str(item))}</li>"


def _draft(blocks: list[Any], entities: Mapping[str, Any]) -> str:
    html, open_list = [], ""
    for block in blocks:
        kind = block.get("type", "unstyled")
        wanted = _DRAFT_LISTS.get(kind, "")
        if wanted != open_list:
            html += [f"</{open_list}>"] if open_list else []
            html += [f"<{wanted}>"] if wanted else []
            open_list = wanted
        text = _draft_text(block, entities)
        tag = "li" if wanted else _DRAFT_BLOCKS.get(kind, "p")
        if text or wanted:
            html.append(f"<{tag}>{text}</{tag}>")
    return "".join(html) + (f"</{open_list}>" if open_list else "")


def _draft_text(block: Mapping[str, Any], entities: Mapping[str, Any]) -> str:
    """The block's text with its ranges as tags, character by character, so that overlaps nest."""
    text = str(block.get("text") or "")
    marks: list[list[str]] = [[] for _ in text]
    for span in block.get("inlineStyleRanges") or []:
        tag = _DRAFT_STYLES.get(span.get("style"))
        for i in range(span["offset"], min(span["offset"] + span["length"], len(text))) if tag else ():
            marks[i].append(f"<{tag}>")
    for span in block.get("entityRanges") or []:
        entity = entities.get(str(span.get("key"))) or {}
        href = str((entity.get("data") or {}).get("url") or "") if entity.get("type") == "LINK" else ""
        for i in (
            range(span["offset"], min(span["offset"] + span["length"], len(text))) if _safe(href) else ()
        ):
            marks[i].insert(0, f'<a href="{escape(href)}">')
    html: list[str] = []
    before: list[str] = []
    for character, tags in zip(text, marks, strict=True):
        html += _switch(before, tags)
        html.append("<br>" if character == "\n" else escape(character, quote=False))
        before = tags
    return "".join([*html, *_switch(before, [])])


def _switch(before: list[str], after: list[str]) -> list[str]:
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    closing = [f"</{tag[1:].split(' ')[0].rstrip('>')}>" for tag in reversed(before[same:])]
    return closing + after[same:]


def _safe(href: str) -> bool:
    return href.lower().startswith(("https://", "http://", "mailto:", "/"))


def clean(text: str) -> str:
    """Inline HTML with only harmless tags; everything else is kept as text or dropped."""
    parser = _Cleaner()
    parser.feed(text)
    parser.close()
    return "".join([*parser.out, *(f"</{tag}>" for tag in reversed(parser.open))])


class _Cleaner(HTMLParser):
    """Writes what it reads, less everything that is not on the list."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.open: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent += 1
        kept = _INLINE.get(tag)
        if not kept or self._silent:
            return
        if kept == "br":
            self.out.append("<br>")
            return
        href = dict(attrs).get("href") or ""
        if kept == "a" and not _safe(href):
            return
        self.out.append(f'<a href="{escape(href)}">' if kept == "a" else f"<{kept}>")
        self.open.append(kept)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)
        kept = _INLINE.get(tag)
        if kept in self.open and not self._silent:
            while True:
                last = self.open.pop()
                self.out.append(f"</{last}>")
                if last == kept:
                    break

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(escape(data, quote=False))
