"""Carriers report by signed webhook: nothing forged, stale or repeated moves a parcel, nothing true is lost."""

from __future__ import annotations

import itertools
import json
import random
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from saleor_plugins.delivery import relay
from saleor_plugins.delivery.models import Delivery, Event, Inbox
from saleor_plugins.fulfillment.models import Carrier, Shipment, ShipmentEvent, StrayScan
from saleor_plugins.fulfillment.tasks.parcels import find_strays
from saleor_plugins.fulfillment.usecases.carrier_set import rotate_secret, set_carrier
from saleor_plugins.fulfillment.usecases.change_shipment import set_tracking
from saleor_plugins.kernel import clock
from tests.integration.fulfillment.parcels import BASE, carrier, event, report, sent, signed

WAY = ("IN_TRANSIT", "EXCEPTION", "OUT_FOR_DELIVERY", "DELIVERED")


def state(row: Shipment) -> str:
    return Shipment.objects.get(pk=row.pk).state


def ledger(row: Shipment) -> set[tuple[str, str]]:
    rows = ShipmentEvent.objects.filter(shipment=row, source="CARRIER")
    return set(rows.values_list("state", "external_id"))


def topics() -> list[str]:
    rows = Event.objects.filter(topic__startswith="shipment.").order_by("pk")
    return [topic for topic in rows.values_list("topic", flat=True) if topic not in ("shipment.created",)]


def test_a_parcel_goes_its_way(router, client) -> None:
    post = carrier()
    row = sent(router, "1Z")
    for minutes, status in enumerate(WAY):
        answer = report(client, post, event("1Z", status, minutes - 9, place="Bonn"), message=f"m{minutes}")
        assert (answer.status_code, answer.json()) == (200, {"status": "accepted"})
        assert state(row) != status
        relay.drain()
        assert state(row) == status
    assert topics() == [
        "shipment.tracking_updated",
        "shipment.in_transit",
        "shipment.exception",
        "shipment.out_for_delivery",
        "shipment.delivered",
    ]
    assert Shipment.objects.get().carrier_id == post.pk
    notes = [text for text in router.w.notes(row.order_id) if "Parcel 1Z" in text]
    assert notes == ["Parcel 1Z met a problem on its way.", "Parcel 1Z was delivered."]
    last = ShipmentEvent.objects.filter(shipment=row).order_by("pk").last()
    assert (last.source, last.place, last.verb) == ("CARRIER", "Bonn", "deliver")
    assert last.noted >= last.at


def test_any_order_of_a_parcels_events_ends_the_same(router, client) -> None:
    post = carrier()
    names = [*WAY, "RETURNING"]
    events = [event("X", name, place - 30, f"e{place}") for place, name in enumerate(names)]
    orders = random.Random(7).sample(list(itertools.permutations(events)), 12)
    ended = set()
    for count, order in enumerate([events, *orders]):
        row = sent(router, f"N{count}", carrier=post)
        for place, told in enumerate(order):
            report(client, post, {**told, "trackingNumber": f"N{count}"}, message=f"{count}-{place}")
        relay.drain()
        ended.add((state(row), frozenset(ledger(row))))
    assert ended == {("RETURNING", frozenset((name, f"e{place}") for place, name in enumerate(names)))}


def test_the_same_scan_is_one_line_however_it_comes(router, client) -> None:
    post = carrier()
    row = sent(router, "1Z")
    told = event("1Z", "IN_TRANSIT", -5, "e1")
    assert report(client, post, told, told, message="a").json() == {"status": "accepted"}
    assert report(client, post, told, told, message="a").json() == {"status": "duplicate"}
    relay.drain()
    # The same scan inside another message, and a replay of the work itself.
    report(client, post, told, event("1Z", "IN_TRANSIT", -5, "e1", place="other words"), message="b")
    relay.drain()
    assert ledger(row) == {("IN_TRANSIT", "e1")}
    assert topics().count("shipment.in_transit") == 1


def test_a_thousand_altered_signatures_are_refused(router, client) -> None:
    post = carrier()
    row = sent(router, "1Z", carrier=post)
    body = json.dumps({"events": [event("1Z", "DELIVERED", -1)]}).encode()
    headers = signed(post.secret, body)
    chance = random.Random(3)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=,. \t"
    true, seen = headers["HTTP_WEBHOOK_SIGNATURE"], set()
    while len(seen) < 1000:
        letters = list(true)
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(letters))
            letters[place] = chance.choice(alphabet)
        if chance.random() < 0.2:
            letters = letters[: chance.randrange(len(letters))]
        # One signature among several is enough, so what still holds the true one is no forgery.
        if true not in "".join(letters).split(" "):
            seen.add("".join(letters))
    url = f"{BASE}carriers/{post.pk}/"
    for forged in seen:
        bad = {**headers, "HTTP_WEBHOOK_SIGNATURE": forged}
        answer = client.post(url, body, content_type="application/json", **bad)
        assert answer.status_code == 401, forged
    assert not Inbox.objects.exists() and state(row) == "CREATED"
    assert client.post(url, body, content_type="application/json", **headers).status_code == 200


