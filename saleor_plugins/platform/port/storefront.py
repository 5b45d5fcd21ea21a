"""What shoppers see of the shop, and where they are reached."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Buyable:
    """A variant that visitors of a channel see and may buy, whether or not there is stock.

    `name` is the product's and the variant's; `slug` the product's. `channel` is "" where there are none.
    """

    variant_id: str
    product_id: str
    name: str
    slug: str
    channel: str = ""


class Storefront(Protocol):
    """The shop as its visitors have it."""

    def buyable(self, variant_ids: Collection[str], channel: str = "") -> dict[str, Buyable]:
        """Those of the variants that visitors see in the channel, with a price, and may buy by now.

        "" is the only channel there is. Of a channel that is unknown, switched off or not named: none.
        """

    def serving(self, channel: str = "", country: str = "") -> frozenset[str]:
        """Warehouses whose stock a channel's visitors can buy, as Saleor counts: those that ship there.

        "" is anywhere, and counts points of collection too. Channels as in `buyable`.
        """

    def account_email(self, user_id: str) -> str:
        """The address of an account, when it is proven; "" for other, unknown and switched-off accounts."""
