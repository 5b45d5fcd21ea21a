"""The languages of a store, and texts in them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from .errors import UserError
from .state import Doc, State, instant

MAX_KEYS = 100
LOCALES = {"en": "English", "de": "German", "fr": "French", "pl": "Polish", "es": "Spanish", "it": "Italian"}
PRIMARY = "en"
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2}|-[A-Z][a-z]{3})?\Z")
_DOCUMENT: dict[str, dict[str, tuple[str, Callable[[Doc], Any]]]] = {
    "Product": {
        "title": ("SINGLE_LINE_TEXT_FIELD", lambda doc: doc["title"]),
        "body_html": ("HTML", lambda doc: doc["descriptionHtml"]),
        "handle": ("URI", lambda doc: doc["handle"]),
        "product_type": ("SINGLE_LINE_TEXT_FIELD", lambda doc: doc["productType"]),
        "meta_title": ("SINGLE_LINE_TEXT_FIELD", lambda doc: doc["seo"]["title"]),
        "meta_description": ("MULTI_LINE_TEXT_FIELD", lambda doc: doc["seo"]["description"]),
    },
    "Collection": {
        "title": ("SINGLE_LINE_TEXT_FIELD", lambda doc: doc["title"]),
        "body_html": ("HTML", lambda doc: doc["descriptionHtml"]),
        "handle": ("URI", lambda doc: doc["handle"]),
        "meta_title": ("SINGLE_LINE_TEXT_FIELD", lambda doc: doc["seo"]["title"]),
        "meta_description": ("MULTI_LINE_TEXT_FIELD", lambda doc: doc["seo"]["description"]),
    },
    "MediaImage": {"alt": ("SINGLE_LINE_TEXT_FIELD", lambda doc: doc["alt"])},
}


def set_up(state: State) -> None:
    """A new store speaks one language."""
    enable(state, PRIMARY, primary=True)


def digest(value: str) -> str:
    """The digest of a text, as translationsRegister asks for it: SHA-256, hexadecimal."""
    return hashlib.sha256(value.encode()).hexdigest()


def locales(state: State) -> list[Doc]:
    """The store's languages, the first its own."""
    return [doc for _, doc in state.page("ShopLocale", 0, 100)]


def enable(state: State, locale: str, *, primary: bool = False) -> Doc:
    """shopLocaleEnable: not published yet."""
    if not _LOCALE.match(locale):
        raise UserError("Locale is invalid.", "locale")
    if len(locales(state)) > 20:
        raise UserError("Locale limit reached.", "locale")
    if any(doc["locale"] == locale for doc in locales(state)):
        raise UserError("Locale has already been taken", "locale")
    name = LOCALES.get(locale.split("-")[0], locale)
    doc = {
        "id": f"gid://shopify/ShopLocale/{locale}",
        "locale": locale,
        "name": name,
        "primary": primary,
        "published": primary,
    }
    return state.put("ShopLocale", doc)


def update(state: State, locale: str, given: Doc) -> Doc:
    """shopLocaleUpdate."""
    doc = _locale(state, locale)
    if given.get("published") is not None:
        doc["published"] = given["published"]
    return state.put("ShopLocale", doc)


def disable(state: State, locale: str) -> str:
    """shopLocaleDisable."""
    doc = _locale(state, locale)
    if doc["primary"]:
        raise UserError("The primary locale of your store can't be changed through this endpoint.", "locale")
    state.delete(doc["id"])
    return locale


def _locale(state: State, locale: str) -> Doc:
    doc = state.get(f"gid://shopify/ShopLocale/{locale}")
    if doc is None:
        raise UserError("The locale doesn't exist.", "locale")
    return doc