@pytest.mark.parametrize("what", ["body", "id", "time", "none", "other carrier", "unsigned"])
def test_a_true_signature_of_something_else_is_refused(router, client, what: str) -> None:
    post, other = carrier(), carrier("Other")
    body = json.dumps({"events": [event("1Z", "DELIVERED", -1)]}).encode()
    headers = signed(other.secret if what == "other carrier" else post.secret, body)
    if what == "body":
        body = body.replace(b"DELIVERED", b"RETURNING")
    if what == "id":
        headers["HTTP_WEBHOOK_ID"] = "msg_2"
    if what == "time":
        headers["HTTP_WEBHOOK_TIMESTAMP"] = str(int(headers["HTTP_WEBHOOK_TIMESTAMP"]) + 1)
    if what == "none":
        headers = {}
    if what == "unsigned":
        headers["HTTP_WEBHOOK_SIGNATURE"] = ""
    answer = client.post(f"{BASE}carriers/{post.pk}/", body, content_type="application/json", **headers)
    assert answer.status_code == 401
    assert not Inbox.objects.exists()


def test_what_is_not_proven_is_not_even_parsed(router, client) -> None:
    post = carrier()
    for body in (b"[" * 400_000, b"\xff\xfe", b'{"events":'):
        headers = signed(post.secret, b"something else")
        answer = client.post(f"{BASE}carriers/{post.pk}/", body, content_type="application/json", **headers)
        assert answer.status_code == 401
    deep = b"[" * 400_000
    answer = client.post(
        f"{BASE}carriers/{post.pk}/", deep, content_type="application/json", **signed(post.secret, deep)
    )
    assert (answer.status_code, answer.json()["field"]) == (400, "body")


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_or_early_message_is_refused(router, client, minutes: int) -> None:
    post = carrier()
    at = clock.now() + timedelta(minutes=minutes)
    assert report(client, post, event("1Z", "DELIVERED", -10), at=at).status_code == 401
    assert not Inbox.objects.exists()


@pytest.mark.parametrize("length", ["500001", "-1", "many", "9" * 400])
def test_an_oversized_body_is_not_read(router, client, length: str) -> None:
    post = carrier()
    big = b"x" * 500_001
    answer = client.post(
        f"{BASE}carriers/{post.pk}/", big, content_type="application/json", **signed(post.secret, b"x")
    )
    assert answer.status_code == 413
    from django.test import RequestFactory

    from saleor_plugins.fulfillment.views.carriers import view

    asked = RequestFactory().post("/", b"{}", content_type="application/json")
    asked.META["CONTENT_LENGTH"] = length
    assert view(asked, f"{post.pk}/").status_code == 413


def test_a_bad_event_refuses_the_message_and_names_its_field(router, client) -> None:
    post = carrier()
    row = sent(router, "1Z")
    answer = report(client, post, event("1Z", "DELIVERED", -1), event("1Z", "LOST", -1))
    assert (answer.status_code, answer.json()["field"]) == (400, "events[1].status")
    assert not Inbox.objects.exists() and state(row) == "CREATED"
    # Corrected, under the same id: it was not taken in before.
    assert report(client, post, event("1Z", "DELIVERED", -1)).json() == {"status": "accepted"}


def test_only_carriers_at_work_are_heard(router, client) -> None:
    post = carrier()
    for wrong in ("", "x/", f"{post.pk}x/", "00000000-0000-0000-0000-000000000000/", f"{post.pk}/more/"):
        assert (
            client.post(f"{BASE}carriers/{wrong}", b"{}", content_type="application/json").status_code == 404
        )
    assert client.get(f"{BASE}carriers/{post.pk}/").status_code == 405
    set_carrier(post.pk, is_active=False)
    assert report(client, post, event("1Z", "DELIVERED", -1)).status_code == 404


