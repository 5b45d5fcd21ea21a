"""The catalogue of Saleor 3.x: each channel has its currency."""

from __future__ import annotations

from saleor.channel.models import Channel

from ..orm.catalogue import OrmCatalogue


class Catalogue3(OrmCatalogue):
    """`port.Catalogue` on Saleor 3.x."""

    def currencies(self) -> dict[str, str]:
        return dict(Channel.objects.filter(is_active=True).values_list("slug", "currency_code"))
