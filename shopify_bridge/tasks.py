"""What the workers do: one change a message."""

from __future__ import annotations

from saleor_plugins.delivery import Message, subscribe, sweeper

from .usecases.progress import TOPIC


@subscribe(TOPIC, name="bridge.carry_out", atomic=False)
def carry_out(message: Message) -> None:
    """Carry out one change of a run."""
    from .usecases.carry_out import carry_out

    carry_out(message.data["change"], message.data["round"], message.attempt)


@sweeper("bridge.advance")
def advance_all() -> None:
    """Runs whose next phase nobody handed over, because a worker died between."""
    from .models import Run
    from .usecases.progress import advance

    for run in Run.objects.filter(finished=None).values_list("pk", flat=True):
        advance(run)
