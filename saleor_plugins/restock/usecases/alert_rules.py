"""The merchant's rules for shoppers who wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ...platform.settings import setting_values
from ..domain.alerts import Patience
from ..settings import PLUGIN_ID, active, alerts


def rules() -> Mapping[str, Any]:
    """The settings of alerts, by name without ``alerts_``."""
    found = setting_values(PLUGIN_ID, alerts.SETTINGS)
    return {name.removeprefix("alerts_"): value for name, value in found.items()}


def wanted() -> bool:
    """Whether shoppers are told of anything."""
    return active() and bool(rules()["on"])


def patience(found: Mapping[str, Any]) -> Patience:
    """When they are told."""
    return Patience(
        stable=timedelta(minutes=found["stable"]),
        again=timedelta(hours=found["again"]),
        each=found["each"],
    )