class Resource:
    """Something with texts: a document, or an option, value or metafield within one."""

    def __init__(self, state: State, gid: str):
        kind = gid.split("/")[3] if gid.count("/") >= 4 else ""
        self.state, self.gid, self.kind = state, gid, kind
        owners = state.links.owners("part", gid) if kind not in _DOCUMENT else []
        self.doc = state.get(owners[0] if owners else gid)
        self.found = bool(self.doc) and (kind in _DOCUMENT or bool(owners))

    @property
    def texts(self) -> dict[str, tuple[str, str]]:
        """(type, value) by key; a text that is empty has nothing to translate."""
        if self.kind in _DOCUMENT:
            every = {key: (kind, read(self.doc or {})) for key, (kind, read) in _DOCUMENT[self.kind].items()}
        else:
            every = self._part()
        return {key: (kind, value) for key, (kind, value) in every.items() if value}

    def _part(self) -> dict[str, tuple[str, str]]:
        for option in (self.doc or {}).get("options", ()):
            for part in (option, *option["values"]):
                if isinstance(part, dict) and part.get("id") == self.gid:
                    return {"name": ("SINGLE_LINE_TEXT_FIELD", part["name"])}
        return {}

    @property
    def stored(self) -> dict[str, dict[str, Doc]]:
        """Texts by locale and key."""
        return self.state.links.get("translated", self.gid, "") or {}

    def store(self, every: dict[str, dict[str, Doc]]) -> None:
        """Keep texts by locale and key."""
        if every:
            self.state.links.add("translated", self.gid, "", every)
        else:
            self.state.links.remove("translated", self.gid, "")

    def content(self) -> list[Doc]:
        """The translatableContent."""
        return [
            {"key": key, "value": value, "digest": digest(value), "locale": PRIMARY, "type": kind}
            for key, (kind, value) in self.texts.items()
        ]

    def translations(self, locale: str, outdated: bool | None = None) -> list[Doc]:
        """What is known in a language."""
        texts = self.texts
        rows = [
            {
                "key": key,
                "locale": locale,
                "value": row["value"],
                "updatedAt": row["updatedAt"],
                "market": None,
                "outdated": key not in texts or digest(texts[key][1]) != row["digest"],
            }
            for key, row in self.stored.get(locale, {}).items()
        ]
        return [row for row in rows if outdated in (None, row["outdated"])]


def register(state: State, gid: str, given: list[Doc]) -> list[Doc]:
    """translationsRegister: all of them or none."""
    resource = _resource(state, gid)
    if len(given) > MAX_KEYS:
        raise UserError(
            f"Too many translation keys for the resource: at most {MAX_KEYS}.",
            "translations",
            code="TOO_MANY_KEYS_FOR_RESOURCE",
        )
    known = {doc["locale"]: doc for doc in locales(state)}
    every, texts = json.loads(json.dumps(resource.stored)), resource.texts
    for index, item in enumerate(given):
        where = ("translations", str(index))
        _check(item, known, texts, where)
        if not item["value"]:
            every.get(item["locale"], {}).pop(item["key"], None)
            continue
        row = {"value": item["value"], "digest": item["translatableContentDigest"], "updatedAt": instant()}
        every.setdefault(item["locale"], {})[item["key"]] = row
    resource.store(every)
    keys = {(item["locale"], item["key"]) for item in given}
    rows = [row for locale in dict(keys) for row in resource.translations(locale)]
    return [row for row in rows if (row["locale"], row["key"]) in keys]


def _check(
    item: Doc, known: dict[str, Doc], texts: dict[str, tuple[str, str]], where: tuple[str, ...]
) -> None:
    if item["locale"] not in known:
        raise UserError("Locale is invalid for the shop.", *where, "locale", code="INVALID_LOCALE_FOR_SHOP")
    if known[item["locale"]]["primary"]:
        message = "Locale can't be the shop's primary locale."
        raise UserError(message, *where, "locale", code="INVALID_LOCALE_FOR_SHOP")
    if item.get("marketId"):
        message = "The market corresponding to the `marketId` argument doesn't exist."
        raise UserError(message, *where, "marketId", code="MARKET_DOES_NOT_EXIST")
    if item["key"] not in texts:
        message = f"Key {item['key']} is not a valid translatable field"
        raise UserError(message, *where, "key", code="INVALID_KEY_FOR_MODEL")
    if item["translatableContentDigest"] != digest(texts[item["key"]][1]):
        message = "Translatable content hash is invalid"
        raise UserError(message, *where, "translatableContentDigest", code="INVALID_TRANSLATABLE_CONTENT")


def remove(state: State, gid: str, keys: list[str], languages: list[str]) -> list[Doc]:
    """translationsRemove; the texts it took away."""
    resource = _resource(state, gid)
    rows = [row for locale in languages for row in resource.translations(locale) if row["key"] in keys]
    every = json.loads(json.dumps(resource.stored))
    for locale in languages:
        for key in keys:
            every.get(locale, {}).pop(key, None)
    resource.store({locale: texts for locale, texts in every.items() if texts})
    return rows


def _resource(state: State, gid: str) -> Resource:
    resource = Resource(state, gid)
    if not resource.found:
        raise UserError(f"Resource {gid} does not exist", "resourceId", code="RESOURCE_NOT_FOUND")
    return resource
