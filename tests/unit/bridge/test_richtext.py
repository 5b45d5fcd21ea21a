"""Descriptions become harmless HTML."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from shopify_bridge.domain.richtext import clean, to_html

ALLOWED = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "strong",
    "em",
    "u",
    "s",
    "a",
    "br",
    "code",
}


class Seen(HTMLParser):
    def __init__(self, html: str):
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_editorjs() -> None:
    blocks = [
        {"type": "header", "data": {"text": "Head", "level": 3}},
        {"type": "paragraph", "data": {"text": 'A <b>bold</b> &amp; <a href="https://x.example">link</a>'}},
        {"type": "list", "data": {"style": "ordered", "items": ["one", {"content": "two"}]}},
    ]
    assert to_html(json.dumps({"blocks": blocks})) == (
        '<h3>Head</h3><p>A <strong>bold</strong> &amp; <a href="https://x.example">link</a></p><ol><li>one</li><li>two</li></ol>'
    )


def test_draftjs() -> None:
    content = {
        "blocks": [
            {"text": "Title", "type": "header-two", "inlineStyleRanges": [], "entityRanges": []},
            {
                "text": "bold link",
                "type": "unstyled",
                "inlineStyleRanges": [{"offset": 0, "length": 4, "style": "BOLD"}],
                "entityRanges": [{"offset": 5, "length": 4, "key": 0}],
            },
            {"text": "item", "type": "unordered-list-item", "inlineStyleRanges": [], "entityRanges": []},
        ],
        "entityMap": {"0": {"type": "LINK", "data": {"url": "https://x.example/?a=1&b=2"}}},
    }
    assert to_html(content) == (
        '<h2>Title</h2><p><strong>bold</strong> <a href="https://x.example/?a=1&amp;b=2">link</a></p><ul><li>item</li></ul>'
    )


def test_nothing_and_plain_text() -> None:
    assert to_html(None) == to_html("") == to_html("{}") == ""
    assert to_html("One <b>\n\nTwo") == "<p>One &lt;b&gt;</p><p>Two</p>"


def test_scripts_and_their_links_are_gone() -> None:
    assert clean('<script>alert(1)</script><a href="javascript:x">go</a><img src=x onerror=y>') == "go"


html = st.lists(
    st.sampled_from(
        [
            "<b>",
            "</b>",
            "<script>",
            "</script>",
            '<a href="javascript:x">',
            '<a href="https://ok.example">',
            "</a>",
            "<img onerror=x>",
            "<svg/onload=x>",
            "&lt;script&gt;",
            '"',
            "'",
            "<",
            ">",
            "text",
            "<!--",
            "<style>",
            "</style>",
        ]
    ),
    max_size=12,
).map("".join)


@given(html)
def test_whatever_comes_in_only_harmless_tags_come_out(text: str) -> None:
    for made in (
        clean(text),
        to_html({"blocks": [{"type": "paragraph", "data": {"text": text}}]}),
        to_html({"blocks": [{"text": text, "type": "unstyled"}], "entityMap": {}}),
    ):
        seen = Seen(made)
        assert set(seen.tags) <= ALLOWED
        assert all(
            name == "href" and re.match(r"(https?:|mailto:|/)", value or "")
            for name, value in seen.attributes
        )
