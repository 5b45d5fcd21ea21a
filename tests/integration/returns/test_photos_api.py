"""Photos over HTTP: taken in from storefronts, shown to whoever may see the return."""

from __future__ import annotations

import base64
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.models import Draft, Photo, ReturnLine
from saleor_plugins.returns.usecases.photos import add_photo
from saleor_plugins.returns.views.links import photo_url
from tests.shopdata import request

from .papers import draft_of, photo_file

ADD = """mutation($o: ID, $d: ID, $r: ID, $l: ID, $c: String!) {
  returnPhotoAdd(orderId: $o, draftId: $d, returnLineId: $r, orderLineId: $l, content: $c) {
    draftId photo { id url previewUrl width height } errors { field code } } }"""
REMOVE = "mutation($id: ID!) { returnPhotoRemove(id: $id) { errors { field code } } }"
SHOW = "query($id: ID!) { return(id: $id) { lines { photos { id url width height } } } }"
ADDRESS = "/plugins/saleor_plugins.returns/photos/"


@pytest.fixture
def shopper(room):
    return room.data.make_asker(AskerKind.CUSTOMER)


@pytest.fixture
def order(room, shopper):
    return room.make_shipped(2, user_id=shopper[0].id)


def ask(query, token, **variables):
    import json

    from saleor_plugins.returns.schema import view

    return json.loads(view(request(token, {"query": query, "variables": variables})).content)


def encoded(shade=0) -> str:
    return base64.b64encode(photo_file(shade).read()).decode()


def path(url: str) -> str:
    return "/" + url.split("://", 1)[-1].split("/", 1)[1]


def test_a_storefront_s_photo_goes_into_a_draft(room, order, shopper, client) -> None:
    line = order.lines[0].id
    first = ask(ADD, shopper[1], o=order.id, l=line, c=encoded())["data"]["returnPhotoAdd"]
    assert first["errors"] == [] and (first["photo"]["width"], first["photo"]["height"]) == (60, 40)
    second = ask(ADD, shopper[1], d=first["draftId"], l=line, c=encoded(1))["data"]["returnPhotoAdd"]
    assert second["draftId"] == first["draftId"]
    assert Photo.objects.filter(draft=Draft.objects.get()).count() == 2
    answer = client.get(path(first["photo"]["url"]))
    assert Image.open(BytesIO(answer.content)).size == (60, 40)
    key = first["photo"]["id"]
    assert ask(REMOVE, shopper[1], id=key)["data"]["returnPhotoRemove"]["errors"] == []
    assert Photo.objects.count() == 1


def test_a_photo_is_served_as_nothing_but_a_picture(room, order, client) -> None:
    photo = add_photo(draft_of(order), order.lines[0].id, photo_file(size=(800, 400)))
    answer = client.get(photo_url(photo))
    assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Cache-Control"] == "no-store"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"] == 'inline; filename="photo.jpg"'
    small = client.get(photo_url(photo, preview=True))
    assert Image.open(BytesIO(small.content)).size == (320, 160)


def test_a_link_ends_and_cannot_be_made_up(room, order, client) -> None:
    photo = add_photo(draft_of(order), order.lines[0].id, photo_file())
    url = photo_url(photo)
    assert client.get(url.replace("/open/", "/open/x")).status_code == 404
    assert client.get(f"{ADDRESS}open/{photo.pk.hex}/").status_code == 404
    with time_machine.travel(clock.now() + timedelta(minutes=9), tick=False):
        assert client.get(url).status_code == 200
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        assert client.get(url).status_code == 410


def test_who_may_look(room, order, shopper, client) -> None:
    photo = add_photo(draft_of(order), order.lines[0].id, photo_file())
    url = f"{ADDRESS}{to_global('ReturnPhoto', photo.pk)}/"
    staff = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1]
    stranger = room.data.make_asker(AskerKind.CUSTOMER)[1]
    clerk = room.data.make_asker(AskerKind.STAFF, "MANAGE_PRODUCTS")[1]
    seen = {
        token: client.get(url, HTTP_AUTHORIZATION=f"Bearer {token}").status_code
        for token in (staff, shopper[1], stranger, clerk, "x.y.z")
    }
    assert list(seen.values()) == [200, 200, 404, 404, 404]
    assert client.get(url).status_code == 404 and client.get(f"{ADDRESS}nonsense/").status_code == 404
    for query, variables in ((REMOVE, {"id": to_global("ReturnPhoto", photo.pk)}),):
        answer = ask(query, stranger, **variables)["data"]["returnPhotoRemove"]
        assert answer["errors"] == [{"field": "id", "code": "NOT_FOUND"}]


