"""Warehouse profiles over GraphQL: effective values, each field set and reset."""

from __future__ import annotations

import pytest

from saleor_plugins.fulfillment.models import WarehouseProfile
from tests.integration.fulfillment.queries import done, refused

FIELDS = """warehouseId warehouseName kind priority shipsOrders handlingPerParcel { amount currency }
  handlingPerUnit { amount currency } latitude longitude positionSource dailyParcels safetyStock
  excludedClasses excludedProductTypes timeZone workingDays cutOff holidays closedDays own"""
PROFILES = f"{{ warehouseProfiles {{ {FIELDS} }} }}"
TYPES = {
    "kind": "WarehouseKind",
    "priority": "Int",
    "shipsOrders": "Boolean",
    "handlingPerParcel": "Amount",
    "handlingPerUnit": "Amount",
    "currency": "String",
    "latitude": "Float",
    "longitude": "Float",
    "dailyParcels": "Int",
    "safetyStock": "Int",
    "excludedClasses": "[String!]",
    "excludedProductTypes": "[ID!]",
    "timeZone": "String",
    "workingDays": "[Weekday!]",
    "cutOff": "String",
    "holidays": "String",
    "closedDays": "[Date!]",
    "reset": "[WarehouseProfileField!]",
}
SET = (
    f"mutation($warehouseId: ID!, {', '.join(f'${name}: {kind}' for name, kind in TYPES.items())}) {{"
    f" warehouseProfileSet(warehouseId: $warehouseId, {', '.join(f'{name}: ${name}' for name in TYPES)})"
    f" {{ profile {{ {FIELDS} }} errors {{ field message code }} }} }}"
)


@pytest.fixture
def berlin(router):
    address = {"city": "BERLIN", "postal_code": "10115", "country": "DE"}
    return router.w.make_warehouse("Berlin", **address)


def set_profile(router, staff, warehouse, **values):
    return router.ask(SET, staff, warehouseId=warehouse.id, **values)


EVERYTHING = {
    "kind": "STORE",
    "priority": -3,
    "shipsOrders": False,
    "latitude": 48.5,
    "longitude": -179.9,
    "dailyParcels": 0,
    "safetyStock": 2,
    "excludedClasses": ["dangerous", "oversize"],
    "excludedProductTypes": ["UHJvZHVjdFR5cGU6MQ=="],
    "timeZone": "Pacific/Auckland",
    "workingDays": ["MONDAY", "SUNDAY"],
    "cutOff": "15:00",
    "holidays": "DE-BY",
    "closedDays": ["2026-12-24", "2026-12-31"],
}


def test_every_field_is_set_and_reset(router, staff, berlin) -> None:
    (before,) = router.ask(PROFILES, staff)["data"]["warehouseProfiles"]
    handling = {"handlingPerParcel": "1.20", "handlingPerUnit": "0.05", "currency": "EUR"}
    answer = set_profile(router, staff, berlin, **EVERYTHING, **handling)
    profile = done(answer, "warehouseProfileSet")["profile"]
    assert {name: profile[name] for name in EVERYTHING} == EVERYTHING
    assert (profile["positionSource"], profile["own"]) == ("MERCHANT", True)
    assert profile["handlingPerUnit"] == {"amount": "0.05", "currency": "EUR"}
    (listed,) = router.ask(PROFILES, staff)["data"]["warehouseProfiles"]
    assert listed == profile
    enum = {
        each["name"]
        for each in router.ask('{ __type(name: "WarehouseProfileField") { enumValues { name } } }', staff)[
            "data"
        ]["__type"]["enumValues"]
    }
    answer = set_profile(router, staff, berlin, reset=sorted(enum))
    assert done(answer, "warehouseProfileSet")["profile"] == {**before, "own": True}


