"""A supplier who gets orders, and what reached them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client

from saleor_plugins.delivery import relay
from saleor_plugins.delivery.models import Delivery
from saleor_plugins.kernel import clock
from saleor_plugins.restock.models import PurchaseOrder, SentOrder
from saleor_plugins.restock.store import orders
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.views.links import token

from .rooms import Room

PAGE = "/plugins/saleor_plugins.restock/orders/"


def by_mail(room: Room, language: str = "en", email: str = "orders@acme.example") -> None:
    """The supplier gets orders by mail."""
    room.supplier.channel, room.supplier.email, room.supplier.language = "MAIL", email, language
    room.supplier.save()


def approved(room: Room, *needs: int) -> PurchaseOrder:
    """An approved order; nobody has sent it yet."""
    return approve_order(room.make_draft(*(needs or (10,))).pk)


def amend(order: PurchaseOrder, **values: Any) -> PurchaseOrder:
    """Another revision, in which the first line has these values."""
    line = orders.lines_of(order)[0]
    order.lines.filter(pk=line.pk).update(**values)
    rows = PurchaseOrder.objects.filter(pk=order.pk)
    rows.update(revision=order.revision + 1, state="APPROVED", confirmed_revision=None)
    order.refresh_from_db()
    return order


def work() -> None:
    """Let the workers do what is due."""
    Delivery.objects.filter(state="PENDING").update(due_at=clock.now())
    relay.drain(strict=False)


def again(order: PurchaseOrder) -> PurchaseOrder:
    """As it is stored now."""
    return PurchaseOrder.objects.get(pk=order.pk)


def sent(order: PurchaseOrder) -> list[SentOrder]:
    """What went out, or tried to, oldest first."""
    return list(SentOrder.objects.filter(order=order).order_by("id"))


def page_of(order: PurchaseOrder, revision: int | None = None, days: int = 9) -> str:
    """The path of the supplier's page."""
    until = int((clock.now() + timedelta(days=days)).timestamp())
    return f"{PAGE}{token(order.pk, revision or order.revision, until)}/"


def get(path: str, **headers: str) -> Any:
    return Client().get(path, **headers)


def post(path: str, **typed: Any) -> Any:
    return Client().post(path, typed)
