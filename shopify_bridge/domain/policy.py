"""What a connection mirrors and whose word counts: the merchant's choices, checked value by value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from saleor_plugins.kernel.errors import Invalid

SALEOR, SHOPIFY, NEWEST = "saleor", "shopify", "newest"
# The fields of a product that can be owned; the rest is Saleor's or Shopify's by nature.
OWNABLE = ("title", "description", "type", "status", "seo", "price", "cost", "weight", "barcode", "pictures")
ALL = ("*",)


@dataclass(frozen=True)
class Policy:
    """How one Saleor channel is mirrored to one store.

    `owners`: by field, whose word counts: `saleor` (an edit in Shopify is set back), `shopify` (written
    once, then left alone) or `newest` (the side that changed last); `saleor` where nothing is said.
    `attributes`: slugs of the attributes that become metafields, `*` for all. `barcode`: slug of the
    attribute or key of the metadata that holds it. `collections`, `categories`: whether they become
    collections. `same_handle`: a collection that the merchant made with the handle of one of Saleor's is left
    alone and Saleor's gets another (`separate`), or joined, which the plan shows (`link`).
    `locales`: Shopify locale by Saleor language code, for translations. `publications`:
    publication gid by Saleor channel. `price_lists`: price list gid by Saleor channel.
    `stock`: `saleor` (Shopify follows) or `both` (what Shopify sells or corrects is moved into Saleor).
    `too_many`: a product with more than 3 options or 2,048 variants is `refuse`d or `split`.
    `gone`: a product Saleor no longer offers is `archive`d, `delete`d or `leave`d alone.
    `bulk`: `auto` uses bulk operations where they are cheaper, `never` does not.
    """

    owners: Mapping[str, str] = field(default_factory=dict)
    attributes: tuple[str, ...] = ALL
    barcode: str = "barcode"
    collections: bool = True
    categories: bool = True
    same_handle: str = "separate"
    locales: Mapping[str, str] = field(default_factory=dict)
    publications: Mapping[str, str] = field(default_factory=dict)
    price_lists: Mapping[str, str] = field(default_factory=dict)
    stock: str = SALEOR
    too_many: str = "refuse"
    gone: str = "archive"
    bulk: str = "auto"

    def owner(self, name: str) -> str:
        """Whose word counts for a field of `OWNABLE`."""
        return self.owners.get(name, SALEOR)

    def as_json(self) -> dict[str, Any]:
        """What differs from the defaults, for storing."""
        default = Policy()
        return {
            item.name: _plain(getattr(self, item.name))
            for item in fields(self)
            if getattr(self, item.name) != getattr(default, item.name)
        }


def from_json(stored: Mapping[str, Any]) -> Policy:
    """The policy that `as_json` was asked for; raises Invalid, naming the field, for anything else."""
    policy = Policy()
    for name, value in stored.items():
        policy = _with(policy, name, value)
    return policy


def changed(policy: Policy, name: str, text: str) -> Policy:
    """`policy` with one setting from the command line: `stock` = `both`, `owners.title` = `newest`,
    `locales.DE` = `de`, `attributes` = `color,size`; an empty text takes an entry of a mapping away.

    Raises Invalid, naming the field.
    """
    name, _, entry = name.partition(".")
    if entry:
        known = getattr(policy, name, None)
        if not isinstance(known, Mapping):
            raise Invalid(f"There is no setting {name}.{entry}.", field=name)
        kept = {key: value for key, value in known.items() if key != entry}
        return _with(policy, name, kept | ({entry: text} if text else {}))
    if name == "attributes":
        return _with(policy, name, [part.strip() for part in text.split(",") if part.strip()])
    if text.lower() in ("true", "false", "yes", "no"):
        return _with(policy, name, text.lower() in ("true", "yes"))
    return _with(policy, name, text)


def _with(policy: Policy, name: str, value: Any) -> Policy:
    if name not in _CHECKS:
        raise Invalid(f"There is no setting {name}.", field=name)
    return replace(policy, **{name: _CHECKS[name](name, value)})


def _one_of(*allowed: str) -> Callable[[str, Any], str]:
    def check(name: str, value: Any) -> str:
        if value not in allowed:
            raise Invalid(f"{name} must be {', '.join(allowed[:-1])} or {allowed[-1]}.", field=name)
        return value

    return check


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"{name} must be yes or no.", field=name)
    return value


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid(f"{name} must be a text.", field=name)
    return value


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) and item for item in value):
        raise Invalid(f"{name} must be a list of slugs, or *.", field=name)
    return tuple(value)


def _owners(name: str, value: Any) -> Mapping[str, str]:
    known = _by_name(name, value)
    for key, owner in known.items():
        if key not in OWNABLE:
            raise Invalid(f"{key} cannot be owned; these can: {', '.join(OWNABLE)}.", field=f"owners.{key}")
        _one_of(SALEOR, SHOPIFY, NEWEST)(f"owners.{key}", owner)
    return known


def _by_name(name: str, value: Any) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or not all(
        isinstance(part, str) and part for item in value.items() for part in item
    ):
        raise Invalid(f"{name} must name a text for each key.", field=name)
    return dict(value)


def _gids(kind: str) -> Callable[[str, Any], Mapping[str, str]]:
    def check(name: str, value: Any) -> Mapping[str, str]:
        known = _by_name(name, value)
        for key, gid in known.items():
            if not gid.startswith(f"gid://shopify/{kind}/"):
                raise Invalid(f"{name}.{key} must be a gid://shopify/{kind}/….", field=f"{name}.{key}")
        return known

    return check


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value


_CHECKS: Mapping[str, Callable[[str, Any], Any]] = {
    "owners": _owners,
    "attributes": _texts,
    "barcode": _text,
    "collections": _flag,
    "categories": _flag,
    "same_handle": _one_of("separate", "link"),
    "locales": _by_name,
    "publications": _gids("Publication"),
    "price_lists": _gids("PriceList"),
    "stock": _one_of(SALEOR, "both"),
    "too_many": _one_of("refuse", "split"),
    "gone": _one_of("archive", "delete", "leave"),
    "bulk": _one_of("auto", "never"),
}
