"""What the workers do: one change, or one thing that was heard of, a message."""

from __future__ import annotations

from saleor_plugins.delivery import Message, subscribe, sweeper

from .usecases.dirty import TOPIC as DIRTY
from .usecases.hear import REMOVED, UNKNOWN
from .usecases.progress import TOPIC


@subscribe(TOPIC, name="bridge.carry_out", atomic=False)
def carry_out(message: Message) -> None:
    """Carry out one change of a run."""
    from .usecases.carry_out import carry_out

    carry_out(message.data["change"], message.data["round"], message.attempt)


@subscribe(DIRTY, name="bridge.catch_up", atomic=False)
def catch_up(message: Message) -> None:
    """Compare and mend one thing that was heard of."""
    from .usecases.sync import catch_up

    catch_up(message.data["dirty"])


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


@sweeper("bridge.remind")
def remind() -> None:
    """What was heard of and waits too long."""
    from .usecases.dirty import remind

    remind()


@sweeper("bridge.advance")
def advance_all() -> None:
    """Runs whose next phase nobody handed over, because a worker died between."""
    from .models import Run
    from .usecases.progress import advance

    for run in Run.objects.filter(finished=None).values_list("pk", flat=True):
        advance(run)
