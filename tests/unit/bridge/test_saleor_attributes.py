"""Attributes as metafields: keys, types and values that Shopify takes as they are."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopify_bridge.domain.model import Metafield
from shopify_bridge.domain.richjson import to_rich_json
from shopify_bridge.domain.richtext import to_html
from shopify_bridge.saleor.attributes import metafield_key, metafields_of, text_of


def field(input_type: str | None, *values: dict[str, Any], slug: str = "care") -> Metafield | None:
    attribute = {"slug": slug, "name": slug, "inputType": input_type, "visibleInStorefront": True}
    found = metafields_of([{"attribute": attribute, "values": list(values)}], ("*",), "barcode")
    return found[0] if found else None


@given(st.text(min_size=1, max_size=90))
def test_every_slug_gets_a_key_that_shopify_takes_and_no_two_the_same(slug: str) -> None:
    key = metafield_key(slug)
    assert re.fullmatch(r"[A-Za-z0-9_-]{2,64}", key)
    assert metafield_key(slug + "x") != key


def test_usual_slugs_stay_as_they_are() -> None:
    assert metafield_key("shoe-size") == "shoe-size"
    assert metafield_key("größe").startswith("gr-e-")


@pytest.mark.parametrize(
    ("given_text", "value"),
    [("10", "10"), ("10.50", "10.5"), ("1E+3", "1000"), ("-0.10", "-0.1"), ("100", "100"), ("0.0", "0")],
)
def test_numbers_have_one_way_to_be_written(given_text: str, value: str) -> None:
    assert field("NUMERIC", {"name": given_text}) == Metafield("care", "number_decimal", value)


def test_what_is_empty_or_no_number_is_left_out() -> None:
    assert field("NUMERIC", {"name": "tall"}) is None
    assert field("DROPDOWN") is None
    assert field("DROPDOWN", {"name": "  "}) is None
    assert field("MULTISELECT", {"name": ""}) is None
    assert field("BOOLEAN", {"name": "x", "boolean": None}) is None
    assert field("FILE", {"name": "x", "file": None}) is None
    assert field("RICH_TEXT", {"name": "x", "richText": '{"blocks": []}'}) is None


def test_lines_are_one_line_and_new_types_are_texts() -> None:
    assert field("DROPDOWN", {"name": "Cold\nwash"}) == Metafield(
        "care", "single_line_text_field", "Cold wash"
    )
    assert field("HOLOGRAM", {"name": "A"}, {"name": "B"}) == Metafield(
        "care", "single_line_text_field", "A, B"
    )
    assert field(None, {"name": "A"}) == Metafield("care", "single_line_text_field", "A")
    listed = field("MULTISELECT", {"name": 'a "b"'}, {"name": "ü"})
    assert listed and json.loads(listed.value) == ['a "b"', "ü"]


def test_the_barcodes_attribute_is_no_metafield() -> None:
    assert field("DROPDOWN", {"name": "4006381333931"}, slug="barcode") is None
    attribute = {"slug": "barcode", "name": "Barcode", "inputType": "PLAIN_TEXT"}
    values = [{"name": "short", "plainText": " 4006381333931\n"}]
    assert text_of([{"attribute": attribute, "values": values}], "barcode") == "4006381333931"


def test_rich_text_keeps_its_blocks_lists_links_and_styles() -> None:
    blocks = [
        {"type": "header", "data": {"text": "Care", "level": 2}},
        {
            "type": "paragraph",
            "data": {"text": 'See <a href="https://x.example">this <b>page</b></a><script>x</script>'},
        },
        {"type": "list", "data": {"style": "ordered", "items": ["One", "<i>Two</i>"]}},
    ]
    tree = json.loads(to_rich_json(to_html(json.dumps({"blocks": blocks}))))
    heading, paragraph, listed = tree["children"]
    assert heading == {"type": "heading", "level": 2, "children": [{"type": "text", "value": "Care"}]}
    link = paragraph["children"][1]
    assert (link["type"], link["url"]) == ("link", "https://x.example")
    assert link["children"][1] == {"type": "text", "value": "page", "bold": True}
    assert listed["listType"] == "ordered"
    assert listed["children"][1]["children"] == [{"type": "text", "value": "Two", "italic": True}]
    assert "script" not in json.dumps(tree)


@given(st.text(max_size=60))
def test_any_html_becomes_json_whose_tree_is_sound(html: str) -> None:
    made = to_rich_json(f"<p>{html}</p>")
    tree = json.loads(made)
    assert tree["type"] == "root"
    assert all(child["type"] in ("paragraph", "heading", "list") for child in tree["children"])
