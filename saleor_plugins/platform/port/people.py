"""Who asks, and what merchants have set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class AskerKind(StrEnum):
    """Who may stand behind a request."""

    ANONYMOUS = "ANONYMOUS"
    CUSTOMER = "CUSTOMER"
    STAFF = "STAFF"
    APP = "APP"


@dataclass(frozen=True)
class Asker:
    """Who asks. `permissions` are upper-case names as in Saleor's GraphQL: MANAGE_ORDERS.

    2.10 has no HANDLE_PAYMENTS: whoever holds MANAGE_SETTINGS there has it.
    """

    kind: AskerKind = AskerKind.ANONYMOUS
    id: str | None = None
    permissions: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        """Whether the asker holds `permission`; only staff and apps ever do."""
        return self.kind in (AskerKind.STAFF, AskerKind.APP) and permission in self.permissions


@dataclass(frozen=True)
class PluginConfiguration:
    """A plugin's switch and settings as stored by Saleor; `platform.settings` fills in defaults."""

    active: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
