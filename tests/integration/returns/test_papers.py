"""Slips, counter codes and labels: who may open them, what they say, what they never say."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from pypdf import PdfReader

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.printing.bars import bars
from saleor_plugins.printing.qr import qr
from saleor_plugins.returns.models import Return, ReturnableLine
from saleor_plugins.returns.usecases.cancel_return import cancel_return
from saleor_plugins.returns.views.links import drop_off_url, label_url, slip_url

from .birds import PICTURE, set_up
from .birds import approved as labelled
from .rooms import STAFF

ADDRESS = "/plugins/saleor_plugins.returns/documents/"


@pytest.fixture
def rma(room):
    room.configure(portal_name="Linen & Co", expiry_days="14")
    return room.approved(room.make_shipped(3, 1), 2, 1)


def path(url: str) -> str:
    return "/" + url.split("://", 1)[-1].split("/", 1)[1]


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_the_slip_says_what_to_send_where(room, rma, client) -> None:
    answer = client.get(path(slip_url(rma)))
    page = answer.content.decode()
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert bars(rma.number) in page and qr(rma.number) in page
    assert rma.number in page and "Linen &amp; Co" in page
    for line in room.data.shop.warehouse_address(room.house.id).lines:
        assert line in page
    for row in ReturnableLine.objects.filter(order=rma.order_id):
        assert row.sku in page and row.name in page
    assert "Items in all: 3" in page and "keep the proof of posting" in page


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_same_as_pdf(room, rma, client, paper) -> None:
    answer = client.get(path(slip_url(rma)) + f"?format=pdf&paper={paper}")
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(answer.content)
    assert text.count(rma.number) >= 3 and "Items in all: 3" in text and "Send to" in text
    (page,) = PdfReader(BytesIO(answer.content)).pages
    width, height = {"a4": (595, 842), "letter": (612, 792)}[paper]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (width, height)


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Return slip"), ("de", "Rücksendeschein"), ("pl", "Dokument zwrotu")]
)
def test_it_speaks_the_shopper_s_language(rma, client, language, title) -> None:
    Return.objects.filter(pk=rma.pk).update(language=language)
    page = client.get(path(slip_url(rma)), HTTP_ACCEPT_LANGUAGE="fr")
    assert title in page.content.decode() and page["Content-Language"] == language
    assert title in text_of(client.get(path(slip_url(rma)) + "?format=pdf").content)
    Return.objects.filter(pk=rma.pk).update(language="")
    assert title in client.get(path(slip_url(rma)), HTTP_ACCEPT_LANGUAGE=language).content.decode()


def test_names_are_text_and_long_lists_go_on_another_page(room, client) -> None:
    rma = room.approved(room.make_shipped(*([1] * 40)), *([1] * 40))
    hostile = "</td><script>alert(1)</script> Żółć 漢字 " + "x" * 300
    ReturnableLine.objects.filter(order=rma.order_id).update(name=hostile)
    page = client.get(path(slip_url(rma))).content.decode()
    assert "<script" not in page and "&lt;script&gt;" in page
    pdf = client.get(path(slip_url(rma)) + "?format=pdf").content
    assert len(PdfReader(BytesIO(pdf)).pages) > 1 and "Send to" in text_of(pdf)


def test_no_paper_names_the_customer(room, rma, client) -> None:
    order = room.data.model("order.Order").objects.get()
    room.data.model("account.Address").objects.filter(pk=order.shipping_address_id).update(last_name="Zyx")
    for url in (slip_url(rma), drop_off_url(rma), slip_url(rma) + "?format=pdf"):
        content = client.get(path(url)).content
        shown = text_of(content) if url.endswith("pdf") else content.decode()
        assert rma.number in shown
        assert "Zyx" not in shown and order.user_email not in shown


def test_who_may_open_it(room, client) -> None:
    me, token = room.data.make_asker(AskerKind.CUSTOMER)
    rma = room.approved(room.make_shipped(1, user_id=me.id), 1)
    staff = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1]
    stranger = room.data.make_asker(AskerKind.CUSTOMER)[1]
    url = f"{ADDRESS}slip/?id={to_global('Return', rma.pk)}"
    seen = [
        client.get(url, HTTP_AUTHORIZATION=f"Bearer {who}").status_code
        for who in (staff, token, stranger, "x.y.z")
    ]
    assert seen == [200, 200, 404, 404] and client.get(url).status_code == 404
    assert b"id=" in client.get(url, HTTP_AUTHORIZATION=f"Bearer {token}").content
    for wrong in ("nothing/", "open/x/", "slip/?id=1", "", "slip/?id=" + to_global("Return", "1")):
        assert client.get(ADDRESS + wrong).status_code in (400, 404)
    assert client.post(url).status_code == 405
    assert client.get(path(slip_url(rma)) + "?format=exe").status_code == 400
    assert client.get(path(slip_url(rma)) + "?paper=a5").status_code == 400


def test_a_link_opens_one_paper_until_it_ends(room, rma, client) -> None:
    url = path(slip_url(rma))
    assert client.get(url.replace("/open/", "/open/x")).status_code == 404
    with time_machine.travel(clock.now() + timedelta(days=91), tick=False):
        assert client.get(url).status_code == 410
    cancel_return(STAFF, rma.pk)
    assert client.get(url).status_code == 404


def test_a_code_for_our_own_counter(rma, client) -> None:
    Return.objects.filter(pk=rma.pk).update(method="DROP_OFF")
    page = client.get(path(drop_off_url(rma))).content.decode()
    assert qr(rma.number) in page and bars(rma.number) in page and "hand over the items" in page


def test_a_label_and_the_carrier_s_code(room, monkeypatch, client, transactional_db) -> None:
    set_up(room, monkeypatch)
    rma = labelled(room, 1, method="QR")
    assert client.get(path(drop_off_url(rma))).status_code == 404
    assert client.get(path(label_url(rma))).status_code == 404
    drain()
    page = client.get(path(drop_off_url(rma))).content.decode()
    assert qr("L1") in page and "printed there" in page and rma.number in page
    label = client.get(path(label_url(rma)))
    assert label.content == PICTURE and label["Content-Type"] == "application/pdf"
    assert label["X-Content-Type-Options"] == "nosniff"
    cancel_return(STAFF, rma.pk)
    drain()
    assert client.get(path(label_url(rma))).status_code == 404
