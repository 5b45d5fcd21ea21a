"""Photos of items: added to a request before it is sent, given to the return that it becomes."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound
from saleor_plugins.returns import store
from saleor_plugins.returns.models import Draft, Photo, ReturnLine
from saleor_plugins.returns.usecases.cancel_return import cancel_return
from saleor_plugins.returns.usecases.photos import add_photo, attach_photos, count_photos, remove_photo

from .papers import draft_of, photo_file
from .rooms import STAFF


@pytest.fixture
def order(room):
    return room.make_shipped(2, 1)


def test_a_photo_is_kept_once_in_a_draft(room, order) -> None:
    draft, (one, other) = draft_of(order), [line.id for line in order.lines]
    photo = add_photo(draft, one, photo_file())
    assert add_photo(draft, one, photo_file()).pk == photo.pk
    assert (photo.width, photo.height, photo.expires) == (60, 40, draft.expires)
    assert add_photo(draft, other, photo_file()).pk != photo.pk
    assert count_photos(draft.pk) == {one: 1, other: 1}
    assert remove_photo(draft, photo.pk) and not remove_photo(draft, photo.pk)
    assert count_photos(draft.pk) == {other: 1}


def test_nobody_removes_the_photo_of_another_draft(room, order) -> None:
    photo = add_photo(draft_of(order), order.lines[0].id, photo_file())
    assert not remove_photo(draft_of(order), photo.pk)
    assert Photo.objects.get().pk == photo.pk


def test_five_of_an_item_and_of_an_order_s_own_lines_only(room, order) -> None:
    draft, key = draft_of(order), order.lines[0].id
    for shade in range(5):
        add_photo(draft, key, photo_file(shade))
    assert add_photo(draft, key, photo_file(4)).pk
    with pytest.raises(Invalid) as error:
        add_photo(draft, key, photo_file(5))
    assert (error.value.field, error.value.code) == ("photo", "TOO_MANY")
    with pytest.raises(NotFound) as missing:
        add_photo(draft, room.make_shipped(1).lines[0].id, photo_file())
    assert missing.value.field == "orderLineId"
    assert Photo.objects.count() == 5


def test_a_draft_s_photos_go_to_its_return(room, order) -> None:
    draft, lines = draft_of(order), sorted(order.lines, key=lambda line: -line.quantity)
    wanted, left = add_photo(draft, lines[0].id, photo_file()), add_photo(draft, lines[1].id, photo_file())
    rma = room.request(order, 2)
    for _ in range(2):
        with transaction.atomic():
            attach_photos(draft.pk, store.open_return(rma.pk))
    photo = Photo.objects.get()
    assert (photo.pk, photo.draft_id, photo.return_line_id) == (wanted.pk, None, room.keys(rma)[0])
    assert photo.expires > clock.now() + timedelta(days=30)
    assert not Photo.objects.filter(pk=left.pk)


def test_a_request_that_was_sent_takes_no_more_by_its_draft(room, order) -> None:
    draft = draft_of(order)
    draft.rma = room.request(order, 1)
    draft.save()
    with pytest.raises(Conflict) as error:
        add_photo(draft, order.lines[0].id, photo_file())
    assert error.value.field == "draftId"
    with pytest.raises(NotFound):
        add_photo(Draft(pk=uuid4(), order_id=order.id), order.lines[0].id, photo_file())


def test_an_open_return_takes_photos_and_a_finished_one_none(room, order) -> None:
    rma = room.approved(order, 2)
    line = ReturnLine.objects.get(pk=room.keys(rma)[0])
    photo = add_photo(line, line.line_id, photo_file())
    assert (photo.return_line_id, add_photo(line, line.line_id, photo_file()).pk) == (line.pk, photo.pk)
    cancel_return(STAFF, rma.pk)
    with pytest.raises(Conflict) as error:
        add_photo(line, line.line_id, photo_file(1))
    assert error.value.field == "state"


def test_twins_store_one_photo_and_five_at_most(committed_room) -> None:
    order = committed_room.make_shipped(1)
    draft, key = draft_of(order), order.lines[0].id
    refused = []

    def add(shade: int) -> None:
        try:
            add_photo(draft, key, photo_file(shade))
        except Invalid as error:
            refused.append(error.code)
        finally:
            connection.close()

    shades = [0, 0, 0, 1, 2, 3, 4, 5, 6, 7]
    threads = [threading.Thread(target=add, args=(shade,)) for shade in shades]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Photo.objects.count() == 5
    assert set(refused) == {"TOO_MANY"} and len(refused) >= 3
