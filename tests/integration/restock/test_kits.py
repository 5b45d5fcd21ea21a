"""Kits and promotions over GraphQL: what is refused by which name, and what the demand becomes."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.kernel.ids import new_id, to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.restock.domain.kits import MAX_IN_KIT, Part
from saleor_plugins.restock.domain.promotion import Promotion as Promoted
from saleor_plugins.restock.models import KitPart, Promotion
from saleor_plugins.restock.store import kits
from saleor_plugins.restock.usecases.kits import set_kit
from saleor_plugins.restock.usecases.promotions import Terms, save_promotion
from saleor_plugins.restock.usecases.read_promotions import read_promotions

from .rooms import Room
from .test_api import ask, do

SINCE = date(2026, 3, 2)
TYPED = {"name": "Spring", "since": "2026-03-02", "until": "2026-03-08"}


@pytest.fixture
def staff(room: Room) -> str:
    return str(room.data.make_asker(AskerKind.STAFF, "MANAGE_PRODUCTS")[1])


def make(room: Room, count: int) -> list[str]:
    return [room.data.make_variant(stock={room.house: 5}).id for _ in range(count)]


def parts(*ids: str, quantity: int = 1) -> list[dict[str, Any]]:
    return [{"variantId": key, "quantity": quantity} for key in ids]


def stored() -> set[tuple[str, str, int]]:
    return set(KitPart.objects.values_list("kit_id", "part_id", "quantity"))


def test_a_kit_is_made_changed_and_unmade(room: Room, staff: str) -> None:
    kit, a, b, c = make(room, 4)
    do(staff, "kitSet", variantId=kit, parts=[*parts(a, quantity=2), *parts(b)])
    kept = KitPart.objects.get(part_id=b).pk
    said = do(staff, "kitSet", "kitParts { partId quantity }", variantId=kit, parts=parts(b, c, quantity=3))
    assert {(row["partId"], row["quantity"]) for row in said["kitParts"]} == {(b, 3), (c, 3)}
    assert stored() == {(kit, b, 3), (kit, c, 3)}
    assert KitPart.objects.get(part_id=b).pk == kept
    assert kits.kits_among([kit, a, b]) == {kit}
    assert do(staff, "kitSet", "kitParts { id }", variantId=kit, parts=[])["kitParts"] == []
    assert stored() == set()


@pytest.mark.parametrize(
    ("kit", "inside", "field", "code"),
    [
        ("k", [("k", 1)], "parts.0.variantId", "INVALID"),
        ("k", [("a", 1), ("a", 2)], "parts.1.variantId", "INVALID"),
        ("k", [("a", 0)], "parts.0.quantity", "INVALID"),
        ("k", [("a", -1)], "parts.0.quantity", "INVALID"),
        ("k", [("a", MAX_IN_KIT + 1)], "parts.0.quantity", "INVALID"),
        ("k", [("a", 1), ("known kit", 1)], "parts.1.variantId", "NESTED"),
        ("a part", [("a", 1)], "variantId", "NESTED"),
        ("nobody", [("a", 1)], "variantId", "NOT_FOUND"),
        ("k", [("a", 1), ("nobody", 1)], "parts.1.variantId", "NOT_FOUND"),
    ],
)
def test_what_is_no_kit_is_refused_by_its_field(
    room: Room, staff: str, kit: str, inside: list[tuple[str, int]], field: str, code: str
) -> None:
    ids = dict(zip(["k", "a", "known kit", "a part"], make(room, 4), strict=True))
    ids["nobody"] = to_global("ProductVariant", 999_999)
    set_kit(ids["known kit"], [Part(ids["known kit"], ids["a part"], 1)])
    before = stored()
    named = [{"variantId": ids[key], "quantity": quantity} for key, quantity in inside]
    (error,) = do(staff, "kitSet", variantId=ids[kit], parts=named)["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert stored() == before


def test_a_kit_of_too_many_parts_is_refused(room: Room) -> None:
    kit, part = make(room, 2)
    with pytest.raises(OpsError) as caught:
        set_kit(kit, [Part(kit, part, 1)] * 101)
    assert "parts" in {error.field for error in caught.value.errors}  # type: ignore[attr-defined]


def test_a_deleted_kit_can_be_unmade(room: Room) -> None:
    from saleor.product.models import ProductVariant

    kit, part = make(room, 2)
    set_kit(kit, [Part(kit, part, 1)])
    ProductVariant.objects.all().delete()
    set_kit(kit, [])
    assert stored() == set()


def test_two_that_nest_each_others_kits_end_with_one(committed_room: Room) -> None:
    a, b, c = make(committed_room, 3)
    errors: list[OpsError] = []

    def make_kit(kit: str, part: str) -> None:
        try:
            set_kit(kit, [Part(kit, part, 1)])
        except OpsError as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=make_kit, args=args) for args in ((a, b), (b, c))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(errors), len(stored())) == (1, 1)


def test_a_promotion_is_added_changed_and_forgotten(room: Room, staff: str) -> None:
    (variant,) = make(room, 1)
    category = room.data.make_category()
    fields = "promotion { id name variantId categoryId since until uplift }"
    made = do(staff, "promotionSave", fields, **TYPED, variantId=variant, uplift="2.5")["promotion"]
    assert (made["variantId"], made["categoryId"], made["uplift"]) == (variant, None, "2.50")
    again = do(staff, "promotionSave", fields, **TYPED, id=made["id"], categoryId=category)["promotion"]
    assert again == {**made, "variantId": None, "categoryId": category, "uplift": None}
    listed = ask(staff, "{ promotions { edges { node { id since until } } } }")["data"]["promotions"]["edges"]
    assert [edge["node"] for edge in listed] == [
        {"id": made["id"], "since": "2026-03-02", "until": "2026-03-08"}
    ]
    do(staff, "promotionDelete", id=made["id"])
    assert not Promotion.objects.exists()
    (error,) = do(staff, "promotionDelete", id=made["id"])["errors"]
    assert (error["field"], error["code"]) == ("id", "NOT_FOUND")


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"name": " "}, "name", "REQUIRED"),
        ({"name": "x" * 201}, "name", "INVALID"),
        ({"variantId": ""}, "variantId", "REQUIRED"),
        ({"categoryId": "any"}, "categoryId", "INVALID"),
        ({"variantId": to_global("ProductVariant", 999_999)}, "variantId", "NOT_FOUND"),
        ({"variantId": "", "categoryId": to_global("Category", 999_999)}, "categoryId", "NOT_FOUND"),
        ({"until": "2026-03-01"}, "until", "INVALID"),
        ({"until": "2027-03-03"}, "until", "INVALID"),
        ({"uplift": "0"}, "uplift", "INVALID"),
        ({"uplift": "101"}, "uplift", "INVALID"),
        ({"uplift": "NaN"}, "uplift", "INVALID"),
        ({"uplift": "1.234"}, "uplift", "INVALID"),
        ({"id": to_global("Promotion", new_id())}, "id", "NOT_FOUND"),
    ],
)
def test_what_is_no_promotion_is_refused_by_its_field(
    room: Room, staff: str, typed: dict[str, str], field: str, code: str
) -> None:
    (variant,) = make(room, 1)
    (error,) = do(staff, "promotionSave", **{**TYPED, "variantId": variant, **typed})["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert not Promotion.objects.exists()


def test_promotions_are_read_by_the_rows_of_a_page(room: Room) -> None:
    parent = room.data.make_category()
    child, other = room.data.make_category(parent=parent), room.data.make_category()
    variants = [
        room.data.make_variant(stock={room.house: 1}, category=category) for category in (child, other, child)
    ]
    pairs = [(variants[0].id, "w1"), (variants[0].id, "w2"), (variants[1].id, "w1"), (variants[2].id, "w1")]

    def save(first: int, last: int, uplift: str | None = None, **of: str) -> None:
        days = (SINCE + timedelta(days=first), SINCE + timedelta(days=last))
        save_promotion(Terms("Sale", *days, uplift=uplift, **of))

    save(-9, -1, variant_id=variants[0].id)
    save(10, 19, variant_id=variants[0].id)
    assert read(variants, pairs) == []
    save(-2, 0, "1.50", variant_id=variants[1].id)
    save(9, 12, category_id=parent)
    with CaptureQueriesContext(connection) as queries:
        assert read(variants, pairs) == [
            Promoted(2, -2, 0, 1.5),
            Promoted(0, 9, 12),
            Promoted(1, 9, 12),
            Promoted(3, 9, 12),
        ]
    assert len(queries) == 3


def read(variants: list[Any], pairs: list[tuple[str, str]]) -> list[Promoted]:
    return read_promotions(variants, pairs, SINCE, 10)
