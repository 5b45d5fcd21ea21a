"""Storing what was learnt from Shopify: which of its objects are whose."""

from __future__ import annotations

from collections.abc import Iterable

from ..models import Mapping, Store
from .outcome import Link


def store_links(store: Store, links: Iterable[Link]) -> None:
    """Write mappings, many at once; the later of two for one thing counts."""
    by_kind: dict[str, dict[str, Link]] = {}
    for link in links:
        by_kind.setdefault(link.kind, {})[link.key] = link
    for kind, wanted in by_kind.items():
        _forget_twins(store, kind, wanted)
        rows = [
            Mapping(
                store=store,
                kind=kind,
                key=link.key,
                gid=link.gid,
                content_hash=link.content_hash,
                echo=link.echo,
            )
            for link in wanted.values()
        ]
        Mapping.objects.bulk_create(
            rows,
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["store", "kind", "key"],
            update_fields=["gid", "content_hash", "echo", "updated"],
        )


def _forget_twins(store: Store, kind: str, wanted: dict[str, Link]) -> None:
    """A twin that was replaced in Shopify must not keep the id of the new one."""
    owner = {link.gid: link.key for link in wanted.values()}
    known = Mapping.objects.filter(store=store, kind=kind, gid__in=list(owner))
    stale = [pk for pk, gid, key in known.values_list("pk", "gid", "key") if owner[gid] != key]
    if stale:
        Mapping.objects.filter(pk__in=stale).delete()
