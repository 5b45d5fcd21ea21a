"""What staff and shoppers write to each other about a return."""

from __future__ import annotations

import pytest

from saleor_plugins.delivery.models import Event
from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound, PermissionDenied, Required
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import Asker, AskerKind
from saleor_plugins.returns.models import ReturnMessage
from saleor_plugins.returns.usecases import message_return as module
from saleor_plugins.returns.usecases.message_return import message_return
from tests.integration.returns.rooms import STAFF, events
from tests.integration.returns.test_api import Caller

LISTED = "query($id: ID!) { return(id: $id) { messages { body internal authorKind authorId } } }"


@pytest.fixture
def talk(room):
    """A return, and its shopper with a token."""
    me, token = room.data.make_asker(AskerKind.CUSTOMER)
    return room.request(room.make_shipped(1, user_id=me.id), 1), me, Caller(token)


def listed(caller, rma):
    answer = caller.ask(LISTED, id=to_global("Return", rma.pk))
    return [message["body"] for message in answer["data"]["return"]["messages"]]


def test_both_sides_write_and_only_staff_see_notes(room, talk):
    rma, me, shopper = talk
    staff = Caller(room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1])
    message_return(me, rma.pk, "Which label?")
    message_return(STAFF, rma.pk, "Asks often.", internal=True)
    message_return(STAFF, rma.pk, "The one in the box.")
    assert listed(shopper, rma) == ["Which label?", "The one in the box."]
    assert listed(staff, rma) == ["Which label?", "Asks often.", "The one in the box."]
    seen = shopper.ask(LISTED, id=to_global("Return", rma.pk))["data"]["return"]["messages"]
    assert [message["authorId"] for message in seen] == [None, None]


def test_the_event_says_who_and_when_and_never_what(talk):
    rma, me, _ = talk
    message_return(me, rma.pk, "canary-of-a-body")
    (event,) = events("return.message")
    assert (event["authorKind"], event["authorId"], event["internal"]) == ("CUSTOMER", me.id, False)
    assert event["at"] and event["messageId"] and event["returnId"] == to_global("Return", rma.pk)
    assert Event.objects.filter(data__icontains=rma.number).exists()
    assert not Event.objects.filter(data__icontains="canary-of-a-body").exists()


def test_nobody_else_can_write(room, talk):
    rma, me, _ = talk
    other, _ = room.data.make_asker(AskerKind.CUSTOMER)
    for asker in (other, Asker(), room.data.make_asker(AskerKind.STAFF)[0]):
        with pytest.raises(NotFound) as caught:
            message_return(asker, rma.pk, "Hello.")
        assert caught.value.field == "id"
    with pytest.raises(PermissionDenied):
        message_return(me, rma.pk, "A note.", internal=True)
    assert not ReturnMessage.objects.exists()


def test_what_is_written_is_cleaned_and_bounded(talk):
    rma, me, _ = talk
    for nothing in ("", " \n ", "\x00\x1b\u202e", "\u200d"):
        with pytest.raises(Required) as caught:
            message_return(me, rma.pk, nothing)
        assert caught.value.field == "body"
    with pytest.raises(Invalid) as caught:
        message_return(me, rma.pk, "x" * 2001)
    assert caught.value.field == "body"
    said = message_return(me, rma.pk, " a\x00b\u202ec\r\nd \U0001f469\u200d\U0001f527 ")
    assert said.body == "abc\nd \U0001f469\u200d\U0001f527"
    assert len(message_return(me, rma.pk, "\U0001f600" * 2000).body) == 2000


def test_the_same_words_twice_are_one_message(talk, monkeypatch):
    rma, me, _ = talk
    message_return(me, rma.pk, "Hello.")
    with pytest.raises(Conflict) as caught:
        message_return(me, rma.pk, "Hello.")
    assert caught.value.code == "DUPLICATE"
    message_return(STAFF, rma.pk, "Hello.")
    message_return(me, rma.pk, "Hello.")
    monkeypatch.setattr(module, "MAX_MESSAGES", 3)
    with pytest.raises(Conflict) as caught:
        message_return(me, rma.pk, "More.")
    assert caught.value.code == "TOO_MANY"
    assert len(events("return.message")) == 3
