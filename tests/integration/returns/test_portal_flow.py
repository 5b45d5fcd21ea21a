"""The portal's pages over HTTP: one return from the choice of items to its timeline."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import from_global
from saleor_plugins.platform.port import ShipItem
from saleor_plugins.returns.models import Draft, Photo, Return, ReturnMessage
from saleor_plugins.returns.tasks.desk import purge_old_drafts
from saleor_plugins.returns.usecases.activate_rulebook import activate_rulebook
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.decline_return import decline_return
from saleor_plugins.returns.usecases.message_return import message_return
from saleor_plugins.returns.usecases.save_rulebook import save_rulebook
from saleor_plugins.returns.views.portal import links

from .doors import PORTAL
from .papers import photo_file
from .rooms import STAFF, Room
from .shopper import Shopper


@pytest.fixture
def shopper(client: Client, room: Room) -> Shopper:
    return Shopper(client, room.make_shipped(3, 1, price=2000))


def rules(**document: Any) -> None:
    """These rules count from now on."""
    activate_rulebook(STAFF, save_rulebook(STAFF, document).pk)


def test_from_items_to_the_timeline(shopper: Shopper) -> None:
    page = shopper.get("")
    assert "What would you like to return?" in page and page.count('type="checkbox"') == 2
    here = shopper.choose({0: 2})
    assert here.endswith("/reason/1/")
    here = shopper.send(here, reason="TOO_SMALL", note="Two sizes too small")
    assert here.endswith("/outcome/1/")
    here = shopper.send(here, outcome="REFUND")
    assert here.endswith("/check/")
    page = shopper.get(here)
    assert "It is too small" in page and "Two sizes too small" in page and "$40.00" in page
    here = shopper.send(here, seen=shopper.seen(page))
    rma = Return.objects.get()
    assert here == f"return/{rma.pk}/done/"
    assert rma.number in shopper.get(here)
    page = shopper.get(f"return/{rma.pk}/")
    assert "Waiting for approval" in page and "Two sizes too small" in page
    line = rma.lines.get()
    assert (line.requested, line.reason_code, line.reason) == (2, "TOO_SMALL", "Two sizes too small")
    assert (line.resolution, rma.method, rma.language) == ("REFUND", "OWN", "en")
    assert f"Return {rma.number}" in shopper.get("")


def test_what_is_wrong_is_said_and_nothing_stored(shopper: Shopper) -> None:
    socks = shopper.lines[0].id
    page = shopper.refused("")
    assert "<title>Error: " in page and "Choose at least one item" in page and 'href="#item-1"' in page
    place = re.search(rf'id="item-(\d)" value="{socks}"', page)[1]
    for given in ("0", "-1", "4", "two", "9" * 30, ""):
        page = shopper.refused("", item=[socks], **{f"quantity-{socks}": given})
        assert f'href="#quantity-{place}"' in page, given
    assert "Choose at least one item" in shopper.refused("", item=["T3JkZXJMaW5lOjE="])
    assert not Draft.objects.exists()
    here = shopper.choose({0: 1})
    assert "Choose why you are returning it" in shopper.refused(here, reason="UNANNOUNCED")
    assert "at most 500" in shopper.refused(here, reason="STYLE", note="x" * 501)
    here = shopper.send(here, reason="STYLE")
    assert "Choose what you would like" in shopper.refused(here, outcome="GOLD")
    assert not Return.objects.exists()


def test_one_question_at_a_time_and_the_way_back(shopper: Shopper) -> None:
    first = shopper.choose({0: 1, 1: 1})
    draft = first.split("/")[1]
    assert 'class="back" href="/plugins/saleor_plugins.returns/portal/"' in shopper.get(first)
    shopper.send(first, reason="STYLE")
    outcome = shopper.send(first, reason="STYLE")
    second = shopper.send(outcome, outcome="STORE_CREDIT")
    assert second == f"draft/{draft}/reason/2/"
    assert f'href="{PORTAL}{outcome}"' in shopper.get(second)
    here = shopper.send(second, reason="TOO_LARGE")
    assert "checked" in shopper.get(here).split("STORE_CREDIT")[1][:20], "what was wanted before is proposed"
    check = shopper.send(here, outcome="REFUND")
    page = shopper.get(check)
    assert "$20.00" in page and "of it as store credit" in page
    # A change leads back to the check, and so does its way back.
    assert f'href="{PORTAL}{check}"' in shopper.get(first)
    assert shopper.send(first, reason="DEFECTIVE") == check
    # Fewer items: what was said of the one that stays is kept.
    second_line = shopper.lines.index(shopper.order.lines[1])
    assert shopper.choose({second_line: 1}) == check
    page = shopper.get(check)
    assert "It is too large" in page and "It does not work" not in page
    assert shopper.get(f"draft/{draft}/check/") == shopper.get(check)


def test_sent_once_whatever_is_clicked(shopper: Shopper) -> None:
    check = shopper.check({0: 1})
    seen = shopper.seen(shopper.get(check))
    done = shopper.send(check, seen=seen)
    for _ in range(3):
        assert shopper.send(check, seen=seen) == done
    for kind in ("reason/1/", "outcome/1/", "method/", "check/"):
        path = check.replace("check/", kind)
        answer = shopper.client.get(PORTAL + path)
        assert (answer.status_code, answer["Location"]) == (303, PORTAL + done)
        assert shopper.send(path, reason="STYLE", outcome="REFUND") == done
    assert Return.objects.count() == 1


def test_two_windows_fill_in_the_same(shopper: Shopper) -> None:
    one = shopper.check({0: 1})
    seen = shopper.seen(shopper.get(one))
    # The second window changes what is sent; the first one has not seen that.
    two = shopper.check({0: 2})
    assert one == two
    page = shopper.refused(one, seen=seen)
    assert "Please check them once more" in page and "2 pieces" in page
    assert not Return.objects.exists()
    done = shopper.send(two, seen=shopper.seen(page))
    assert shopper.send(one, seen=seen) == done
    assert Return.objects.get().lines.get().requested == 2


def test_photos_are_asked_for_where_the_rules_do(shopper: Shopper) -> None:
    rules(reasons=[{"photos": {"DAMAGED": 2}, "note": ["DAMAGED"]}])
    here = shopper.choose({0: 1})
    page = shopper.refused(here, reason="DAMAGED")
    assert "Tell us what exactly is wrong" in page and 'href="#note"' in page
    here = shopper.send(here, reason="DAMAGED", note="Torn")
    assert here.endswith("/photos/1/")
    assert "Add at least 2 photos" in shopper.refused(here, do="continue")
    assert "Choose a photo first" in shopper.refused(here, do="upload")
    assert shopper.send(here, do="upload", photo=[picture(1)]) == here
    assert "Add at least 1 photo" in shopper.refused(here, do="continue")
    page = shopper.refused(here, do="upload", photo=[named(b"<svg onload=alert(1)>", "torn.jpg")])
    assert "torn.jpg must be a JPEG" in page and page.count("<img") == 1
    onwards = shopper.send(here, do="continue", photo=[picture(2)])
    assert onwards.endswith("/outcome/1/")
    page = shopper.get(here)
    assert page.count("<img") == 2
    first = Photo.objects.order_by("pk").first()
    assert first
    assert shopper.client.get(page.split('<img src="')[1].split('"')[0])["Content-Type"] == "image/jpeg"
    shopper.send(here, remove=str(first.pk))
    shopper.send(here, remove="nonsense")
    assert Photo.objects.count() == 1
    shopper.send(here, do="continue", photo=[picture(3)])
    check = shopper.send(onwards, outcome="REFUND")
    page = shopper.get(check)
    assert "2 photos" in page
    shopper.send(check, seen=shopper.seen(page))
    assert Photo.objects.filter(return_line=Return.objects.get().lines.get()).count() == 2


def test_an_exchange(client: Client, room: Room) -> None:
    small = room.data.make_variant(price=2000, stock={room.house: 2})
    large = room.data.make_variant(sku="Large", price=2500, stock={room.house: 1}, sibling_of=small)
    order = room.data.make_order([(small, 2)])
    room.data.shop.fulfill(order.id, [ShipItem(order.lines[0].id, room.house.id, 2)])
    shopper = Shopper(client, room.data.shop.order(order.id))
    here = shopper.send(shopper.choose({0: 1}), reason="TOO_SMALL")
    here = shopper.send(here, outcome="EXCHANGE")
    assert here.endswith("/exchange/1/")
    page = shopper.get(here)
    assert "Large" in page and "$25.00" in page and page.count('type="radio"') == 1
    assert "Choose what you would like instead" in shopper.refused(here, exchange=small.id)
    check = shopper.send(here, exchange=large.id)
    page = shopper.get(check)
    assert "Exchange for Large" in page and "You pay" in page and "$5.00" in page
    room.data.set_stock(large, room.house, 0)
    assert "sold out" in shopper.refused(check, seen=shopper.seen(page))
    room.data.set_stock(large, room.house, 1)
    # Dearer since it was chosen: said before anything is sent.
    dearer(room, large, 2700)
    page = shopper.refused(check, seen=shopper.seen(shopper.get(check)))
    assert "changed meanwhile" in page and "$7.00" in page
    dearer(room, large, 2500)
    shopper.send(check, seen=shopper.seen(shopper.get(check)))
    line = Return.objects.get().lines.get()
    assert (line.resolution, line.exchange_variant_id) == ("EXCHANGE", large.id)


def test_fees_and_ways_back(shopper: Shopper) -> None:
    rules(
        fees=[{"percent": "10"}],
        methods=[{"offer": ["DROP_OFF", "OWN"]}],
        postage=[{"payer": "CUSTOMER", "amounts": {"USD": "4.90"}}],
    )
    check = shopper.check({0: 2}, method="DROP_OFF")
    page = shopper.get(check)
    assert all(part in page for part in ("$40.00", "-$4.00", "-$4.90", "$31.10"))
    method = check.replace("check/", "method/")
    assert "Choose how to send it back" in shopper.refused(method, method="PIGEON")
    assert shopper.send(method, method="OWN") == check
    page = shopper.get(check)
    assert "-$4.90" not in page and "$36.00" in page
    shopper.send(check, seen=shopper.seen(page))
    assert Return.objects.get().method == "OWN"


def test_what_cannot_be_returned_says_why(client: Client, room: Room) -> None:
    order = room.make_shipped(2, 1)
    shopper = Shopper(client, order)
    final = {"when": {"products": [shopper.lines[1].product_id]}, "final": True, "faulty_too": True}
    rules(final_sale=[final], window=[{"days": 14}])
    assert "Final sale" in shopper.get("")
    room.sent_at(order, clock.now() - timedelta(days=40))
    page = shopper.get("")
    assert "Nothing can be returned at the moment" in page and "Could be returned until" in page
    assert 'type="checkbox"' not in page
    shopper.refused("", item=[shopper.lines[0].id])


def test_what_was_chosen_and_is_gone_since(shopper: Shopper, room: Room) -> None:
    check = shopper.check({0: 3})
    room.request(shopper.order, 1)
    assert shopper.send(check, seen="") == ""
    page = shopper.get("")
    assert "Your returns" in page


def test_only_the_orders_own(shopper: Shopper, room: Room, client: Client) -> None:
    other = Shopper(Client(), room.make_shipped(2))
    mine = shopper.request({0: 1})
    theirs = other.check({0: 1})
    sent = room.request(other.order, 1)
    for path in (theirs, f"return/{sent.pk}/", f"return/{sent.pk}/done/", f"draft/{uuid4()}/check/", "x/"):
        shopper.get(path, 404)
        shopper.post(path, {"seen": "x"}, 404)
    for path in ("message/", "cancel/", "parcel/"):
        shopper.post(f"return/{sent.pk}/{path}", {"body": "Hello", "number": "1"}, 404)
    assert not ReturnMessage.objects.exists()
    nobody = Client().get(PORTAL + mine)
    assert (nobody.status_code, nobody["Location"]) == (302, PORTAL)


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_form_from_elsewhere_changes_nothing(shopper: Shopper, token: str) -> None:
    check = shopper.check({0: 1})
    seen = shopper.seen(shopper.get(check))
    shopper.post(check, {"seen": seen, "csrf": token}, 403)
    shopper.post("", {"item": [shopper.lines[0].id], "csrf": token}, 403)
    answer = shopper.client.post(PORTAL + check, {"seen": seen}, HTTP_SEC_FETCH_SITE="cross-site")
    assert answer.status_code == 403
    assert not Return.objects.exists()


def test_messages_a_parcel_and_cancelling(shopper: Shopper) -> None:
    shopper.request({0: 1})
    rma = Return.objects.get()
    path = f"return/{rma.pk}/"
    assert "Write something" in shopper.refused(f"{path}message/", body=" \n ")
    assert "at most 2000" in shopper.refused(f"{path}message/", body="x" * 2001)
    for _ in range(2):
        assert shopper.send(f"{path}message/", body="When <b>will</b>\r\nyou decide?") == f"{path}#talk"
    assert ReturnMessage.objects.get().body == "When <b>will</b>\nyou decide?"
    message_return(STAFF, rma.pk, "Tomorrow.")
    message_return(STAFF, rma.pk, "A difficult one.", internal=True)
    page = shopper.get(path)
    assert "Tomorrow." in page and "A difficult one." not in page
    assert b"&lt;b&gt;will" in shopper.client.get(PORTAL + path).content
    approve_return(STAFF, rma.pk)
    assert "Enter the tracking number" in shopper.refused(f"{path}parcel/", number=" ")
    shopper.send(f"{path}parcel/", number=" 00340 ", carrier="DHL")
    rma.refresh_from_db()
    assert (rma.tracking_number, rma.carrier, rma.scanned) == ("00340", "DHL", None)
    assert "00340" in shopper.get(path)
    assert "Cancel this return?" in shopper.get(f"{path}cancel/")
    assert shopper.send(f"{path}cancel/") == path
    assert shopper.send(f"{path}cancel/") == path
    rma.refresh_from_db()
    assert rma.state == "CANCELED" and "This return was cancelled" in shopper.get(path)
    assert "too late" in shopper.refused(f"{path}parcel/", number="1")


def test_a_refusal_tells_its_reason(shopper: Shopper) -> None:
    shopper.request({0: 1})
    rma = decline_return(STAFF, Return.objects.get().pk, "It was worn.")
    page = shopper.get(f"return/{rma.pk}/")
    assert "We could not accept this return" in page and "It was worn." in page


def test_an_order_that_a_person_has_to_look_at(shopper: Shopper, room: Room) -> None:
    rows = room.data.model("order.Order").objects
    rows.update(total_gross_amount=500, total_net_amount=500)
    check = shopper.check({0: 1})
    page = shopper.get(check)
    assert "We will tell you the amount" in page and "$20.00" not in page
    shopper.send(check, seen=shopper.seen(page))
    assert Return.objects.count() == 1


def test_drafts_end(shopper: Shopper) -> None:
    check = shopper.check({0: 1})
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        purge_old_drafts()
        assert Draft.objects.count() == 1
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        shopper.client.get("/" + link(shopper))
        shopper.get(check, 404)
        purge_old_drafts()
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("accepted", "wanted"),
    [("de-AT,de", "Was möchten Sie zurückgeben?"), ("pl", "Co chcesz zwrócić?"), ("fr", "What would you")],
)
def test_in_the_shoppers_language(client: Client, room: Room, accepted: str, wanted: str) -> None:
    shopper = Shopper(client, room.make_shipped(2), HTTP_ACCEPT_LANGUAGE=accepted)
    page = shopper.get("")
    assert wanted in page
    assert "Was möchten Sie" in shopper.get("?language=de")
    assert "Was möchten Sie" in shopper.get(""), "the choice is kept"
    shopper.request({0: 1})
    assert Return.objects.get().language == "de"


def dearer(room: Room, variant: Any, price: int) -> None:
    """The merchant changes the price."""
    key = from_global(variant.id, "ProductVariant")
    if room.data.channels:
        rows = room.data.model("product.ProductVariantChannelListing").objects.filter(variant=key)
        rows.update(price_amount=price / 100, discounted_price_amount=price / 100)
    else:
        rows = room.data.model("product.ProductVariant").objects.filter(pk=key)
        rows.update(price_override_amount=price / 100)


def link(shopper: Shopper) -> str:
    return links.portal_url(shopper.order.id).split("/", 3)[3]


def named(content: bytes, name: str) -> Any:
    return SimpleUploadedFile(name, content, "image/jpeg")


def picture(shade: int) -> Any:
    return named(photo_file(shade).read(), f"{shade}.jpg")
