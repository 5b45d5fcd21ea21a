"""Mails that follow from what happens to a return. Nothing is mailed while the plugin is switched off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from saleor_plugins.delivery import Message, emit_many, subscribe, sweeper
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import own_key, to_global
from saleor_plugins.platform import settings as platform_settings

from .. import config, store
from ..domain.plan import PartKind
from ..models import Return
from ..settings import mails
from ..usecases import mail_facts
from ..usecases.mail_return import mail_return

REMIND = "returns.reminder_due"
_PAGE = 500
Facts = Callable[[Return, Any], dict[str, Any] | None]
# By topic: the kind of mail and what it says. Its cause is the event, which is the same in every attempt.
_KINDS: dict[str, tuple[str, Facts]] = {
    "return.requested": ("return_requested", mail_facts.requested),
    "return.approved": ("approved", mail_facts.approved),
    "return.declined": ("declined", mail_facts.declined),
    "return.canceled": ("canceled", mail_facts.nothing),
    "return.received": ("received", mail_facts.received),
    "return.kept": ("kept", mail_facts.kept),
    "return.exchanged": ("exchanged", mail_facts.exchanged),
    "return.message": ("message", mail_facts.message),
    "return.expired": ("expired", mail_facts.expired),
    "return.label_ready": ("label_ready", mail_facts.label_ready),
    REMIND: ("reminder", mail_facts.reminder),
}


def _write(message: Message, kind: str, facts: Facts) -> None:
    if not config.is_active():
        return
    rma = store.find_return(own_key(message.data["returnId"], "Return"))
    found = facts(rma, message.data)
    if found is not None:
        mail_return(kind, rma, cause=str(message.id), **found)


def _subscribe(topic: str, kind: str, facts: Facts) -> None:
    @subscribe(topic, name=f"returns.mail_{kind}", atomic=False)
    def write(message: Message) -> None:
        _write(message, kind, facts)


for _topic, (_kind, _facts) in _KINDS.items():
    _subscribe(_topic, _kind, _facts)


@subscribe("return.refunded", name="returns.mail_refunded", atomic=False)
def write_refund(message: Message) -> None:
    """Money, or a gift card: two kinds of mail."""
    kinds = {part["kind"] for part in message.data["parts"]}
    if PartKind.STORE_CREDIT.value in kinds and PartKind.PAYMENT.value not in kinds:
        _write(message, "store_credit", _of_card)
    else:
        _write(message, "refunded", mail_facts.refunded)


def _of_card(rma: Return, data: Any) -> dict[str, Any] | None:
    found = mail_facts.refunded(rma, data)
    return found and {name: found[name] for name in ("rows", "total")}


@sweeper("returns.reminders")
def find_reminders() -> None:
    """Wake what expires soon and was not reminded of, once per deadline, however often it is found."""
    days = platform_settings.setting_values(config.PLUGIN_ID, mails.SETTINGS)["mail_reminder_days"]
    if not config.is_active() or not days:
        return
    now = clock.now()
    soon = Return.objects.filter(
        state="APPROVED", scanned=None, expires__gt=now, expires__lte=now + timedelta(days=days)
    )
    # Whoever has just been told the day needs no reminder of it.
    soon = soon.filter(approved__lte=now - timedelta(days=1)).exclude(mails__kind="reminder")
    found = soon.order_by("expires").values_list("pk", "expires")[:_PAGE]
    emit_many(
        REMIND,
        {f"{key}:{expires:%Y%m%d%H%M}": {"returnId": to_global("Return", key)} for key, expires in found},
    )
