"""What is personal goes when its time is over, in batches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from saleor_plugins.kernel import clock
from saleor_plugins.platform import settings as platform_settings

from .. import config
from ..models import AccessCode, Photo, ReturnLabel, WithdrawalStatement
from ..settings.privacy import SETTINGS
from .drafts import purge_drafts

BATCH = 500
# Codes count for an hour against sending too many, and tell nothing after a day.
_CODES = timedelta(days=1)


def expire_personal(batch: int = BATCH) -> dict[str, int]:
    """Delete old photos, drafts and codes, empty old labels and settled withdrawals; how many of each."""
    days = {
        name: timedelta(days=value)
        for name, value in platform_settings.setting_values(config.PLUGIN_ID, SETTINGS).items()
    }
    now = clock.now()
    photos = Photo.objects.filter(return_line__isnull=False)
    labels = ReturnLabel.objects.filter(created__lt=now - days["label_days"]).exclude(content=b"")
    statements = WithdrawalStatement.objects.filter(
        settled__isnull=False, received__lt=now - days["statement_days"]
    )
    told = statements.exclude(name="", email="", goods="", outcome="")
    return {
        "photos": _all(
            photos.filter(created__lt=now - days["photo_days"]) | photos.filter(expires__lt=now), batch
        ),
        "drafts": _repeat(lambda: purge_drafts(batch), batch),
        "codes": _all(AccessCode.objects.filter(expires__lt=now - _CODES), batch),
        "labels": _all(labels, batch, lambda rows: rows.update(content=b"", format="")),
        "withdrawals": _all(told, batch, lambda rows: rows.update(name="", email="", goods="", outcome="")),
    }


def _all(rows: Any, batch: int, do: Callable[[Any], object] = lambda rows: rows.delete()) -> int:
    def once() -> int:
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:batch])
        if keys:
            do(rows.model.objects.filter(pk__in=keys))
        return len(keys)

    return _repeat(once, batch)


def _repeat(once: Callable[[], int], batch: int) -> int:
    done = 0
    while True:
        found = once()
        done += found
        if found < batch:
            return done
