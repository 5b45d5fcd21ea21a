"""What the bridge reads of a Saleor, in the shape of either generation."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shopify_bridge.domain.model import MarketPrice, Metafield, Units
from shopify_bridge.domain.policy import Policy
from shopify_bridge.saleor.client import SaleorClient
from shopify_bridge.saleor.errors import SaleorRefused
from shopify_bridge.saleor.source import Source

from .fake_saleor import TOKEN, FakeSaleor, gid

SIZES = [
    {"sku": "S", "price": "10.00", "size": "S", "stock": [5, 3], "allocated": [2, 0]},
    {"sku": "M", "price": "12.00", "size": "M", "stock": [1, 0]},
]


def source(saleor: FakeSaleor, **policy: Any) -> Source:
    channel = "default" if saleor.version == "v3" else ""
    return Source(SaleorClient(saleor.url, TOKEN, sleep=lambda _: None), channel, policy=Policy(**policy))


def test_stock_is_free_units_and_set_stock_sets_all_of_them(saleor: FakeSaleor) -> None:
    shirt = saleor.product(1, "Shirt", SIZES)
    east, europe = (place[0] for place in saleor.warehouses)
    small, medium = (row["id"] for row in shirt["variants"])
    reader = source(saleor)
    (product,) = reader.products()
    assert [dict(v.stock) for v in product.variants] == [{east: 3, europe: 3}, {east: 1, europe: 0}]
    assert reader.stock([small, medium, gid("ProductVariant", 99)]) == {
        small: {east: Units(5, 3), europe: Units(3, 3)},
        medium: {east: Units(1, 1), europe: Units(0, 0)},
    }
    reader.set_stock(small, east, 9)
    assert reader.stock([small])[small][east] == Units(9, 7)
    saleor.refuse_stock = "no such warehouse"
    with pytest.raises(SaleorRefused, match="no such warehouse"):
        reader.set_stock(small, east, 8)
    assert shirt["variants"][0]["stock"] == [9, 3]


def test_more_than_a_hundred_variants_stock_is_read_in_several_calls(saleor: FakeSaleor) -> None:
    rows = [{"sku": f"K{n}", "price": "1", "size": f"{n}", "stock": [n]} for n in range(150)]
    keys = [row["id"] for row in saleor.product(1, "Many", rows)["variants"]]
    stock = source(saleor).stock(keys)
    assert [stock[key][saleor.warehouses[0][0]].free for key in keys] == list(range(150))
    assert saleor.asked.count("BridgeStock") == 2


def test_attributes_become_metafields_of_their_type(saleor: FakeSaleor) -> None:
    rich = json.dumps({"blocks": [{"type": "paragraph", "data": {"text": "Soft <b>cotton</b>"}}]})
    given: list[Any] = [("material", "DROPDOWN", ["Wool"]), ("care", "MULTISELECT", ["Cold", "By hand"])]
    expected = [
        Metafield("care", "list.single_line_text_field", '["Cold","By hand"]'),
        Metafield("material", "single_line_text_field", "Wool"),
    ]
    if saleor.version == "v3":
        given += [
            ("length", "NUMERIC", ["10.50"]),
            ("organic", "BOOLEAN", [False]),
            ("since", "DATE", ["2026-01-31"]),
            ("story", "RICH_TEXT", [rich]),
            ("tips", "PLAIN_TEXT", ["One\ntwo"]),
            ("sheet", "FILE", ["https://files.example/a.pdf"]),
            ("unset", "NUMERIC", []),
        ]
        story = (
            '{"type":"root","children":[{"type":"paragraph","children":[{"type":"text","value":"Soft "},'
            '{"type":"text","value":"cotton","bold":true}]}]}'
        )
        expected = sorted(
            [
                *expected,
                Metafield("length", "number_decimal", "10.5"),
                Metafield("organic", "boolean", "false"),
                Metafield("since", "date", "2026-01-31"),
                Metafield("story", "rich_text_field", story),
                Metafield("tips", "multi_line_text_field", "One\ntwo"),
                Metafield("sheet", "url", "https://files.example/a.pdf"),
            ],
            key=lambda field: field.key,
        )
    saleor.product(1, "Shirt", attributes=given)
    (product,) = source(saleor).products()
    assert list(product.metafields) == expected
    (product,) = source(saleor, attributes=("care",)).products()
    assert [field.key for field in product.metafields] == ["care"]


def test_attributes_hidden_from_shoppers_stay_hidden(saleor: FakeSaleor) -> None:
    given = [("care", "DROPDOWN", ["Cold"]), ("margin", "DROPDOWN", ["Thin"], "Margin", False)]
    saleor.product(1, "Shirt", attributes=given)
    reader = source(saleor)
    (product,) = reader.products()
    assert [field.key for field in product.metafields] == ["care"]
    assert [attribute.key for attribute in reader.attributes()] == ["care"]


def test_variant_attributes_are_options_or_metafields_or_the_barcode(saleor: FakeSaleor) -> None:
    saleor.product(
        1, "Mug", [SIZES[0] | {"size": None, "attributes": [("barcode", "DROPDOWN", ["4006381333931"])]}]
    )
    saleor.product(2, "Cup", [SIZES[0] | {"size": None, "barcode": "96385074"}])
    mug, cup = source(saleor).products()
    assert (mug.options, mug.variants[0].barcode, mug.variants[0].metafields) == (
        ("Title",),
        "4006381333931",
        (),
    )
    assert cup.variants[0].barcode == "96385074"
    (mug, cup) = source(saleor, barcode="").products()
    assert mug.variants[0].barcode == cup.variants[0].barcode == ""


def test_collections_and_categories_with_those_above(saleor: FakeSaleor) -> None:
    clothes = saleor.category(1, "Clothes", seo=("Buy clothes", ""))
    shirts = saleor.category(2, "Shirts", clothes)
    summer = saleor.collection(1, "Summer", image=("https://pictures.example/s.png", "Sun"), live=False)
    saleor.product(1, "Shirt", category=shirts, collections=[summer])
    reader = source(saleor)
    (product,) = reader.products()
    assert product.collections == (summer["id"], shirts["id"], clothes["id"])
    made = {item.key: item for item in reader.collections()}
    assert [item.title for item in made.values()] == ["Summer", "Clothes", "Shirts"]
    assert made[summer["id"]].published == () and made[clothes["id"]].published == ("default",)
    assert made[summer["id"]].picture and made[summer["id"]].picture.alt == "Sun"
    assert made[clothes["id"]].seo_title == "Buy clothes"
    only = source(saleor, categories=False)
    assert [item.key for item in only.collections()] == [summer["id"]]
    assert [product.collections for product in only.products()] == [(summer["id"],)]


def test_translations_by_the_policys_languages(saleor: FakeSaleor) -> None:
    saleor.product(1, "Shirt", translations={"DE": {"name": "Hemd", "seoTitle": "Hemden"}, "PT_BR": {}})
    saleor.category(1, "Clothes", translations={"DE": {"name": "Kleidung"}, "PT_BR": {}})
    reader = source(saleor, locales={"de": "de", "PT_BR": "pt-BR"})
    (product,) = reader.products()
    assert product.translations == {"de": {"title": "Hemd", "seo title": "Hemden"}}
    assert [item.translations for item in reader.collections()] == [{"de": {"title": "Kleidung"}}]


@pytest.mark.parametrize("saleor", ["v3"], indirect=True)
def test_prices_and_publication_of_other_channels(saleor: FakeSaleor) -> None:
    saleor.channel("japan", "JPY", with_tax=True)
    saleor.channel("kuwait", "KWD")
    rows = [SIZES[0] | {"prices": {"japan": ("1500", "1800"), "kuwait": "3.125"}}, SIZES[1]]
    saleor.product(1, "Shirt", rows, live=False, shown=["japan"])
    lists = {"japan": "gid://shopify/PriceList/1", "kuwait": "gid://shopify/PriceList/2"}
    reader = source(saleor, price_lists=lists)
    (product,) = reader.products()
    assert (product.status, product.published) == ("DRAFT", ("japan",))
    small, medium = product.variants
    assert small.prices == {"japan": MarketPrice(1500, "JPY", 1800), "kuwait": MarketPrice(3125, "KWD")}
    assert medium.prices == {}
    assert reader.product(product.key) == product
    assert saleor.asked.count("BridgeChannelPrices") == 4


def test_tax_is_the_products_or_its_tax_class(saleor: FakeSaleor) -> None:
    saleor.tax_classes = {"zero": [0, 0.0], "some": [0, 7], "open": []}
    for number, name in enumerate(saleor.tax_classes):
        saleor.product(number, name, tax_class=name, taxed=name != "zero")
    taxable = {product.title: product.variants[0].taxable for product in source(saleor).products()}
    assert taxable == {"zero": False, "some": True, "open": True}
    if saleor.version == "v3":
        saleor.channels["default"]["taxed"] = False
        assert not any(product.variants[0].taxable for product in source(saleor).products())


def test_one_product_shown_or_not_and_gone(saleor: FakeSaleor) -> None:
    shown, hidden = saleor.product(1, "Shirt"), saleor.product(2, "Mug", live=False)
    reader = source(saleor)
    assert [product.title for key in (shown, hidden) if (product := reader.product(key["id"]))] == [
        "Shirt",
        "Mug",
    ]
    assert reader.product(hidden["id"]).status == "DRAFT"  # type: ignore[union-attr]
    assert reader.product(gid("Product", 99)) is None


@pytest.mark.parametrize("saleor", ["v2"], indirect=True)
def test_2_10_does_not_tell_the_attributes_of_an_unpublished_product(saleor: FakeSaleor) -> None:
    saleor.product(1, "Shirt", SIZES, attributes=[("material", "DROPDOWN", ["Wool"])])
    hidden = saleor.product(2, "Mug", SIZES, attributes=[("material", "DROPDOWN", ["Clay"])], live=False)
    reader = source(saleor)
    shirt, mug = reader.products()
    assert (shirt.options, shirt.partial, len(shirt.metafields)) == (("Size",), False, 1)
    assert (mug.status, mug.partial, mug.metafields) == ("DRAFT", True, ())
    assert reader.product(hidden["id"]) == mug
    assert saleor.asked.count("BridgeAttributesOf") == 1


def test_no_stock_below_zero(saleor: FakeSaleor) -> None:
    shirt = saleor.product(1, "Shirt", SIZES)
    with pytest.raises(SaleorRefused, match="negative"):
        source(saleor).set_stock(shirt["variants"][0]["id"], saleor.warehouses[0][0], -1)
    assert "BridgeSetStock" not in saleor.asked


def test_published_from_a_day_to_come_is_not_published_yet(saleor: FakeSaleor) -> None:
    to_come, past = (
        ("2999-01-01", "2020-01-01")
        if saleor.version == "v2"
        else ("2999-01-01T00:00:00+00:00", "2020-01-01T00:00:00+00:00")
    )
    saleor.product(1, "Tomorrow", **{"from": to_come})
    saleor.product(2, "Yesterday", **{"from": past})
    assert [product.status for product in source(saleor).products()] == ["DRAFT", "ACTIVE"]


def test_changed_since_reads_no_further_than_the_moment(saleor: FakeSaleor) -> None:
    for number in range(250):
        saleor.product(number, f"P{number}", updated=f"2026-11-{number % 20 + 1:02}T10:00:00+00:00")
    found = list(source(saleor).changed_since(datetime(2026, 11, 20, tzinfo=UTC)))
    assert sorted(found) == sorted(gid("Product", n) for n in range(250) if n % 20 == 19)
    assert saleor.asked.count("BridgeChangedProducts") == 1


@pytest.mark.parametrize("saleor", ["v2"], indirect=True)
def test_unpublishing_in_2_10_changes_only_the_status(
    saleor: FakeSaleor, store: Any, planned: Any, applied: Any
) -> None:
    rows = [SIZES[0] | {"was": "20.00", "barcode": "96385074"}, SIZES[1]]
    shirt = saleor.product(1, "Shirt", rows, attributes=[("material", "DROPDOWN", ["Wool"])])
    applied()
    assert planned() == []
    shirt["live"] = False
    shown = [(action.verb, [(c.path, c.before, c.after) for c in action.fields]) for action in planned()]
    assert shown == [("update", [("status", "ACTIVE", "DRAFT")])]
    applied()
    assert planned() == []
    shirt["live"] = True
    applied()
    assert planned() == []


def test_the_day_from_which_orders_are_read_is_one_of_utc(saleor: FakeSaleor) -> None:
    """A shop in Chicago calls 00:30 UTC the day before, and Saleor filters by the shop's days."""
    asked = []
    answer = saleor.answer
    saleor.answer = lambda name, variables: (asked.append(variables.get("since")), answer(name, variables))[1]
    times = ("2026-11-23T23:59:59+00:00", "2026-11-23T18:30:00-06:00", "2026-11-24T12:00:00+00:00")
    orders = [saleor.order(number, [], created=time) for number, time in enumerate(times, 1)]
    found = [order.key for order in source(saleor).orders(date(2026, 11, 24))]
    assert found == [order["id"] for order in orders[1:]]
    assert "2026-11-23" in asked
