"""A rulebook is refused by the field that is wrong, all of them at once, and read as it was meant."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.kernel.errors import Invalids
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.returns.domain.rules.book import BY_NAME, KINDS, Book

CATEGORY = to_global("Category", 1)


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (None, "document"),
        ([], "document"),
        ({"windows": []}, "document.windows"),
        ({"window": {}}, "document.window"),
        ({"window": [{"days": 1}] * 101}, "document.window"),
        ({"window": ["30"]}, "document.window.0"),
        ({"window": [{"days": 30}, {}]}, "document.window.1.days"),
        ({"window": [{"days": "30"}]}, "document.window.0.days"),
        ({"window": [{"days": True}]}, "document.window.0.days"),
        ({"window": [{"days": -1}]}, "document.window.0.days"),
        ({"window": [{"days": 3651}]}, "document.window.0.days"),
        ({"window": [{"days": 1, "hours": 2}]}, "document.window.0.hours"),
        ({"window": [{"days": 1, "when": []}]}, "document.window.0.when"),
        ({"window": [{"days": 1, "when": {"weather": ["rain"]}}]}, "document.window.0.when.weather"),
        ({"window": [{"days": 1, "when": {"reasons": ["STYLE"]}}]}, "document.window.0.when.reasons"),
        ({"window": [{"days": 1, "when": {"countries": []}}]}, "document.window.0.when.countries"),
        (
            {"window": [{"days": 1, "when": {"countries": ["DE", "de"]}}]},
            "document.window.0.when.countries.1",
        ),
        ({"window": [{"days": 1, "when": {"countries": ["DE"] * 201}}]}, "document.window.0.when.countries"),
        ({"window": [{"days": 1, "when": {"categories": ["1"]}}]}, "document.window.0.when.categories.0"),
        ({"window": [{"days": 1, "when": {"products": [CATEGORY]}}]}, "document.window.0.when.products.0"),
        ({"window": [{"days": 1, "when": {"channels": [" "]}}]}, "document.window.0.when.channels.0"),
        ({"window": [{"days": 1, "when": {"metadata": {"a": 1}}}]}, "document.window.0.when.metadata.a"),
        (
            {"window": [{"days": 1, "when": {"minimum_price": {"EUR": 5}}}]},
            "document.window.0.when.minimum_price.EUR",
        ),
        ({"fees": [{"percent": 10}]}, "document.fees.0.percent"),
        ({"fees": [{"percent": "101"}]}, "document.fees.0.percent"),
        ({"fees": [{"percent": "NaN"}]}, "document.fees.0.percent"),
        ({"fees": [{"percent": "1E1000000"}]}, "document.fees.0.percent"),
        ({"keep": [{"below": {"EUR": "4.999"}}]}, "document.keep.0.below.EUR"),
        ({"keep": [{"below": {"JPY": "4.9"}}]}, "document.keep.0.below.JPY"),
        ({"keep": [{"below": {"EUR": "-1"}}]}, "document.keep.0.below.EUR"),
        ({"keep": [{"below": {"EUR": "Infinity"}}]}, "document.keep.0.below.EUR"),
        ({"keep": [{"below": {"euro": "1"}}]}, "document.keep.0.below.euro"),
        ({"postage": [{"payer": "NOBODY"}]}, "document.postage.0.payer"),
        ({"reasons": [{"offer": ["UNANNOUNCED"]}]}, "document.reasons.0.offer.0"),
        ({"reasons": [{"photos": {"STYLE": 6}}]}, "document.reasons.0.photos.STYLE"),
        ({"methods": [{"offer": ["PIGEON"]}]}, "document.methods.0.offer.0"),
        ({"refund_on": [{"moment": "NEVER"}]}, "document.refund_on.0.moment"),
        ({"approve": [{"automatic": 1}]}, "document.approve.0.automatic"),
        ({"serial": [{"returns": 3}]}, "document.serial.0.days"),
        ({"serial": [{"days": 30, "returns": 1, "then": "SHOUT"}]}, "document.serial.0.then"),
        ({"final_sale": [{"final": "yes"}]}, "document.final_sale.0.final"),
        ({"value": [{"most": {}}]}, "document.value.0.most"),
        ({"quantity": [{"per_line": 0}]}, "document.quantity.0.per_line"),
        ({"quantity": [{"then": "REVIEW"}]}, "document.quantity.0"),
        ({"serial": [{"days": 30}]}, "document.serial.0"),
        ({"resolutions": [{"offer": "REFUND"}]}, "document.resolutions.0.offer"),
        ({"expiry": [{"days": 1.5}]}, "document.expiry.0.days"),
        ({"window": [{"days": 1, "when": {"channels": ["a\x00b"]}}]}, "document.window.0.when.channels.0"),
        ({"window": [{"days": 1, "when": {"channels": ["x" * 251]}}]}, "document.window.0.when.channels.0"),
    ],
)
def test_what_is_wrong_is_named(document: Any, field: str) -> None:
    with pytest.raises(Invalids) as caught:
        Book.read(document)
    assert [error.field for error in caught.value.errors] == [field]


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(Invalids) as caught:
        Book.read({"window": [{"days": "x"}, {"days": 1, "when": {"x": 1}}], "nonsense": 1})
    assert [error.field for error in caught.value.errors] == [
        "document.window.0.days", "document.window.1.when.x", "document.nonsense"
    ]  # fmt: skip


def test_a_book_may_not_be_endless() -> None:
    metadata = {f"key{i}": "x" * 250 for i in range(200)}
    clauses = [{"days": 1, "when": {"metadata": metadata}}] * 10
    with pytest.raises(Invalids) as caught:
        Book.read({"window": clauses})
    assert [error.field for error in caught.value.errors] == ["document"]


def test_amounts_are_minor_units_of_their_currency() -> None:
    book = Book.read(
        {"keep": [{"below": {"EUR": "4.90", "JPY": "500", "KWD": "1.234"}}], "fees": [{"percent": "12.5"}]}
    )
    assert book.clauses["keep"][0].values["below"] == {"EUR": 490, "JPY": 500, "KWD": 1234}
    assert book.clauses["fees"][0].values["percent"] == Decimal("12.5")


def test_a_book_knows_what_it_needs_to_read() -> None:
    book = Book.read(
        {"window": [{"days": 1, "when": {"categories": [CATEGORY]}}], "serial": [{"days": 30, "returns": 1}]}
    )
    assert (book.uses("categories"), book.uses("customer_groups")) == (True, False)
    assert book.spans == {30}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = sorted({name for kind in KINDS for name in kind.fields} | {"when"})


@given(
    st.dictionaries(
        st.sampled_from(sorted(BY_NAME)),
        st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3), max_size=2) | JSON,
        max_size=3,
    )
    | JSON
)
def test_no_document_whatever_breaks_the_reader(document: Any) -> None:
    try:
        Book.read(document)
    except Invalids as errors:
        assert all((error.field or "").startswith("document") for error in errors.errors)
