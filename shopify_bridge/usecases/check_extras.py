"""Whether the publications, locales and price lists a policy names are there: asked once, if any is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

from saleor_plugins.kernel.errors import Invalid

from ..domain.extras import Ways
from ..domain.plan import Action
from ..domain.policy import Policy
from .sides import Sides


@dataclass(frozen=True)
class Publication:
    """Where things are shown. `automatic`: it shows new products by itself."""

    name: str
    automatic: bool


@dataclass(frozen=True)
class PriceList:
    """A price list, and how many fixed prices it has."""

    name: str
    currency: str
    prices: int


@dataclass(frozen=True)
class Facts:
    """What the store has. `locales`: whether shoppers see each; `primary` is the store's own."""

    publications: Mapping[str, Publication] = field(default_factory=dict)
    price_lists: Mapping[str, PriceList] = field(default_factory=dict)
    locales: Mapping[str, bool] = field(default_factory=dict)
    primary: str = ""

    @property
    def ways(self) -> Ways:
        """What is special about them."""
        return Ways(
            frozenset(gid for gid, found in self.publications.items() if found.automatic),
            frozenset(code for code, published in self.locales.items() if not published),
        )


@dataclass(frozen=True)
class Problem:
    """A setting that cannot be followed: `name` of the policy, its `entry`, and why."""

    name: str
    entry: str
    reason: str


# The settings that name something of the store.
NAMED = ("publications", "locales", "price_lists")
_facts: WeakKeyDictionary[Sides, Facts] = WeakKeyDictionary()


def facts(sides: Sides) -> Facts:
    """What the store has, in one call for each `sides`; nothing is asked when the policy names nothing."""
    policy = sides.policy
    if not any(getattr(policy, name) for name in NAMED):
        return Facts()
    if sides not in _facts:
        named = {name for name in NAMED if getattr(policy, name)}
        _facts[sides] = _ask(sides, named)
    return _facts[sides]


def gid_of(sides: Sides, setting: str, value: str) -> str:
    """The gid of a publication or price list that a person called by its name; other values as they are.

    Raises Invalid, telling the names there are.
    """
    kind = setting.partition(".")[0]
    if kind not in ("publications", "price_lists") or not value or value.startswith("gid://"):
        return value
    there = _ask(sides, {kind})
    known: Mapping[str, Publication | PriceList]
    known = there.publications if kind == "publications" else there.price_lists
    found = [gid for gid, item in known.items() if item.name.lower() == value.lower()]
    if len(found) != 1:
        names = ", ".join(f"“{item.name}”" for item in known.values())
        raise Invalid(f"Name one of {names}, or give its gid.", field=setting)
    return found[0]


def _ask(sides: Sides, names: AbstractSet[str]) -> Facts:
    """Only what is named: the rest may need scopes that the app does not have."""
    data = sides.client.run(
        "BridgeExtras",
        publications="publications" in names,
        lists="price_lists" in names,
        locales="locales" in names,
    )
    nothing: dict[str, Any] = {"nodes": []}
    return Facts(
        {
            node["id"]: Publication((node["catalog"] or {}).get("title") or node["id"], node["autoPublish"])
            for node in data.get("publications", nothing)["nodes"]
        },
        {
            node["id"]: PriceList(node["name"], node["currency"], node["fixedPricesCount"])
            for node in data.get("priceLists", nothing)["nodes"]
        },
        {row["locale"]: row["published"] for row in data.get("shopLocales", ())},
        next((row["locale"] for row in data.get("shopLocales", ()) if row["primary"]), ""),
    )


def problems(sides: Sides) -> Iterator[Problem]:
    """The settings that cannot be followed."""
    policy, there = sides.policy, facts(sides)
    yield from _strange_channels(sides)
    for channel, gid in policy.publications.items():
        if gid not in there.publications:
            yield Problem("publications", channel, f"Shopify has no publication {gid}")
    for language, locale in policy.locales.items():
        if locale == there.primary:
            yield Problem("locales", language, f"{locale} is the store's own language")
        elif locale not in there.locales:
            yield Problem("locales", language, f"the store has no language {locale}")
    for channel, gid in policy.price_lists.items():
        if why := _price_list(sides, channel, gid, there):
            yield Problem("price_lists", channel, why)


def _strange_channels(sides: Sides) -> Iterator[Problem]:
    """Channels that Saleor does not have."""
    for name in ("publications", "price_lists"):
        named = getattr(sides.policy, name)
        for channel in named.keys() - sides.source.info.channels.keys() if named else ():
            known = ", ".join(sorted(sides.source.info.channels))
            yield Problem(name, channel, f"Saleor has no channel {channel} (it has {known})")


def _price_list(sides: Sides, channel: str, gid: str, there: Facts) -> str:
    """What is wrong with a channel's price list, or ""."""
    if gid not in there.price_lists:
        return f"Shopify has no price list {gid}"
    first = next(name for name, other in sides.policy.price_lists.items() if other == gid)
    if first != channel:
        return f"channel {first} has the price list {gid} already"
    found, terms = there.price_lists[gid], sides.source.info.channels.get(channel)
    if terms and terms.currency != found.currency:
        return f"channel {channel} sells in {terms.currency}, price list {found.name} is in {found.currency}"
    return ""


def sound(sides: Sides) -> Policy:
    """The policy without the settings that cannot be followed."""
    policy = sides.policy
    bad = {(problem.name, problem.entry) for problem in problems(sides)}
    if not bad:
        return policy

    def good(name: str) -> dict[str, str]:
        return {key: value for key, value in getattr(policy, name).items() if (name, key) not in bad}

    return replace(
        policy,
        publications=good("publications"),
        locales=good("locales"),
        price_lists=good("price_lists"),
    )


def refusals(sides: Sides) -> Iterator[Action]:
    """One `refuse` for each setting that cannot be followed, instead of one for each product."""
    for problem in problems(sides):
        yield refusal(problem)


def refusal(problem: Problem) -> Action:
    """The plan's words for a setting that cannot be followed."""
    setting = f"{problem.name}.{problem.entry}"
    return Action("refuse", sha256(setting.encode()).hexdigest()[:40], f"setting {setting}", problem.reason)


def check_extras(sides: Sides) -> list[str]:
    """For `doctor`: what is wrong with publications, locales and price lists, and how to mend it."""
    there, name = facts(sides), sides.store.name
    found = [
        f"{problem.reason}: shopify-bridge configure {name} "
        f"{problem.name}.{problem.entry}={_choices(problem, there)}"
        for problem in problems(sides)
    ]
    hidden = [
        code for code in dict.fromkeys(sides.policy.locales.values()) if there.locales.get(code) is False
    ]
    found += [
        f"language {code} is not published, shoppers do not see it: do so in Shopify (Settings > Languages)"
        for code in hidden
    ]
    return found


def _choices(problem: Problem, there: Facts) -> str:
    known = {
        "publications": [f"“{found.name}”" for found in there.publications.values()],
        "locales": [code for code in there.locales if code != there.primary],
        "price_lists": [f"“{found.name}” ({found.currency})" for found in there.price_lists.values()],
    }[problem.name]
    return "… with one of " + ", ".join(known) if known else "  (an empty value takes it away)"
