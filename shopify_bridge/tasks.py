"""What the workers do: one change, or one thing that was heard of, a message."""

from __future__ import annotations

from saleor_plugins.delivery import Message, subscribe, sweeper

from .saleor.events import ORDER_TOPIC
from .usecases.dirty import TOPIC as DIRTY
from .usecases.doctor import PULSE
from .usecases.hear import FINISHED, REMOVED, UNKNOWN
from .usecases.progress import BULK_TOPIC, TOPIC


@subscribe(TOPIC, name="bridge.carry_out", atomic=False)
def carry_out(message: Message) -> None:
    """Carry out one change of a run."""
    from .usecases.carry_out import carry_out

    carry_out(message.data["change"], message.data["round"], message.attempt)


@subscribe(BULK_TOPIC, name="bridge.bulk", atomic=False)
def bulk(message: Message) -> None:
    """Take the next step of a bulk operation."""
    from .usecases.bulk_send import go_on

    go_on(message.data["bulk"], message.data["round"])


@subscribe(FINISHED, name="bridge.bulk_finished")
def bulk_finished(message: Message) -> None:
    """A webhook about a bulk operation that is over."""
    from .usecases.progress import look_at

    look_at(message.data["store"], message.data["gid"])


@subscribe(DIRTY, name="bridge.catch_up", atomic=False)
def catch_up(message: Message) -> None:
    """Compare and mend one thing that was heard of."""
    from .usecases.sync import catch_up

    catch_up(message.data["dirty"])


@subscribe(ORDER_TOPIC, name="bridge.order_heard", atomic=False)
def order_heard(message: Message) -> None:
    """Saleor 2.10 told of an order, but not of what it claims."""
    from .usecases.heard import order_heard

    order_heard(message.data["store"], message.data["order"])


@subscribe(UNKNOWN, name="bridge.known_by_now")
def known_by_now(message: Message) -> None:
    """A webhook about something that had no twin yet."""
    from .usecases.hear import known_by_now

    known_by_now(message.data)


@subscribe(REMOVED, name="bridge.removed", atomic=False)
def removed(message: Message) -> None:
    """Shopify says that the app was taken from the store."""
    from .models import Store
    from .usecases.hear import removed

    removed(Store.objects.get(pk=message.data["store"]))


@subscribe(PULSE, name="bridge.pulse")
def pulse(message: Message) -> None:
    """Nothing: that it is done shows `doctor` that somebody works."""


@sweeper("bridge.poll")
def poll_all() -> None:
    """Ask both sides what has changed, now and then."""
    from .usecases.reconcile import poll_due

    poll_due()


@sweeper("bridge.remind")
def remind() -> None:
    """What was heard of and waits too long."""
    from .usecases.dirty import remind

    remind()


@sweeper("bridge.advance")
def advance_all() -> None:
    """Runs whose next phase nobody handed over, because a worker died between."""
    from .models import Run
    from .usecases.progress import advance, remind

    remind()
    for run in Run.objects.filter(finished=None).values_list("pk", flat=True):
        advance(run)
