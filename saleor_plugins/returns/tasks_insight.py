"""What workers do about signals and privacy. All of it does nothing while the plugin is switched off."""

from __future__ import annotations

from saleor_plugins.delivery import Message, subscribe
from saleor_plugins.kernel.ids import own_key

from . import config
from .usecases.raise_flags import raise_flags


@subscribe("return.requested", name="returns.signals_requested")
@subscribe("return.inspected", name="returns.signals_inspected")
@subscribe("return.closed", name="returns.signals_closed")
def look(message: Message) -> None:
    """Flag what looks unusual by now."""
    if config.is_active():
        raise_flags(own_key(message.data["returnId"], "Return"))
