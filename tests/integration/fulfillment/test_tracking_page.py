"""The public page: whoever has the link sees the parcels, and nobody sees a person."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.fulfillment.models import PlannedParcel, RoutingDecision, Shipment, ShipmentEvent
from saleor_plugins.fulfillment.usecases.change_shipment import add_event, mark_delivered, send_back
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.fulfillment.views.links import tracking_token
from saleor_plugins.fulfillment.views.texts import texts
from saleor_plugins.http.languages import LANGUAGES, language_of
from saleor_plugins.kernel import clock
from saleor_plugins.platform.port import AskerKind, OrderStatus
from tests.integration.fulfillment.parcels import BASE, carrier, sent

URL = "query($id: ID!) { trackingUrl(orderId: $id) }"


def look(client, token: str, **headers: str):
    return client.get(f"{BASE}track/{token}/", **headers)


def page(client, order_id: str, language: str = "en") -> str:
    answer = look(client, tracking_token(order_id), HTTP_ACCEPT_LANGUAGE=language)
    assert answer.status_code == 200
    return answer.content.decode()


def words(html: str) -> str:
    """What a person reads."""
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.S).split("<body>")[1]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_it_shows_parcels_and_their_way(router, client) -> None:
    post = carrier("Bird & Sons", tracking_url="https://track.example.com/?n={number}&x=1")
    row = sent(router, "1Z 9/é", carrier=post)
    add_event(
        row.pk, "IN_TRANSIT", at=clock.now() - timedelta(hours=3), description="Ada was out", place="Bonn"
    )
    html = page(client, row.order_id)
    text = words(html)
    number = router.shop.order(row.order_id).number
    assert f"Order {number}" in text and "Parcel 1 of 1" in text and "On the way" in text
    assert "1Z 9/é" in text and "Bird &amp; Sons" in text and "2 ×" in text
    assert 'href="https://track.example.com/?n=1Z%209%2F%C3%A9&amp;x=1"' in html
    # What people wrote about a parcel may be about people.
    assert "Ada was out" not in html and "Bonn" not in html
    mark_delivered(row.pk)
    assert "Everything was delivered" in words(page(client, row.order_id))
    send_back(row.pk, arrived=True)
    assert "Back at the shop" in words(page(client, row.order_id))


def test_history_shows_what_counted(router, client) -> None:
    row = sent(router, "1Z")
    mark_delivered(row.pk)
    ShipmentEvent.objects.create(
        shipment=row, verb="move", state="IN_TRANSIT", source="CARRIER",
        at=clock.now() + timedelta(hours=2), noted=clock.now(),
    )  # fmt: skip
    html = page(client, row.order_id)
    way = html[html.index('<ol class="way">') :]
    assert re.findall(r"<li><span>(.*?)</span>", way) == ["Delivered", "Packed"]


def test_nothing_of_a_person_is_on_it(router, client) -> None:
    row = sent(router, "1Z", email="canary@example.com", postal_code="10001")
    html = page(client, row.order_id)
    to = router.shop.ship_to(row.order_id)
    assert to is not None and to.lines
    for line in (*to.lines, "canary@example.com", "10001"):
        assert line not in words(html)


def test_planned_parcels_and_the_promise(router, client) -> None:
    here = router.w.make_warehouse("Here")
    shirt = router.w.make_variant(stock={here: 5})
    order = router.w.make_order([(shirt, 3)], allocate=False)
    route_order(order.id)
    (planned,) = PlannedParcel.objects.filter(order_id=order.id)
    text = words(page(client, order.id))
    assert "Being prepared" in text and "3 ×" in text and "Not sent yet" not in text
    decision = planned.decision
    plan = {**decision.plan, "parcels": [{**decision.plan["parcels"][0], "arrives_on": "2026-03-02"}]}
    later = RoutingDecision.objects.create(
        order_id=order.id, version=decision.version + 1, outcome=decision.outcome, trigger="MANUAL", plan=plan,
        explanation=decision.explanation, cost=decision.cost, currency=decision.currency, optimal=True,
        bound=0, nodes=0, created=clock.now(), arrives_on=date(2026, 3, 2),
    )  # fmt: skip
    PlannedParcel.objects.filter(pk=planned.pk).update(decision=later)
    assert "All of it arrives by Monday, 2 March" in words(page(client, order.id))
    assert "Alles ist da bis Montag, 2. März" in words(page(client, order.id, "de-AT,en;q=0.5"))
    assert "2 marca" in words(page(client, order.id, "pl"))


def test_units_without_a_parcel_wait(router, client) -> None:
    order = router.w.make_order([(router.w.make_variant(stock={}), 4)], allocate=False)
    text = words(page(client, order.id))
    assert "Not sent yet" in text and "4 ×" in text and "We are getting it ready" in text
    router.w.set_status(order, OrderStatus.CANCELED)
    text = words(page(client, order.id))
    assert "This order was cancelled" in text and "4 ×" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_words(router, client, language: str) -> None:
    assert set(texts(language)) == set(texts("en"))
    row = sent(router, "1Z", carrier=carrier(tracking_url="https://example.com/{number}"))
    for state in ("IN_TRANSIT", "OUT_FOR_DELIVERY", "EXCEPTION", "DELIVERED", "RETURNING", "RETURNED"):
        add_event(row.pk, state)
        answer = look(client, tracking_token(row.order_id), HTTP_ACCEPT_LANGUAGE=language)
        assert answer["Content-Language"] == language
        html = answer.content.decode()
        assert f'<html lang="{language}">' in html
        assert texts(language)[f"state_{state}"] in words(html)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"), ("fr", "en"), ("de", "de"), ("pl-PL,de;q=0.9", "pl"), ("fr,de;q=0.3,pl;q=0.4", "pl"),
        ("de;q=nonsense,pl;q=0.1", "pl"), ("de;q=nan,en", "en"), ("*", "en"), (";;;,,,=", "en"),
        ("de;q=9", "en"), ("x" * 10_000, "en"),
    ],
)  # fmt: skip
def test_the_language_is_the_browser_s(header: str, language: str) -> None:
    assert language_of(header) == language


def test_hostile_names_stay_text(router, client) -> None:
    from django.apps import apps

    row = sent(router, "1Z")
    line = apps.get_model("order.OrderLine").objects.get(order_id=order_key(row))
    line.product_name = "<script>alert(1)</script>{{ page }}{% now 'Y' %}"
    line.save()
    html = page(client, row.order_id)
    assert "<script" not in html and "&lt;script&gt;" in html and "{{ page }}" in html


def order_key(row: Shipment) -> str:
    from saleor_plugins.kernel.ids import from_global

    return from_global(row.order_id, "Order")


def test_headers_keep_it_private(router, client) -> None:
    row = sent(router, "1Z")
    answer = look(client, tracking_token(row.order_id))
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"] and b'content="noindex' in answer.content
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    assert b"<script" not in answer.content and b"src=" not in answer.content


def test_a_token_opens_one_order_for_its_time(router, client) -> None:
    mine, other = sent(router, "MINE"), sent(router, "OTHER")
    token = tracking_token(mine.order_id)
    assert "OTHER" not in look(client, token).content.decode()
    assert look(client, token).status_code == 200
    # The order of one, the signature of the other.
    payload = tracking_token(other.order_id).split(":")[0]
    assert look(client, ":".join([payload, *token.split(":")[1:]])).status_code == 404
    with time_machine.travel(clock.now() + timedelta(days=91), tick=False):
        answer = look(client, token, HTTP_ACCEPT_LANGUAGE="pl")
        assert answer.status_code == 410 and "Ten link wygasł" in answer.content.decode()
    router.switch(tracking_days="1")
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        assert look(client, token).status_code == 410


def test_a_thousand_altered_tokens_open_nothing(router, client) -> None:
    import random
    import string

    chance = random.Random(5)
    true = tracking_token(sent(router, "1Z").order_id)
    alphabet = string.ascii_letters + string.digits + "-_:"
    tried = 0
    while tried < 1000:
        letters = list(true)
        for _ in range(chance.randint(1, 3)):
            letters[chance.randrange(len(letters))] = chance.choice(alphabet)
        forged = "".join(letters)
        if forged != true:
            tried += 1
            assert look(client, forged).status_code == 404, forged


@pytest.mark.parametrize("what", ["other salt", "a number", "a list", "gone", "empty", "document"])
def test_other_signed_things_open_nothing(router, client, what: str) -> None:
    from saleor_plugins.fulfillment.views.links import TRACKING, document_token

    row = sent(router, "1Z")
    token = {
        "other salt": signing.dumps(row.order_id, salt="other"),
        "a number": signing.dumps(12, salt=TRACKING),
        "a list": signing.dumps([row.order_id], salt=TRACKING),
        "gone": tracking_token("T3JkZXI6OTk5OTk5"),
        "empty": "",
        "document": document_token({"slip": "Shipment", "key": str(row.pk)}),
    }[what]
    assert look(client, token).status_code == 404


def test_the_link_is_for_staff_and_for_who_ordered(router, client) -> None:
    asker, token = router.w.make_asker(AskerKind.CUSTOMER)
    order = router.w.make_order([(router.w.make_variant(), 1)], user_id=asker.id, allocate=False)
    for who in (token, router.token("MANAGE_ORDERS"), router.token("MANAGE_ORDERS", kind=AskerKind.APP)):
        url = router.ask(URL, who, id=order.id)["data"]["trackingUrl"]
        assert url.startswith(f"http://testserver{BASE}track/")
        assert client.get(url.removeprefix("http://testserver")).status_code == 200
    for who in (None, "x.y.z", router.token(kind=AskerKind.CUSTOMER), router.token("MANAGE_PLUGINS")):
        answer = router.ask(URL, who, id=order.id)
        assert answer["errors"][0]["extensions"]["exception"]["code"] == "PERMISSION_DENIED"
    gone = router.ask(URL, router.token("MANAGE_ORDERS"), id="T3JkZXI6OTk5OTk5")
    assert gone["errors"][0]["extensions"]["exception"]["code"] == "NOT_FOUND"


def test_it_costs_the_same_however_many_parcels(router, client) -> None:
    from saleor_plugins.fulfillment.usecases.tracking_page import tracking_page
    from tests.integration.fulfillment.test_parcels import split

    counts = []
    for parcels in (1, 4):
        order = split(router, parcels)
        with CaptureQueriesContext(connection) as seen:
            assert len(tracking_page(order.id).parcels) == parcels
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_only_reading_is_allowed(router, client) -> None:
    token = tracking_token(sent(router, "1Z").order_id)
    assert client.post(f"{BASE}track/{token}/").status_code == 405
    assert client.head(f"{BASE}track/{token}/").status_code == 200
    router.switch(active=False)
    assert look(client, token).status_code == 404
