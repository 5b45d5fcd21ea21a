"""The books of Saleor 3.x for an audit: its transactions too."""

from __future__ import annotations

from collections.abc import Collection

from saleor.payment.models import TransactionItem

from ...kernel.errors import NotFound
from ..orm import convert
from ..orm.audited import OrmAudited
from .transactions import item_key


class Audited3(OrmAudited):
    """`port.Audited` on Saleor 3.x."""

    def refunded_of(self, payment_ids: Collection[str]) -> dict[str, int]:
        tokens = []
        for given in payment_ids:
            try:
                tokens.append(item_key(given))
            except NotFound:
                continue
        rows = TransactionItem.objects.filter(token__in=tokens)
        found = {
            convert.gid("TransactionItem", token): convert.minor(value, currency)
            for token, value, currency in rows.values_list("token", "refunded_value", "currency")
        }
        return super().refunded_of(payment_ids) | found
