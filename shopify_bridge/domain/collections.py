"""What a collection needs in Shopify: made, changed, joined, taken away, or left to the merchant."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from .diff import FieldChange
from .model import Collection, Picture
from .owners import Rules, digest
from .plan import Action
from .policy import SALEOR, SHOPIFY, Policy

LINK = "key"
_FIELDS: Mapping[str, tuple[str, Callable[[Collection], Any]]] = {
    "title": ("title", lambda it: it.title),
    "description": ("description", lambda it: it.html),
    "seo title": ("seo title", lambda it: it.seo_title),
    "seo description": ("seo description", lambda it: it.seo_description),
    "picture": ("pictures", lambda it: picture(it.picture)),
}


def picture(found: Picture | None) -> list[str] | None:
    """What tells one picture from another: its address without what signs it, and its text."""
    return [found.url.partition("?")[0], found.alt] if found else None


def changes(
    wanted: Collection, seen: Collection, rules: Rules
) -> tuple[list[FieldChange], list[FieldChange]]:
    """What is to be written, and what differs but is Shopify's."""
    write, keep = [], []
    for path, (owned, value) in _FIELDS.items():
        new, old = value(wanted), value(seen)
        if path == "picture" and (new is None or _taken_in(rules, new)):
            continue
        verdict = rules.verdict(path, owned, new, old, ("", ""))
        if verdict == SALEOR and new != old:
            write.append(FieldChange(path, old, new, rules.owner(owned)))
        elif verdict == SHOPIFY:
            keep.append(FieldChange(path, old, new, rules.owner(owned)))
    return write, keep


def _taken_in(rules: Rules, new: list[str]) -> bool:
    """It was sent, and Shopify had not fetched it yet when it answered."""
    return rules.echo.get("picture") == [digest(new), digest(None)]


def echo_of(wanted: Collection, written: Collection) -> dict[str, list[str]]:
    """By field, digests of what was sent and of what it became."""
    return {path: [digest(value(wanted)), digest(value(written))] for path, (_, value) in _FIELDS.items()}


def kept_echo(
    before: Mapping[str, Any], wanted: Collection, written: Collection, paths: frozenset[str]
) -> dict[str, Any]:
    """The digests after `paths` were written: of the other fields, those that are equal are learnt too."""
    now = echo_of(wanted, written)
    equal = {path: pair for path, pair in now.items() if path in paths or pair[0] == pair[1]}
    return {**before, **equal}


def plan_collection(wanted: Collection, seen: Collection | None, by: str, rules: Rules) -> Action | None:
    """What a collection needs; `by` says how `seen` was found: `key`, `gid` or `handle`."""
    if seen is None:
        return _action(
            "create", wanted, "not in Shopify yet", "", (FieldChange("title", None, wanted.title),)
        )
    write, _ = changes(wanted, seen, rules)
    if seen.key != wanted.key:
        write.insert(0, FieldChange(LINK, seen.key or None, wanted.key))
        return _action("link", wanted, f"found by {by}, to be linked", seen.gid, tuple(write))
    return _action("update", wanted, "differs from Saleor", seen.gid, tuple(write)) if write else None


def remember(wanted: Collection, seen: Collection) -> Action:
    """Shopify has it by our key and our tables do not know: nothing is written there."""
    fields = (FieldChange("known as", None, seen.gid),)
    return _action("remember", wanted, "in Shopify already, by Saleor's id", seen.gid, fields)


def plan_gone(seen: Collection, policy: Policy) -> Action | None:
    """Saleor has no such collection any more."""
    if policy.gone == "delete":
        fields = (FieldChange("title", seen.title, None),)
        return Action(
            "collect",
            seen.key,
            seen.title,
            "Saleor has it no more",
            seen.gid,
            fields,
            payload={"do": "delete"},
        )
    shown = [gid for gid in dict.fromkeys(policy.publications.values()) if gid in seen.published]
    if policy.gone == "leave" or not shown:
        return None
    names = {gid: name for name, gid in policy.publications.items()}
    hidden = tuple(FieldChange(f"published in {names[gid]}", True, False) for gid in shown)
    return Action(
        "unpublish",
        seen.key,
        seen.title,
        "Saleor has it no more",
        seen.gid,
        hidden,
        payload={"kind": "collection", "publications": shown},
    )


def mirrored(key: str, policy: Policy) -> bool:
    """Whether the policy mirrors things of this kind."""
    return policy.categories if is_category(key) else policy.collections


def is_category(key: str) -> bool:
    """Whether a Saleor id is a category's."""
    try:
        return base64.b64decode(key, validate=True).startswith(b"Category:")
    except ValueError:
        return False


def _action(do: str, wanted: Collection, reason: str, gid: str, fields: tuple[FieldChange, ...]) -> Action:
    payload = {"do": do, "collection": as_json(wanted)}
    return Action("collect", wanted.key, wanted.title, reason, gid, fields, payload=payload)


def as_json(collection: Collection) -> dict[str, Any]:
    """What a change has to keep of it."""
    found = collection.picture
    return {
        "key": collection.key,
        "title": collection.title,
        "html": collection.html,
        "handle": collection.handle,
        "seo_title": collection.seo_title,
        "seo_description": collection.seo_description,
        "picture": {"key": found.key, "url": found.url, "alt": found.alt} if found else None,
    }


def from_json(data: Mapping[str, Any]) -> Collection:
    """The collection that `as_json` was given, without what is not its own."""
    found = data["picture"]
    return Collection(**{**data, "picture": Picture(**found) if found else None})
