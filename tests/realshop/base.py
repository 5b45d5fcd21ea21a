"""What the builders of real rows share."""

from __future__ import annotations

import itertools
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import transaction

import tests.gateways
from saleor_plugins.kernel.ids import from_global
from saleor_plugins.platform import port, shop

# 2.10's product.tasks and product.utils import each other; only in this order does it work.
import_module("saleor.product.utils")
THREE = apps.is_installed("saleor.channel")
CREATED = "created_at" if THREE else "created"
count = itertools.count(1)


def model(name: str) -> Any:
    """A model of the installed Saleor: "order.Order"."""
    return apps.get_model(name)


def key(kind: str, global_id: str) -> str:
    """The primary key inside a global id."""
    return from_global(global_id, kind)


def net(gross: int, tax_percent: int) -> int:
    """`gross` without its tax, rounded down."""
    return gross * 100 // (100 + tax_percent)


class Base:
    """What this Saleor can do, and the door to it."""

    in_memory = False
    channels = THREE
    reservations = THREE
    negative_stock = THREE
    returned_fulfillments = THREE

    model = staticmethod(model)

    def __init__(self) -> None:
        tests.gateways.dummy_module()

    @property
    def shop(self) -> port.Shop:
        return shop()

    def transaction(self) -> Any:
        return transaction.atomic()