def test_without_a_profile_the_address_and_the_shop_speak(router, staff, berlin) -> None:
    router.w.make_warehouse("Nowhere", city="Qwertz", country="DE")
    router.w.make_warehouse("Islands", city="", country="BV")
    shown = {row["warehouseName"]: row for row in router.ask(PROFILES, staff)["data"]["warehouseProfiles"]}
    assert shown["Berlin"]["positionSource"] == "CITY"
    assert (round(shown["Berlin"]["latitude"]), round(shown["Berlin"]["longitude"])) == (53, 13)
    assert shown["Berlin"]["holidays"] == "DE"
    assert shown["Berlin"]["timeZone"] == router.shop.time_zone()
    assert shown["Berlin"]["workingDays"] == ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"]
    assert not shown["Berlin"]["own"]
    assert shown["Nowhere"]["positionSource"] == "COUNTRY"
    assert shown["Nowhere"]["latitude"] == shown["Berlin"]["latitude"]
    assert (shown["Islands"]["positionSource"], shown["Islands"]["latitude"]) == ("NONE", None)


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"latitude": 91, "longitude": 0}, ["latitude"]),
        ({"latitude": 0, "longitude": -180.5}, ["longitude"]),
        ({"latitude": 1}, ["longitude"]),
        ({"longitude": 1}, ["latitude"]),
        ({"timeZone": "Mars/Olympus"}, ["timeZone"]),
        ({"timeZone": "../etc/passwd"}, ["timeZone"]),
        ({"cutOff": "25:00"}, ["cutOff"]),
        ({"cutOff": "3pm"}, ["cutOff"]),
        ({"holidays": "DE-XX"}, ["holidays"]),
        ({"holidays": "Atlantis"}, ["holidays"]),
        ({"workingDays": []}, ["workingDays"]),
        ({"dailyParcels": -1}, ["dailyParcels"]),
        ({"safetyStock": -1}, ["safetyStock"]),
        ({"priority": 10**6 + 1}, ["priority"]),
        ({"excludedProductTypes": ["UHJvZHVjdDox"]}, ["excludedProductTypes"]),
        ({"excludedClasses": ["x" * 51]}, ["excludedClasses"]),
        ({"excludedClasses": ["a\nb"]}, ["excludedClasses"]),
        ({"handlingPerParcel": "1", "currency": "euro"}, ["currency"]),
        (
            {"handlingPerParcel": "NaN", "handlingPerUnit": "-1", "currency": "EUR"},
            ["handlingPerParcel", "handlingPerUnit"],
        ),
        ({"handlingPerParcel": "1"}, ["currency"]),
        ({"priority": 1, "reset": ["PRIORITY"]}, ["reset"]),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(router, staff, berlin, values, errors) -> None:
    answer = set_profile(router, staff, berlin, **values)
    assert [field for field, _ in refused(answer, "warehouseProfileSet")] == errors
    assert not WarehouseProfile.objects.exists()


def test_amounts_agree_with_the_active_card(router, staff, berlin) -> None:
    from saleor_plugins.fulfillment.usecases.set_rates import activate_card, replace_rates, set_card

    replace_rates("EU", "EUR", [{"base": "5"}], activate=True)
    answer = set_profile(router, staff, berlin, handlingPerParcel="1", currency="USD")
    assert refused(answer, "warehouseProfileSet") == [("currency", "CONFLICT")]
    profile = done(set_profile(router, staff, berlin, handlingPerParcel="1"), "warehouseProfileSet")
    assert profile["profile"]["handlingPerParcel"] == {"amount": "1.00", "currency": "EUR"}
    activate_card("EU", active=False)
    answer = set_profile(router, staff, berlin, handlingPerUnit="1", currency="USD")
    assert refused(answer, "warehouseProfileSet") == [("currency", "CONFLICT")]
    both = {"handlingPerUnit": "1", "handlingPerParcel": "2", "currency": "USD"}
    done(set_profile(router, staff, berlin, **both), "warehouseProfileSet")
    set_card("US", "USD", {})
    done(set_profile(router, staff, berlin, reset=["HANDLING_PER_UNIT"]), "warehouseProfileSet")
    shown = done(set_profile(router, staff, berlin, reset=["HANDLING_PER_PARCEL"]), "warehouseProfileSet")[
        "profile"
    ]
    assert shown["handlingPerParcel"] is None
    assert WarehouseProfile.objects.get().currency == ""
