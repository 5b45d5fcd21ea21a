"""The difference between what Saleor says and what Shopify has, field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from . import fields
from .match import match_variants
from .model import Metafield, Picture, Product, Variant
from .owners import Rules
from .policy import SALEOR
from .values import same

_UNFINISHED = ("UPLOADED", "PROCESSING")


@dataclass(frozen=True)
class FieldChange:
    """One field that differs. `path` names it for people; the values are as JSON knows them.

    `kind` says what it is of: field, option, variant (`of` is its key; `name` the field, or "new" or "gone"),
    picture, collection (`of`: Saleor's id), key or attribute (`of`: the variant's key, or "" for the product;
    `name`: the metafield's key).
    """

    path: str
    before: Any
    after: Any
    owner: str = SALEOR
    kind: str = ""
    of: str = ""
    name: str = ""

    def as_json(self) -> dict[str, Any]:
        """For storing and for scripts."""
        given = {"path": self.path, "before": self.before, "after": self.after, "owner": self.owner}
        return given | {name: value for name in ("kind", "of", "name") if (value := getattr(self, name))}


@dataclass
class Difference:
    """What to write, what is left as Shopify has it because its word counts, and words about the rest.

    `bases`: by path, what to remember of fields that need no write (see `Rules.base`).
    """

    changes: list[FieldChange] = field(default_factory=list)
    kept: list[FieldChange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    bases: dict[str, list[str]] = field(default_factory=dict)

    def file(
        self,
        rules: Rules,
        path: str,
        name: str,
        times: tuple[str, str],
        new: Any,
        old: Any,
        changes: Iterable[FieldChange],
    ) -> None:
        """File what a field's difference consists of under the verdict on it."""
        verdict = rules.verdict(path, name, new, old, times)
        if verdict:
            (self.changes if verdict == SALEOR else self.kept).extend(changes)
        if (base := rules.base(path, name, new, old, verdict)) is not None:
            self.bases[path] = base


def product_changes(wanted: Product, seen: Product, rules: Rules | None = None) -> list[FieldChange]:
    """What has to change in Shopify for `seen` to become `wanted`; stock, prices elsewhere, publication and
    translations are compared apart."""
    return difference(wanted, seen, rules).changes


def difference(wanted: Product, seen: Product, rules: Rules | None = None) -> Difference:
    """All that differs, sorted by what becomes of it."""
    rules, found = rules or Rules(), Difference()
    if seen.key != wanted.key:
        found.changes.append(FieldChange("key", seen.key or None, wanted.key, kind="key"))
    times = (wanted.updated, seen.updated)
    for name, value in fields.PRODUCT.items():
        new, old = value(wanted), value(seen)
        if rules.settled(name, new, old):
            continue
        change = FieldChange(name, old, new, rules.owner(name), "field", name=name)
        found.file(rules, name, name, times, new, old, [change])
    if wanted.options != seen.options:
        change = FieldChange("options", list(seen.options), list(wanted.options), kind="option")
        found.changes.append(change)
    _attributes(found, wanted.metafields, seen.metafields, rules)
    _variants(found, wanted, seen, rules)
    _pictures(found, wanted, seen, rules)
    _collections(found, wanted, seen, rules)
    return found


def _variants(found: Difference, wanted: Product, seen: Product, rules: Rules) -> None:
    pairs, names, times = (
        match_variants(wanted, seen),
        labels(wanted.variants),
        (wanted.updated, seen.updated),
    )
    for variant in wanted.variants:
        where, old = f"variant {names[variant.key]}", pairs.get(variant.key)
        if old is None:
            found.changes.append(FieldChange(where, None, "new", kind="variant", of=variant.key, name="new"))
            continue
        if old.key != variant.key:
            change = FieldChange(f"{where} key", old.key or None, variant.key, kind="key", of=variant.key)
            found.changes.append(change)
        for name, value in fields.VARIANT.items():
            new, before = plain(value(variant)), plain(value(old))
            if rules.settled(name, new, before):
                continue
            change = FieldChange(
                f"{where} {name}", before, new, rules.owner(name), "variant", variant.key, name
            )
            found.file(rules, f"{variant.key} {name}", name, times, new, before, [change])
        _attributes(found, variant.metafields, old.metafields, rules, where, variant.key)
    taken = {variant.gid for variant in pairs.values()}
    # A variant with our key that Saleor no longer has; one without a key is the merchant's.
    gone = [variant for variant in seen.variants if variant.gid not in taken and variant.key]
    for variant in gone:
        where = f"removed variant {labels(gone)[variant.key]}"
        found.changes.append(FieldChange(where, "there", None, kind="variant", of=variant.key, name="gone"))


def _attributes(
    found: Difference,
    wanted: Iterable[Metafield],
    seen: Iterable[Metafield],
    rules: Rules,
    where: str = "",
    of: str = "",
) -> None:
    old = {item.key: item for item in seen}
    for item in wanted:
        before = old.pop(item.key, None)
        path = f"{where} attribute {item.key}".strip()
        if before and before.type != item.type:
            found.notes.append(f"{path} is a {before.type} in Shopify and a {item.type} in Saleor")
        elif before is None or not same(item.type, item.value, before.value):
            old_value = before and before.value
            change = FieldChange(path, old_value, item.value, SALEOR, "attribute", of, item.key)
            found.file(rules, f"{of} attribute {item.key}", "", ("", ""), item.value, old_value, [change])
    for key, before in old.items():
        path = f"{where} attribute {key}".strip()
        found.changes.append(FieldChange(path, before.value, None, kind="attribute", of=of, name=key))


def _pictures(found: Difference, wanted: Product, seen: Product, rules: Rules) -> None:
    """Our pictures in their order; the merchant's own are left where they are."""
    pictures = _named(wanted, seen)
    ours = {picture.key: picture for picture in pictures if picture.key}
    old = [(picture.key, picture.alt) for picture in pictures if picture.key]
    new = [(picture.key, picture.alt) for picture in wanted.pictures]
    if any(picture.status in _UNFINISHED and not picture.key for picture in pictures):
        if old != new:
            found.notes.append(f"pictures of {wanted.title} are still being made ready; plan again for them")
        return
    owner = rules.owner("pictures")
    changes = [
        FieldChange(
            f"picture {picture.key}",
            ours[picture.key].alt if picture.key in ours else None,
            picture.alt or "new",
            owner,
            "picture",
            picture.key,
        )
        for picture in wanted.pictures
        if (picture.key, picture.alt) not in old
    ]
    gone = ours.keys() - {picture.key for picture in wanted.pictures}
    changes += [
        FieldChange(f"picture {key}", ours[key].alt, None, owner, "picture", key) for key in sorted(gone)
    ]
    order = [key for key, _ in old], [key for key, _ in new]
    changes = changes or [FieldChange("picture order", *order, owner, "picture")]
    found.file(rules, "pictures", "pictures", (wanted.updated, seen.updated), new, old, changes)


def _named(wanted: Product, seen: Product) -> list[Picture]:
    """Shopify's pictures; one that could not be fetched has no file to be known by, but still its words."""
    there = {picture.key for picture in seen.pictures if picture.key}
    missing = {picture.alt: picture.key for picture in wanted.pictures if picture.key not in there}
    return [
        replace(picture, key=missing.pop(picture.alt))
        if picture.status == "FAILED" and not picture.key and picture.alt in missing
        else picture
        for picture in seen.pictures
    ]


def _collections(found: Difference, wanted: Product, seen: Product, rules: Rules) -> None:
    """Memberships in mirrored collections; those in the merchant's own are not ours to change."""
    there = {rules.ours[gid] for gid in seen.collections if gid in rules.ours}
    for key in dict.fromkeys(wanted.collections):
        if key in rules.coming and key not in there:
            found.changes.append(FieldChange(f"collection {key}", None, "in", kind="collection", of=key))
    for key in sorted(there - set(wanted.collections)):
        found.changes.append(FieldChange(f"collection {key}", "in", None, kind="collection", of=key))


def failed_pictures(seen: Product) -> list[Picture]:
    """Pictures that Shopify could not fetch: worth a word, but sending them again changes nothing."""
    return [picture for picture in seen.pictures if picture.status == "FAILED"]


def label(variant: Variant) -> str:
    """How a person knows a variant."""
    return variant.sku or " / ".join(variant.values)


def labels(variants: Iterable[Variant]) -> dict[str, str]:
    """A label for each variant by its key, no two alike."""
    given = {variant.key: (label(variant), " / ".join(variant.values)) for variant in variants}
    count = Counter(name for name, _ in given.values())
    full = {key: name if count[name] == 1 else f"{name} ({values})" for key, (name, values) in given.items()}
    twice = Counter(full.values())
    return {key: name if twice[name] == 1 else f"{name} [{key}]" for key, name in full.items()}


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    return list(value) if isinstance(value, tuple) else value


def picture_key(key: str) -> str:
    """A name for a Saleor picture that survives Shopify's storing it: part of the file's name there."""
    return sha256(key.encode()).hexdigest()[:16]
