"""What the settings of both Saleors share."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# App (the name that Saleor 3.x takes from the entry point) -> plugin class.
ROOMS = {
    "saleor_plugins.delivery": "saleor_plugins.delivery.plugin.WebhooksPlugin",
    "saleor_plugins.fulfillment": "saleor_plugins.fulfillment.plugin.FulfillmentPlugin",
    "saleor_plugins.returns": "saleor_plugins.returns.plugin.ReturnsPlugin",
    "saleor_plugins.restock": "saleor_plugins.restock.plugin.RestockPlugin",
}


def before_saleor() -> None:
    """Set what Saleor's settings read from the environment while they are imported."""
    os.environ.setdefault("CELERY_BROKER_URL", "memory://")
    os.environ.setdefault("SECRET_KEY", "only for a shop on this machine, never for a real one")
    os.environ.setdefault("SEND_USAGE_TELEMETRY", "False")


def media(default: str) -> str:
    """Where pictures are kept; Saleor would keep them beside its own code."""
    return os.environ.get("DEVSHOP_MEDIA", default)


def broker() -> tuple[str, dict[str, Any]]:
    """Return CELERY_BROKER_URL and its options; `filesystem:///folder` carries messages as files there."""
    url = os.environ["CELERY_BROKER_URL"]
    if not url.startswith("filesystem://"):
        return url, {}
    folder = Path(url.removeprefix("filesystem://"))
    options = {"data_folder_in": folder / "messages", "data_folder_out": folder / "messages"}
    options["control_folder"] = folder / "control"
    for path in options.values():
        path.mkdir(parents=True, exist_ok=True)
    return "filesystem://", {name: str(path) for name, path in options.items()}


def with_rooms(names: Iterable[str], rooms: Iterable[str]) -> list[str]:
    """Return `names` and the rooms' names that are not among them.

    Saleor 3.x finds an installed wheel by its entry points, so nothing is added there; from a
    checkout, and on 2.10 which knows no entry points, they are added here.
    """
    names = list(names)
    return names + [room for room in rooms if room not in names]


class WithoutMigrations:
    """MIGRATION_MODULES that makes tables from models for every app but ours.

    Saleor's own migrations take half a minute (2.10) to four minutes (3.x) and prove nothing
    about this package.
    """

    OURS = ("ops_", "shopify_bridge")

    def __contains__(self, label: str) -> bool:
        return not label.startswith(self.OURS)

    def __getitem__(self, label: str) -> None:
        if label not in self:
            raise KeyError(label)
        return

    def get(self, label: str, default: object = None) -> object:
        return None if label in self else default
