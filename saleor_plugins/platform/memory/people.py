"""People and settings of the in-memory shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..port import Asker, AskerKind, Attachment, PluginConfiguration, Site
from .money import MoneyInMemory
from .state import Mail, found


class PeopleInMemory(MoneyInMemory):
    """`port.People` and `port.Settings`."""

    def __init__(self) -> None:
        super().__init__()
        self.zone = "UTC"

    def asker(self, request: Any) -> Asker:
        meta = request.META
        header = meta.get("HTTP_AUTHORIZATION_BEARER") or meta.get("HTTP_AUTHORIZATION") or ""
        with self._lock:
            return self.state.askers.get(header.rpartition(" ")[2], Asker())

    def owns_order(self, asker: Asker, order_id: str) -> bool:
        if asker.kind not in (AskerKind.CUSTOMER, AskerKind.STAFF) or asker.id is None:
            return False
        with self._lock:
            order = self.state.orders.get(order_id)
        return order is not None and order.user_id == asker.id

    def send_mail(
        self,
        to: str,
        subject: str,
        text: str,
        html: str | None = None,
        *,
        key: str = "",
        attachments: Sequence[Attachment] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._refuse_in_transaction("send_mail")
        more = dict(headers or {})
        if any("\n" in line or "\r" in line for line in (subject, *more, *more.values())):
            raise ValueError("A header must be one line.")
        with self._lock:
            number = f"{len(self.state.mails)}"
            self.state.mails[number] = Mail(to, subject, text, html, tuple(attachments), more)

    def send_gift_card(self, card_id: str, *, order_id: str) -> None:
        self._refuse_in_transaction("send_gift_card")
        to = self.order(order_id).email
        card = found(self.state.gift_cards, card_id, "giftCardId")
        if to:
            self.send_mail(to, "Your gift card", card.code)

    def plugin_configuration(self, plugin_id: str) -> PluginConfiguration:
        with self._lock:
            return self.state.plugins.get(plugin_id, PluginConfiguration())

    def time_zone(self) -> str:
        return self.zone

    def site(self) -> Site:
        return Site("Shop in memory", "http://shop.example")
