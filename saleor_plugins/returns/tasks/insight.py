"""What workers do about signals and privacy. All of it does nothing while the plugin is switched off."""

from __future__ import annotations

from saleor_plugins.delivery import Message, emit, subscribe, sweeper
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import own_key

from .. import config
from ..usecases.expire_personal import expire_personal
from ..usecases.raise_flags import raise_flags

FORGET = "returns.forget"


@subscribe("return.requested", name="returns.signals_requested")
@subscribe("return.inspected", name="returns.signals_inspected")
@subscribe("return.closed", name="returns.signals_closed")
def look(message: Message) -> None:
    """Flag what looks unusual by now."""
    if config.is_active():
        raise_flags(own_key(message.data["returnId"], "Return"))


@sweeper("returns.forget")
def find_old() -> None:
    """Wake the worker that deletes what is old, once an hour."""
    if config.is_active():
        emit(FORGET, {}, key=f"{clock.now():%Y-%m-%dT%H}")


@subscribe(FORGET, name="returns.forget", atomic=False)
def forget(message: Message) -> None:
    """Delete what is personal and old."""
    if config.is_active():
        expire_personal()
