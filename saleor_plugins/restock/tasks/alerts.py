"""Shoppers who wait: looked for once a minute, whatever Saleor's events say."""

from __future__ import annotations

from uuid import UUID

from ...delivery import Message, subscribe, sweeper


@subscribe("restock.alert_requested", name="restock.ask_to_confirm", atomic=False)
def ask(message: Message) -> None:
    """The first mail to a guest."""
    from ..usecases.alert_rules import wanted
    from ..usecases.confirm_alert import ask_to_confirm

    if wanted():
        key = message.data["alertId"]
        ask_to_confirm(UUID(key), f"{key}:{message.data['day']}")


@subscribe("restock.alert_due", name="restock.notify_waiting", atomic=False)
def notify(message: Message) -> None:
    """The one mail."""
    from ..usecases.alert_rules import wanted
    from ..usecases.notify_waiting import notify_waiting

    if wanted():
        notify_waiting(UUID(message.data["alertId"]))


@subscribe("stock.received", name="restock.watch_received", atomic=False)
def received(message: Message) -> None:
    """Goods came in: their minutes begin now, and not with the next sweep."""
    from ..usecases.alert_rules import wanted
    from ..usecases.watch_stock import watch_stock

    if wanted():
        watch_stock([line["variantId"] for line in message.data["lines"]])


@subscribe("restock.stock_seen", name="restock.watch_seen", atomic=False)
def seen(message: Message) -> None:
    """Saleor says that a stock ran out or came back."""
    from ..usecases.alert_rules import wanted
    from ..usecases.watch_stock import watch_stock

    if wanted():
        watch_stock([message.data["variantId"]])


@sweeper("restock.alerts")
def watch() -> None:
    """Who waits for what is there."""
    from ..usecases.alert_rules import wanted
    from ..usecases.watch_stock import watch_stock

    if wanted():
        watch_stock()


@sweeper("restock.alert_privacy")
def forget() -> None:
    """Addresses that are not needed any more, also while the plugin is switched off."""
    from ..usecases.forget_alerts import forget_alerts

    forget_alerts()
