"""What a product tells before the sale, with what differs by country and channel."""

from __future__ import annotations

import json
from typing import Any

import pytest

from saleor_plugins.kernel.ids import to_global
from saleor_plugins.returns.domain import shown
from saleor_plugins.returns.domain.policy import Policy
from saleor_plugins.returns.domain.rules.book import Book
from saleor_plugins.returns.domain.shown import KEYS, TERMS, Goods, Lens

SHOES, HATS = to_global("Category", 1), to_global("Category", 2)
HAT = to_global("Product", 1)


def lens(document: dict[str, Any] | None = None, policy: Policy | None = None, **currencies: str) -> Lens:
    return Lens(Book.read(document or {}), policy or Policy(window_days=30), currencies or {"": "EUR"})


def terms(found: Lens, goods: Goods) -> Any:
    return json.loads(found.metadata(goods)[TERMS])


def read(told: Any, country: str = "", channel: str = "", union: bool = False) -> dict[str, Any]:
    """How a storefront reads them: later entries that fit replace what earlier ones said."""
    found = {name: told[name] for name in ("window_days", "final_sale", "postage", "postage_fees")}
    for entry in told["differs"]:
        where = entry.get("country")
        here = where in (None, country) or (where == "EU" and union)
        if here and entry.get("channel") in (None, channel):
            found |= {name: value for name, value in entry.items() if name in found}
    return found


def test_settings_alone() -> None:
    found = lens(policy=Policy(window_days=21, label_fee="4.90"))
    values = found.metadata(Goods(HAT))
    assert tuple(values) == KEYS
    assert (values["return_window_days"], values["return_final_sale"]) == ("21", "false")
    assert values["return_postage"] == "CUSTOMER"
    assert json.loads(values["return_terms"]) == {
        "window_days": 21,
        "final_sale": False,
        "postage": "CUSTOMER",
        "postage_fees": {"EUR": "4.90"},
        "withdrawal_days": {"EU": 14, "UK": 14},
        "withdrawal_exception": "",
        "differs": [],
    }


def test_countries_and_channels() -> None:
    document = {
        "window": [
            {"when": {"countries": ["DE"], "channels": ["b2b"]}, "days": 5},
            {"when": {"countries": ["DE"]}, "days": 60},
            {"when": {"countries": ["EU"]}, "days": 40},
            {"when": {"channels": ["b2b"]}, "days": 10},
        ],
        "final_sale": [{"when": {"categories": [SHOES], "countries": ["US"]}, "final": True}],
        "postage": [{"when": {"countries": ["US"]}, "payer": "CUSTOMER", "amounts": {"USD": "7.00"}}],
    }
    found = lens(document, shop="EUR", b2b="USD")
    told = terms(found, Goods(HAT, categories=frozenset({SHOES})))
    for country, channel in [(c, h) for c in ("", "US", "DE", "FR", "JP") for h in ("", "shop", "b2b")]:
        stated = found.show(Goods(HAT, categories=frozenset({SHOES})), country, channel).stated
        mine = read(told, country, channel, union=country in ("DE", "FR"))
        # Which currencies are told depends on the channel, named by a clause or not.
        if country == "US" and channel == "shop":
            assert stated["postage_fees"] == {}
            stated, mine = ({**each, "postage_fees": {}, "postage": ""} for each in (stated, mine))
        assert mine == stated, (country, channel)
    assert {"country": "EU", "window_days": 40} in told["differs"]
    assert {"country": "DE", "window_days": 60} in told["differs"]


def test_what_nobody_in_general_has_does_not_count() -> None:
    document = {
        "window": [
            {"when": {"customer_groups": ["vip"]}, "days": 90},
            {"when": {"minimum_price": {"EUR": "0.01"}}, "days": 80},
            {"days": 14},
        ],
        "postage": [{"when": {"reasons": ["DEFECTIVE"]}, "payer": "MERCHANT"}, {"payer": "CUSTOMER"}],
    }
    told = terms(lens(document), Goods(HAT))
    assert (told["window_days"], told["postage"], told["postage_fees"]) == (14, "CUSTOMER", {})


@pytest.mark.parametrize(
    ("goods", "exception", "days"),
    [
        (Goods(HAT), "", {"EU": 14, "UK": 14}),
        (Goods(HAT, metadata={"withdrawal_exception": "custom_made"}), "CUSTOM_MADE", {}),
        (Goods(HAT, metadata={"withdrawal_exception": "SALE"}), "", {"EU": 14, "UK": 14}),
        (
            Goods(HAT, metadata={"withdrawal_exception": "SEALED_HYGIENE"}),
            "SEALED_HYGIENE",
            {"EU": 14, "UK": 14},
        ),
        (Goods(HAT, digital=True), "DIGITAL_CONTENT", {}),
    ],
)
def test_the_law_stands_beside_a_final_sale(goods: Goods, exception: str, days: dict[str, int]) -> None:
    found = lens({"final_sale": [{"final": True}], "window": [{"days": 0}]})
    told = terms(found, goods)
    assert (told["final_sale"], told["window_days"]) == (True, 0)
    assert (told["withdrawal_exception"], told["withdrawal_days"]) == (exception, days)
    for country, law in (("DE", "EU"), ("GB", "UK"), ("US", "")):
        shown_there = found.show(goods, country)
        assert shown_there.law == law
        assert shown_there.withdrawal_days == days.get(law, 0)


def test_products_that_no_clause_tells_apart_are_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Goods] = []
    found = lens({"window": [{"when": {"categories": [SHOES], "metadata": {"season": "summer"}}, "days": 7}]})
    show = found.show
    monkeypatch.setattr(found, "show", lambda goods, *scope: asked.append(goods) or show(goods, *scope))
    for n in range(50):
        goods = Goods(to_global("Product", n), f"type-{n}", frozenset({HATS}), {"colour": str(n)})
        assert json.loads(found.metadata(goods)[TERMS])["window_days"] == 30
    assert len(asked) == 1
    summer = Goods(HAT, categories=frozenset({SHOES}), metadata={"season": "Summer"})
    assert json.loads(found.metadata(summer)[TERMS])["window_days"] == 7


def test_too_many_pairs_are_left_to_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "MOST_PAIRS", 1)
    document = {"window": [{"when": {"countries": ["US", "DE"], "channels": ["b2b"]}, "days": 5}]}
    assert terms(lens(document), Goods(HAT))["differs"] == []
    assert lens(document).show(Goods(HAT), "US", "b2b").window_days == 5


def test_a_shop_without_an_open_channel() -> None:
    assert Lens(Book.read({}), Policy(), {}).show(Goods(HAT)).payer == "MERCHANT"
