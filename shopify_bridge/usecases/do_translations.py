"""Writing texts in other languages, each with Shopify's digest of what it translates; taking them away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from ..domain.texts import TRANSLATABLE, digest, translated
from ..models import Change, Kind
from ..shopify.collections import texts_of
from .do_publishing import known_as, known_gids, resolve
from .outcome import Bulkable, Done, Link, ParkedError
from .sides import Sides

_MOST = 100
Text = dict[str, str]


@dataclass
class State:
    """What Shopify has of one thing: digests by key of its own texts, translations by locale and field."""

    digests: Mapping[str, str]
    texts: dict[str, Mapping[str, str]] = field(default_factory=dict)


# What is known before a line is written: the gid, what Shopify has, what was written before.
Ahead = tuple[str, State, Mapping[str, Any]]


def translate(change: Change, sides: Sides) -> Done:
    """Write the planned texts that are not there yet; texts that have nothing to translate are reported."""
    gid = resolve(change, sides)
    state = _states(sides, {change.key: gid}, _locales(change)).get(change.key)
    if state is None:
        raise ParkedError("it was deleted in Shopify since the plan")
    todo, missing = _sort(change, state, _echo(sides, change.key))
    became: list[Mapping[str, Any]] = []
    for start in range(0, len(todo), _MOST):
        payload = sides.client.write("BridgeTranslate", id=gid, translations=todo[start : start + _MOST])
        became += payload["translations"] or []
    alarm = f"Shopify has no text of its own to translate: {', '.join(missing)}" if missing else ""
    return Done((_link(change, sides, gid, became, state),), alarm)


def retract(change: Change, sides: Sides) -> Done:
    """Take away texts that were written before and that Saleor no longer has."""
    gid = resolve(change, sides)
    state = _states(sides, {change.key: gid}, _locales(change)).get(change.key)
    if state is None:
        return Done()
    keys: dict[str, list[str]] = {}
    for locale, name, before, _ in _planned(change):
        there = state.texts[locale].get(name, "")
        if there not in ("", before) and not _ours(_echo(sides, change.key), locale, name, there):
            raise ParkedError(f"changed in Shopify since the plan: {name} in {locale}; plan again")
        if there:
            keys.setdefault(locale, []).append(TRANSLATABLE[name][0])
    for locale, names in keys.items():
        sides.client.write("BridgeRetract", id=gid, keys=names, locales=[locale])
    return _forgotten(change, sides, gid)


def _planned(change: Change) -> Iterator[tuple[str, str, str, str]]:
    """Locale, field, and the text before and after."""
    for item in change.payload["fields"]:
        yield (*translated(item["path"]), item["before"] or "", item["after"] or "")


def _locales(change: Change) -> list[str]:
    return sorted({locale for locale, *_ in _planned(change)})


def _states(sides: Sides, gids: Mapping[str, str], locales: list[str]) -> dict[str, State]:
    """What Shopify has of up to 250 things, by Saleor's id; a call for each locale."""
    keys = {gid: key for key, gid in gids.items()}
    found: dict[str, State] = {}
    for locale in locales if keys else ():
        data = sides.client.run("BridgeTranslations", first=len(keys), ids=list(keys), locale=locale)
        for node in data["translatableResourcesByIds"]["nodes"]:
            digests = {row["key"]: row["digest"] for row in node["translatableContent"] if row["digest"]}
            state = found.setdefault(keys[node["resourceId"]], State(digests))
            state.texts[locale] = texts_of(node["translations"])
    return found


def _sort(change: Change, state: State, echo: Mapping[str, Any]) -> tuple[list[Text], list[str]]:
    """What to send, and which texts have no source; parks when Shopify is not as the plan saw it.

    Of a language that is not published the plan saw nothing: what the bridge wrote itself is no surprise.
    """
    todo, missing, drift = [], [], []
    for locale, name, before, after in _planned(change):
        there, key = state.texts[locale].get(name, ""), TRANSLATABLE[name][0]
        if there == after and f"{locale}: {name}" not in change.payload.get("again", ()):
            continue
        if there not in (before, after) and not (before == "" and _ours(echo, locale, name, there)):
            drift.append(f"{name} in {locale}")
        elif key not in state.digests:
            missing.append(name)
        else:
            todo.append(
                {
                    "locale": locale,
                    "key": key,
                    "value": after,
                    "translatableContentDigest": state.digests[key],
                }
            )
    if drift:
        raise ParkedError(f"changed in Shopify since the plan: {', '.join(drift[:5])}; plan again")
    return todo, missing


def _ours(echo: Mapping[str, Any], locale: str, name: str, text: str) -> bool:
    """Whether a text is what became of what was written last."""
    return echo.get(f"{locale}: {name}", ("", ""))[1] == digest(text)


def _link(
    change: Change, sides: Sides, gid: str, became: list[Mapping[str, Any]], state: State | None = None
) -> Link:
    """The digests of what was sent and of what Shopify made of it, beside those of earlier writes."""
    by_locale: dict[str, list[Mapping[str, Any]]] = {}
    for row in became:
        by_locale.setdefault(row["locale"], []).append(row)
    now = {locale: texts_of(rows) for locale, rows in by_locale.items()}
    echo = dict(_echo(sides, change.key))
    for locale, name, _, after in _planned(change):
        there = now.get(locale, {}).get(name) or (state.texts[locale].get(name, "") if state else "")
        if there:
            echo[f"{locale}: {name}"] = [digest(after), digest(there)]
    return Link(Kind.TEXTS, change.key, gid, echo=echo)


def _forgotten(change: Change, sides: Sides, gid: str) -> Done:
    gone = {f"{locale}: {name}" for locale, name, *_ in _planned(change)}
    echo = {path: pair for path, pair in _echo(sides, change.key).items() if path not in gone}
    return Done((Link(Kind.TEXTS, change.key, gid, echo=echo),))


def _echo(sides: Sides, key: str) -> Mapping[str, Any]:
    return sides.mappings(Kind.TEXTS).filter(key=key).values_list("echo", flat=True).first() or {}


# In bulk a page of changes is compared with a call for each locale.

_ahead: WeakKeyDictionary[Sides, dict[str, Ahead]] = WeakKeyDictionary()


def _look(changes: Sequence[Change], sides: Sides) -> None:
    gids = known_gids(changes, sides)
    states = _states(sides, gids, sorted({code for change in changes for code in _locales(change)}))
    echoes = dict(sides.mappings(Kind.TEXTS).filter(key__in=list(states)).values_list("key", "echo"))
    _ahead[sides] = {key: (gids[key], state, echoes.get(key) or {}) for key, state in states.items()}


def _line(change: Change, sides: Sides) -> Mapping[str, Any] | None:
    found = _ahead.get(sides, {}).get(change.key)
    if found is None:
        return None
    gid, state, echo = found
    todo, missing = _sort(change, state, echo)
    if missing or not 0 < len(todo) <= _MOST:
        return None
    return {"id": gid, "translations": todo}


def _learn(change: Change, sides: Sides, data: Mapping[str, Any]) -> Done:
    return Done(
        (_link(change, sides, known_as(change, sides), data["translationsRegister"]["translations"] or []),)
    )


BULK_TRANSLATE = Bulkable("BridgeTranslate", _line, _learn, _look)
