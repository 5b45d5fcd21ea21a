"""Every mutation of the desk again, every event again: nothing is different afterwards.

The mutations are those of the schema: one that has no scene here fails. Compared is every row of every
table, Saleor's too.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLNonNull

from saleor_plugins.delivery import emit
from saleor_plugins.delivery.models import Delivery, State
from saleor_plugins.delivery.registry import registry
from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.returns.domain.plan import PartKind
from saleor_plugins.returns.models import Return, ReturnLabel
from saleor_plugins.returns.schema import schema
from saleor_plugins.returns.tasks.desk import find_expired
from saleor_plugins.returns.tasks.insight import FORGET
from saleor_plugins.returns.tasks.labels import FOLLOW
from saleor_plugins.returns.tasks.mails import find_reminders
from saleor_plugins.returns.tasks.terms import ORDER_CANCELED, find_canceled_exchanges, find_unpublished
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.track_return import track_return
from saleor_plugins.returns.usecases.void_label import VOID
from tests.fault.returns_api import MUTATIONS, Caller, changed, named, tables
from tests.fault.returns_scenes import SCENES
from tests.integration.returns.rooms import STAFF, make_room


@pytest.fixture
def room(transactional_db):
    return make_room()


def test_every_mutation_has_a_scene():
    assert set(MUTATIONS) == set(SCENES)


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_refusal_has_room_for_nothing(name):
    """A payload field that must not be null would turn every refusal into a broken answer."""
    payload = named(schema.get_mutation_type().fields[name].type)
    required = [key for key, field in payload.fields.items() if isinstance(field.type, GraphQLNonNull)]
    assert required == ["errors"]


# Two parcels of nobody's may look alike; who asks for a code, or withdraws, again is heard again.
SAYS_MORE = {"returnStrayAdd", "returnAccessRequest", "withdrawalDeclare"}
# A code works once: the answer to it is kept for nobody.
ONCE = {"returnAccessConfirm"}


@pytest.mark.parametrize("name", MUTATIONS)
def test_again(room, name):
    """Under the same key the same answer, and nothing changes; with another input a refusal."""
    caller = Caller(room)
    variables = SCENES[name](room)
    before = tables()
    first = caller.do(name, key="once", **variables)
    assert first["errors"] == []
    assert any(table.startswith("ops_returns_") for table in changed(before))
    before = tables()
    if name in ONCE:
        assert caller.do(name, key="once", **variables)["errors"]
        return
    assert caller.do(name, key="once", **variables) == first
    assert changed(before) == []
    other = {**variables, **_another(schema.get_mutation_type().fields[name], variables)}
    (error,) = caller.do(name, key="once", **other)["errors"]
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert changed(before) == []
    again = caller.do(name, **variables)
    if name not in SAYS_MORE:
        # Without a key: refused clearly, or without effect.
        assert changed(before) == []
        assert all(error["code"] and error["message"] for error in again["errors"])


def _another(field, variables):
    """Another value of one argument that was given."""
    for name, value in variables.items():
        if isinstance(value, str) and not isinstance(named(field.args[name].type), GraphQLEnumType):
            return {name: value + "x"}
    name = next(iter(variables))
    assert isinstance(named(field.args[name].type), GraphQLInputObjectType)
    return {name: [*variables[name], variables[name][0]]}


def arrive_and_expire(room):
    """What the desk hears of others and of the clock, and store credit."""
    order = room.make_shipped(1)
    parcel = room.data.shop.fulfillments(order.id)[0]
    emit("shipment.delivered", {"orderId": order.id, "fulfillmentId": parcel.id})
    refund_return(STAFF, room.accepted(room.make_shipped(1), 1).pk, to=PartKind.STORE_CREDIT)
    room.configure(expiry_days="3")
    rma = room.approved(order, 1)
    emit("return.label_ready", {"returnId": to_global("Return", rma.pk)})
    with mock.patch.object(clock, "now", lambda: datetime.now(UTC) + timedelta(days=1, minutes=1)):
        find_reminders()
        drain()
    with mock.patch.object(clock, "now", lambda: datetime.now(UTC) + timedelta(days=5)):
        find_expired()
        drain()
    assert Return.objects.filter(state="EXPIRED").count() == 1


def by_themselves(room):
    """A scan, a cancelled exchange that a hook and a sweep tell of, and every product's terms."""
    track_return(STAFF, room.approved(room.make_shipped(1), 1).pk, "DHL", "1", scanned=True)
    exchange = SCENES["returnExchangeCancel"](room)
    emit(ORDER_CANCELED, {"orderId": exchange["orderId"]})
    SCENES["returnExchangeCancel"](room)
    drain()
    find_canceled_exchanges()
    drain()
    find_unpublished()
    emit(FOLLOW, {})
    emit(FORGET, {})
    emit(VOID, {"labelId": str(ReturnLabel.objects.values_list("pk", flat=True)[0])})
    drain()


def test_every_event_again_is_no_event(room):
    """All deliveries of a whole life are put back to the start and worked on once more."""
    caller = Caller(room)
    for name in MUTATIONS:
        assert caller.do(name, **SCENES[name](room))["errors"] == [], name
        drain(strict=False)
    arrive_and_expire(room)
    by_themselves(room)
    before = tables("ops_delivery_delivery")
    seen = set(Delivery.objects.values_list("subscriber", flat=True))
    Delivery.objects.update(state=State.PENDING, attempts=0, settled_at=None)
    drain(strict=False)
    assert changed(before, "ops_delivery_delivery") == []
    ours = {name for name in registry.handlers if name.startswith("returns.")}
    assert ours <= seen, f"never emitted here: {ours - seen}"
