"""The Celery tasks, for whichever app runs this process: Saleor's or the bridge's."""

from __future__ import annotations

import io
import logging
from typing import Any

from celery import Task, shared_task
from django.core.management import call_command

from .registry import registry
from .retries import describe

logger = logging.getLogger(__name__)

# Plain `Task`: Saleor's own base class forbids or logs writes that are not wrapped its way.
# Late acknowledgement: a killed worker's wake-up call comes back.
_OPTIONS: dict[str, Any] = {
    "base": Task,
    "acks_late": True,
    "reject_on_worker_lost": True,
    "ignore_result": True,
}


@shared_task(name="saleor_plugins.delivery.relay", **_OPTIONS)
def relay() -> None:
    """Deliver what is due."""
    from .relay import run

    run()


@shared_task(name="saleor_plugins.delivery.sweep", **_OPTIONS)
def sweep() -> None:
    """Let every room look for what no hook reported; one that fails does not stop the others."""
    for name, look in registry.sweepers.items():
        try:
            look()
        except Exception as error:
            logger.warning("Sweeper %s failed: %s", name, describe(error))


@shared_task(name="saleor_plugins.delivery.purge", **_OPTIONS)
def purge() -> None:
    """Forget what is settled and old, so that the tables stay small without anybody's care."""
    call_command("delivery_purge", stdout=io.StringIO())


# A beat that was away does not leave a heap of them behind: each expires when the next is due.
BEAT: dict[str, dict[str, Any]] = {
    task.name: {"task": task.name, "schedule": seconds, "options": {"expires": seconds}}
    for task, seconds in ((relay, 10.0), (sweep, 60.0), (purge, 86_400.0))
}