def test_a_replaced_secret_is_good_for_a_day(router, client) -> None:
    post = carrier()
    old = post.secret
    new = rotate_secret(post.pk).secret
    assert old != new
    for count, secret in enumerate((old, new)):
        told = event("1Z", "DELIVERED", -1)
        assert report(client, post, told, message=f"m{count}", secret=secret).status_code == 200
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        told = event("1Z", "DELIVERED", -1)
        assert report(client, post, told, message="m8", secret=old).status_code == 401
        assert report(client, post, told, message="m9", secret=new).status_code == 200
    # Twice replaced, the first is forgotten.
    rotate_secret(post.pk)
    assert report(client, post, event("1Z", "DELIVERED", -1), message="m10", secret=old).status_code == 401


def test_secrets_are_encrypted_in_the_table(router) -> None:
    post = carrier()
    rotate_secret(post.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, previous_secret FROM ops_fulfillment_carrier")
        for stored in cursor.fetchone():
            assert not stored.startswith("whsec_") and post.secret not in stored


def test_unknown_numbers_wait_and_find_their_parcel(router, client) -> None:
    post = carrier()
    report(client, post, event("LATER", "IN_TRANSIT", -9, "e1"), event("LATER", "DELIVERED", -2, "e2"))
    report(client, post, event("LATER", "IN_TRANSIT", -9, "e1"), message="again")
    relay.drain()
    assert StrayScan.objects.count() == 2
    row = sent(router)
    set_tracking(row.pk, "LATER")
    assert state(row) == "DELIVERED"
    assert ledger(row) == {("IN_TRANSIT", "e1"), ("DELIVERED", "e2")}
    assert Shipment.objects.get(pk=row.pk).carrier_id == post.pk
    assert not StrayScan.objects.exists()


def test_a_stray_that_was_overlooked_is_swept(router, client) -> None:
    post = carrier()
    row = sent(router, "1Z")
    at = clock.now()
    StrayScan.objects.create(
        carrier=post, tracking_number="1Z", state="DELIVERED", external_id="e", at=at, noted=at
    )
    old = StrayScan.objects.create(
        carrier=post, tracking_number="2Z", state="DELIVERED", external_id="e", at=at,
        noted=at - timedelta(days=91),
    )  # fmt: skip
    find_strays()
    assert state(row) == "DELIVERED"
    assert not StrayScan.objects.filter(pk=old.pk).exists() and not StrayScan.objects.exists()


def test_two_boxes_may_share_a_number(router, client) -> None:
    post = carrier()
    one, two = sent(router, "1Z"), sent(router, "1Z")
    report(client, post, event("1Z", "IN_TRANSIT", -5, "e1"))
    relay.drain()
    assert (state(one), state(two)) == ("IN_TRANSIT", "IN_TRANSIT")
    # One that gets the number only now hears what was said before.
    three = sent(router, "1Z")
    assert state(three) == "IN_TRANSIT"
    assert ledger(three) == {("IN_TRANSIT", "e1")}


def test_a_number_that_is_used_again_leaves_the_old_parcel_alone(router, client) -> None:
    post = carrier()
    old = sent(router, "1Z")
    Shipment.objects.filter(pk=old.pk).update(created=clock.now() - timedelta(days=400))
    new = sent(router, "1Z")
    report(client, post, event("1Z", "DELIVERED", -5))
    relay.drain()
    assert (state(old), state(new)) == ("CREATED", "DELIVERED")


def test_a_carrier_cannot_move_anothers_parcel(router, client) -> None:
    mine, rogue = carrier(), carrier("Rogue")
    row = sent(router, "1Z", carrier=mine)
    report(client, rogue, event("1Z", "DELIVERED", -1))
    relay.drain()
    assert state(row) == "CREATED"
    assert StrayScan.objects.get().carrier_id == rogue.pk
    find_strays()
    assert state(row) == "CREATED"


def test_a_cancelled_parcel_stays_cancelled(router, client) -> None:
    from saleor_plugins.fulfillment.usecases.change_shipment import cancel_shipment

    post = carrier()
    row = sent(router, "1Z", carrier=post)
    cancel_shipment(row.pk)
    report(client, post, event("1Z", "DELIVERED", -1))
    relay.drain()
    assert state(row) == "CANCELED"
    assert StrayScan.objects.count() == 1


def test_a_carrier_that_vanished_leaves_a_dead_letter(router, client) -> None:
    post = carrier()
    report(client, post, event("1Z", "DELIVERED", -1))
    Carrier.objects.all().delete()
    relay.drain(strict=False)
    assert Delivery.objects.get(subscriber="fulfillment.carrier_events").state == "DEAD"


def test_a_switched_off_plugin_hears_nothing(router, client) -> None:
    post = carrier()
    router.switch(active=False)
    assert report(client, post, event("1Z", "DELIVERED", -1)).status_code == 404
    assert not Inbox.objects.exists()
