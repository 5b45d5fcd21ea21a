"""Write to the shopper of a return: what they are told, in their language, by the order as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saleor_plugins.http.languages import LANGUAGES
from saleor_plugins.kernel.errors import NotFound
from saleor_plugins.platform import settings as platform_settings
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Order

from ..config import PLUGIN_ID
from ..mails.kinds import KINDS
from ..models import Return
from ..settings import mails
from ..views.portal.links import portal_url
from .branding import branding
from .send_mail import send_mail_of

Facts = Mapping[str, Any]


def mail_return(kind: str, rma: Return, *, cause: str, **facts: Any) -> bool:
    """Send the mail once per cause; False when there is none to send.

    There is none when the merchant does not want this kind, when the order has no address or is gone, and
    when the person was erased. `facts` are the kind's variables beyond those of every return. Raises as
    `send_mail_of`.
    """
    if kind not in wanted() or rma.erased is not None:
        return False
    try:
        order = shop().order(rma.order_id)
    except NotFound:
        return False
    if not order.email:
        return False
    return send_mail_of(
        kind,
        to=order.email,
        language=language_of(rma, order),
        cause=cause,
        order_id=order.id,
        rma=rma,
        context={**about(rma, order), **facts},
    )


def wanted() -> frozenset[str]:
    """The kinds of mail that are sent: the merchant's choice, and what can not be switched off."""
    always = frozenset(kind.name for kind in KINDS.values() if not kind.optional)
    return always | platform_settings.setting_values(PLUGIN_ID, mails.SETTINGS)["mails"]


def language_of(rma: Return, order: Order) -> str:
    """The language the return was asked for in, else the order's; "" when neither is one of ours."""
    codes = (code.lower().replace("_", "-").partition("-")[0] for code in (rma.language, order.language))
    return next((code for code in codes if code in LANGUAGES), "")


def about(rma: Return, order: Order) -> dict[str, Any]:
    """What every mail about a return knows: all of its lines, as they were asked for."""
    rows = rma.lines.order_by("position").values_list("line__name", "requested")
    return {
        "order": order.number,
        "number": rma.number,
        **units(list(rows)),
        "portal": portal_url(rma.order_id, f"return/{rma.pk}/") if branding()["on"] else "",
    }


def units(lines: list[tuple[str, int]]) -> dict[str, Any]:
    """Names with their units, and how many these are together."""
    return {"lines": lines, "items": sum(quantity for _, quantity in lines)}
