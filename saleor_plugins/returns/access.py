"""Who may see what: staff with MANAGE_ORDERS everything, a customer the returns of their own orders."""

from __future__ import annotations

from uuid import UUID

from saleor_plugins.kernel.errors import NotFound, PermissionDenied
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker, AskerKind

from . import store
from .models import Return

PERMISSION = "MANAGE_ORDERS"
PRIVACY = "MANAGE_USERS"
# Saleor 2.10 has no HANDLE_PAYMENTS.
MANAGERS = ("HANDLE_PAYMENTS", "MANAGE_SETTINGS")
SYSTEM = Asker(AskerKind.APP, "system")


def as_guest(order_id: str) -> Asker:
    """Somebody without an account who has proven that this order is theirs."""
    return Asker(AskerKind.CUSTOMER, orders=frozenset({order_id}))


def is_staff(asker: Asker) -> bool:
    """Whether the asker works at the desk."""
    return asker.may(PERMISSION)


def require_manager(asker: Asker) -> None:
    """Raises PermissionDenied unless the asker may decide what goes beyond the daily work of the desk."""
    if not is_staff(asker) or not any(asker.may(permission) for permission in MANAGERS):
        raise PermissionDenied(f"You need {PERMISSION} and one of: {', '.join(MANAGERS)}.")


def require_privacy(asker: Asker) -> None:
    """Raises PermissionDenied unless the asker may see and erase what is known of customers."""
    if not asker.may(PRIVACY):
        raise PermissionDenied(f"You need the permission {PRIVACY}.")


def owns(asker: Asker, order_id: str) -> bool:
    """Whether the order is the asker's own: by their account, or proven as a guest."""
    return order_id in asker.orders or shop().owns_order(asker, order_id)


def order_for(asker: Asker, order_id: str) -> str:
    """`order_id`, when the asker may return things of it; NotFound (field ``orderId``) otherwise."""
    if is_staff(asker) or owns(asker, order_id):
        return order_id
    raise NotFound("No such order.", field="orderId")


def return_for(asker: Asker, return_id: UUID) -> Return:
    """The return, when the asker may see it; NotFound (field ``id``) otherwise."""
    rma = store.find_return(return_id)
    if is_staff(asker) or owns(asker, rma.order_id):
        return rma
    raise store.no_such_return()