def test_a_form_from_a_storefront(room, order, shopper, client) -> None:
    def post(token, **fields):
        headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
        return client.post(ADDRESS, {"orderLineId": order.lines[0].id, **fields}, **headers)

    sent = SimpleUploadedFile("../../x.php", photo_file(size=(3000, 2000)).read(), "text/html")
    answer = post(shopper[1], orderId=order.id, photo=sent)
    assert answer.status_code == 201, answer.content
    assert Photo.objects.get().width == 2000
    assert client.get(path(answer.json()["url"])).status_code == 200
    again = post(shopper[1], draftId=answer.json()["draftId"], photo=photo_file(1))
    assert again.status_code == 201
    stranger = room.data.make_asker(AskerKind.CUSTOMER)[1]
    refusals = [
        post(stranger, orderId=order.id, photo=photo_file()),
        post(shopper[1], photo=photo_file()),
        post(shopper[1], orderId=order.id),
        post(shopper[1], orderId=order.id, photo=SimpleUploadedFile("a.jpg", b"<svg/>")),
        client.post(ADDRESS, b"x", content_type="multipart/form-data"),
        client.post(ADDRESS, b"x", content_type="image/jpeg"),
    ]
    told = [(row.status_code, row.json()["field"], row.json()["code"]) for row in refusals]
    assert told == [
        (404, "orderId", "NOT_FOUND"),
        (400, "orderId", "REQUIRED"),
        (400, "photo", "REQUIRED"),
        (400, "photo", "NOT_A_PICTURE"),
        (400, "photo", "INVALID"),
        (400, "orderId", "REQUIRED"),
    ]
    large = client.post(ADDRESS, {}, HTTP_CONTENT_LENGTH="1", CONTENT_LENGTH="99999999")
    assert (large.status_code, large.json()["code"]) == (400, "TOO_LARGE")
    assert Photo.objects.count() == 2 and client.put(ADDRESS).status_code == 405


def test_a_guest_of_a_storefront(room, order, client) -> None:
    """Who has shown the code of `returnAccessConfirm` sends and sees photos and papers of that order."""
    from django.core import signing

    from saleor_plugins.returns.schema import access

    def guest(order_id):
        return {"HTTP_RETURN_ACCESS": signing.dumps(order_id, salt=access._SALT)}

    form = {"orderId": order.id, "orderLineId": order.lines[0].id}
    answer = client.post(ADDRESS, {**form, "photo": photo_file()}, **guest(order.id))
    assert answer.status_code == 201
    url = f"{ADDRESS}{answer.json()['id']}/"
    rma = room.approved(order, 1)
    slip = f"/plugins/saleor_plugins.returns/documents/slip/?id={to_global('Return', rma.pk)}"
    other = guest(room.make_shipped(1).id)
    for address in (url, slip):
        assert client.get(address, **guest(order.id)).status_code == 200
        assert client.get(address, **other).status_code == 404
    assert client.post(ADDRESS, {**form, "photo": photo_file()}, **other).status_code == 404


def test_photos_are_not_sent_without_end(room, order, shopper, client, monkeypatch) -> None:
    monkeypatch.setattr("saleor_plugins.returns.views.photos.PER_MINUTE", 1)
    headers = {"HTTP_AUTHORIZATION": f"Bearer {shopper[1]}"}
    form = {"orderId": order.id, "orderLineId": order.lines[0].id}
    with time_machine.travel(clock.now(), tick=False):
        first, second = (client.post(ADDRESS, {**form, "photo": photo_file()}, **headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 429)
    assert second.json()["code"] == "RATE_LIMITED"


def test_lines_show_their_photos_in_as_many_queries_as_for_one(room, order) -> None:
    staff = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1]
    rma = room.request(order, 2)
    line = ReturnLine.objects.get(rma=rma)
    add_photo(line, line.line_id, photo_file())
    counts = []
    for shade in (1, 2, 3):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            shown = ask(SHOW, staff, id=to_global("Return", rma.pk))["data"]["return"]["lines"][0]["photos"]
        assert len(shown) == shade
        assert not any('"content"' in query["sql"] for query in queries if "_photo" in query["sql"])
        counts.append(len(queries))
        add_photo(line, line.line_id, photo_file(shade))
    assert len(set(counts)) == 1


def test_requests_that_are_begun_and_never_sent_are_not_endless(room, order, shopper) -> None:
    codes = []
    for shade in range(21):
        answer = ask(ADD, shopper[1], o=order.id, l=order.lines[0].id, c=encoded(shade))
        codes += [error["code"] for error in answer["data"]["returnPhotoAdd"]["errors"]]
    assert codes == ["TOO_MANY"] and Draft.objects.count() == 20
