"""Who asks, and what merchants have set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class AskerKind(StrEnum):
    """Who may stand behind a request."""

    ANONYMOUS = "ANONYMOUS"
    CUSTOMER = "CUSTOMER"
    STAFF = "STAFF"
    APP = "APP"


@dataclass(frozen=True)
class Asker:
    """Who asks. `permissions` are upper-case names as in Saleor's GraphQL: MANAGE_ORDERS.

    2.10 has no HANDLE_PAYMENTS: whoever holds MANAGE_SETTINGS there has it. `orders` are those that a guest
    has proven to be theirs; no shop fills them in.
    """

    kind: AskerKind = AskerKind.ANONYMOUS
    id: str | None = None
    permissions: frozenset[str] = frozenset()
    orders: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        """Whether the asker holds `permission`; only staff and apps ever do."""
        return self.kind in (AskerKind.STAFF, AskerKind.APP) and permission in self.permissions


@dataclass(frozen=True)
class PluginConfiguration:
    """A plugin's switch and settings as stored by Saleor; `platform.settings` fills in defaults."""

    active: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """The shop towards its customers: its name, and where it is reached, without a slash at the end."""

    name: str
    address: str


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail; `type` is its media type, as in ``application/pdf``."""

    name: str
    content: bytes
    type: str


class People(Protocol):
    """Who asks, and how to reach them."""

    def asker(self, request: Any) -> Asker:
        """Who sent the Django request: staff or customer by JWT, app by token, from headers only.

        Bad, expired and forged tokens, switched-off users and apps are ANONYMOUS, never an exception.
        """

    def owns_order(self, asker: Asker, order_id: str) -> bool:
        """Whether `asker` is the customer who placed the order."""

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
        """Send through the shop's own mail settings, outside any transaction.

        Marked as automatic, so that no absence note answers it. Mails with the same `key` have the same
        Message-ID: mailboxes that look at it keep one of them. `headers` come on top, such as
        List-Unsubscribe. Raises RuntimeError inside a transaction, ValueError for a line break in a
        header or a subject, Conflict: NO_MAIL_SERVER, and whatever the mail server's client raises.
        """


class Settings(Protocol):
    """What merchants set in the dashboard."""

    def plugin_configuration(self, plugin_id: str) -> PluginConfiguration:
        """The plugin's stored switch and settings as stored; inactive and empty when there are none."""

    def time_zone(self) -> str:
        """The shop's IANA time zone."""

    def site(self) -> Site:
        """The shop's name and public address, such as ``https://shop.example``."""
