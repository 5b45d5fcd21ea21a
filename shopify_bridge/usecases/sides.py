"""Both ends of a connection, opened."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from ..domain.policy import Policy, from_json
from ..models import Kind, Mapping, Store
from ..saleor.client import SaleorClient
from ..saleor.source import Source
from ..shopify.client import Client
from ..shopify.read import Reader
from ..shopify.shape import Shape
from .budget import budget_for

_clients: dict[tuple[str, str], Client] = {}
_lock = threading.Lock()


def client_for(shop: str, token: str) -> Client:
    """One client for each shop in this process; its budget is shared with all other processes."""
    with _lock:
        if (shop, token) not in _clients:
            _clients[shop, token] = Client(shop, token, budget=budget_for(shop))
        return _clients[shop, token]


class Sides:
    """A store's Saleor and Shopify; each is opened when it is first used."""

    def __init__(self, store: Store):
        self.store, self.currency = store, store.currency

    @cached_property
    def policy(self) -> Policy:
        """The merchant's choices."""
        return from_json(self.store.policy)

    @cached_property
    def client(self) -> Client:
        """The transport to Shopify."""
        return client_for(self.store.shop, self.store.shop_token)

    @cached_property
    def reader(self) -> Reader:
        """Reads Shopify: of products what a change compares; what a plan does only after `know_shape`."""
        return Reader(self.client, self.currency, {}, Shape(places=tuple(self.places.values())))

    def know_shape(self) -> None:
        """Let the reader know what a plan compares besides: attributes, languages, publications.

        Those that the store lacks are left out.
        """
        from .check_extras import sound

        policy = sound(self)
        self.reader.shape = replace(
            self.reader.shape,
            attributes=tuple(dict.fromkeys(attribute.key for attribute in self.source.attributes())),
            locales=tuple(dict.fromkeys(policy.locales.values())),
            publications=tuple(dict.fromkeys(policy.publications.values())),
        )

    def know_pictures(self, product_key: str = "") -> None:
        """Let the reader know pictures whose names Shopify does not tell yet: of one product, or all."""
        rows = self.mappings(Kind.PICTURE)
        if product_key:
            rows = rows.filter(key__startswith=f"{product_key}/")
        self.reader.picture_of |= {gid: key.rsplit("/", 1)[-1] for gid, key in rows.values_list("gid", "key")}

    @cached_property
    def source(self) -> Source:
        """Reads Saleor."""
        client = SaleorClient(self.store.saleor_url, self.store.saleor_token)
        return Source(client, self.store.channel, policy=self.policy)

    @cached_property
    def places(self) -> dict[str, str]:
        """Shopify location by Saleor warehouse."""
        return dict(self.mappings(Kind.PLACE).values_list("key", "gid"))

    def mappings(self, kind: str):  # type: ignore[no-untyped-def]
        """The store's mappings of a kind."""
        return Mapping.objects.filter(store=self.store, kind=kind)

    def gids(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """Shopify ids by Saleor ids, for those that are known."""
        if not (wanted := list(keys)):
            return {}
        return dict(self.mappings(kind).filter(key__in=wanted, gid__isnull=False).values_list("key", "gid"))
