"""The options, variants and inventory items inside productSet."""

from __future__ import annotations

from typing import Any

from . import metafields
from .errors import UserError
from .state import Doc, State, instant

MAX_OPTIONS, MAX_VARIANTS, MAX_QUANTITIES = 3, 2048, 50_000
_DEFAULT = {
    "productOptions": [{"name": "Title", "values": [{"name": "Default Title"}]}],
    "variants": [{"optionValues": [{"optionName": "Title", "name": "Default Title"}]}],
}


def write(state: State, product: Doc, given: Doc, is_new: bool) -> None:
    """Replace options and variants by those given, if they are."""
    options, wanted = given.get("productOptions"), given.get("variants")
    if options is None and wanted is None:
        if not is_new:
            return
        options, wanted = _DEFAULT["productOptions"], _DEFAULT["variants"]
    if options is None:
        raise UserError(
            "Must specify product options when updating variants.",
            "input",
            "productOptions",
            code="PRODUCT_OPTIONS_INPUT_MISSING",
        )
    if wanted is None:
        raise UserError(
            "Must specify variants when updating options.", "input", "variants", code="VARIANTS_INPUT_MISSING"
        )
    _limits(options, wanted)
    product["options"] = _options(state, product["options"], options)
    kept: list[str] = []
    seen: set[tuple[str, ...]] = set()
    for index, item in enumerate(wanted):
        where = ("input", "variants", str(index))
        values = _values(product["options"], item["optionValues"], where)
        if values in seen:
            raise UserError(
                f"The variant '{' / '.join(values)}' already exists.", *where, code="INVALID_VARIANT"
            )
        seen.add(values)
        kept.append(_variant(state, product, item, values, index + 1, where))
    for gone in set(product["variants"]) - set(kept):
        _delete(state, gone)
    product["variants"] = kept


def _limits(options: list[Doc], wanted: list[Doc]) -> None:
    if len(options) > MAX_OPTIONS:
        raise UserError(
            f"Exceeded the maximum of {MAX_OPTIONS} options",
            "input",
            "productOptions",
            code="OPTIONS_OVER_LIMIT",
        )
    if len(wanted) > MAX_VARIANTS:
        raise UserError(
            "Number of product variants exceeds shop limit.", "input", "variants", code="VARIANTS_OVER_LIMIT"
        )
    if sum(len(item.get("inventoryQuantities") or []) for item in wanted) > MAX_QUANTITIES:
        raise UserError(
            "Inventory quantity input exceeds the limit of 50000.",
            "input",
            "variants",
            code="INVENTORY_QUANTITIES_LIMIT_EXCEEDED",
        )
    names = [item.get("name") for item in options]
    if len({str(name).lower() for name in names}) < len(names):
        raise UserError("Duplicated option name.", "input", "productOptions", code="DUPLICATED_OPTION_NAME")


def _options(state: State, old: list[Doc], given: list[Doc]) -> list[Doc]:
    by_id = {option["id"]: option for option in old} | {option["name"]: option for option in old}
    result = []
    for index, item in enumerate(given):
        where = ("input", "productOptions", str(index))
        before = by_id.get(item.get("id") or item.get("name") or "")
        if item.get("id") and not before:
            raise UserError("Option does not exist.", *where, code="OPTION_DOES_NOT_EXIST")
        if not item.get("values"):
            raise UserError(
                "Each option must have at least one option value specified.",
                *where,
                code="OPTION_VALUES_MISSING",
            )
        values = {value["name"]: value["id"] for value in before["values"]} if before else {}
        names = [str(value.get("name") or "").strip() for value in item["values"]]
        if len(set(names)) < len(names) or "" in names:
            raise UserError("Duplicated option value.", *where, "values", code="DUPLICATED_OPTION_VALUE")
        result.append(
            {
                "id": before["id"] if before else state.gid("ProductOption"),
                "name": item.get("name") or (before or {})["name"],
                "position": index + 1,
                "values": [
                    {"id": values.get(name) or state.gid("ProductOptionValue"), "name": name}
                    for name in names
                ],
            }
        )
    return result


def _values(options: list[Doc], given: list[Doc], where: tuple[str, ...]) -> tuple[str, ...]:
    chosen = {item.get("optionName") or item.get("optionId"): item.get("name") for item in given}
    values = []
    for option in options:
        name = chosen.get(option["name"], chosen.get(option["id"]))
        if name not in [value["name"] for value in option["values"]]:
            raise UserError(
                f"Option value does not exist: {option['name']}",
                *where,
                "optionValues",
                code="OPTION_VALUE_DOES_NOT_EXIST",
            )
        values.append(str(name))
    return tuple(values)


def _variant(
    state: State, product: Doc, given: Doc, values: tuple[str, ...], position: int, where: tuple[str, ...]
) -> str:
    old = _same(state, product, given, values, where)
    now = instant()
    gid = old["id"] if old else state.gid("ProductVariant")
    variant: Doc = old or {
        "id": gid,
        "product": product["id"],
        "item": state.gid("InventoryItem"),
        "sku": None,
        "barcode": None,
        "price": "0.00",
        "compareAtPrice": None,
        "taxable": True,
        "inventoryPolicy": "DENY",
        "metafields": [],
        "createdAt": now,
    }
    for name in ("sku", "barcode", "taxable", "inventoryPolicy"):
        if name in given:
            variant[name] = given[name]
    for name in ("price", "compareAtPrice"):
        if name in given:
            variant[name] = _money(given[name], (*where, name))
    variant |= {"options": list(values), "position": position, "updatedAt": now}
    if given.get("metafields") is not None:
        metafields.check(
            state,
            "PRODUCTVARIANT",
            old["id"] if old else None,
            given["metafields"],
            *where,
            "metafields",
            code="INVALID_METAFIELD",
        )
        metafields.write(state, "PRODUCTVARIANT", variant, given["metafields"], replace=True)
    _item(state, variant, given, is_new=old is None, where=where)
    state.put("ProductVariant", variant)
    return gid


def _same(
    state: State, product: Doc, given: Doc, values: tuple[str, ...], where: tuple[str, ...]
) -> Doc | None:
    """The variant that is updated: by id, else the one with the same option values."""
    if given.get("id"):
        found = state.get(given["id"])
        if not found or found["product"] != product["id"]:
            raise UserError(
                "Product variant does not exist.", *where, "id", code="PRODUCT_VARIANT_DOES_NOT_EXIST"
            )
        return found
    return next((v for v in state.many(product["variants"]) if tuple(v["options"]) == values), None)


def _item(state: State, variant: Doc, given: Doc, is_new: bool, where: tuple[str, ...]) -> None:
    now = instant()
    item: Doc = state.get(variant["item"]) or {
        "id": variant["item"],
        "variant": variant["id"],
        "tracked": False,
        "requiresShipping": True,
        "cost": None,
        "weight": {"unit": "KILOGRAMS", "value": 0.0},
        "levels": {},
        "createdAt": now,
    }
    wanted = given.get("inventoryItem") or {}
    for name in ("tracked", "requiresShipping", "cost"):
        if name in wanted:
            item[name] = wanted[name]
    if wanted.get("sku") is not None:
        variant["sku"] = wanted["sku"]
    if (wanted.get("measurement") or {}).get("weight"):
        item["weight"] = wanted["measurement"]["weight"]
    for quantity in given.get("inventoryQuantities") or []:
        location = quantity["locationId"]
        if not state.get(location) or (not is_new and location not in item["levels"]):
            raise UserError(
                "Quantities couldn't be set at that location.",
                *where,
                "inventoryQuantities",
                code="INVALID_INPUT",
            )
        item["levels"][location] = {"available": quantity["quantity"], "createdAt": now, "updatedAt": now}
    if is_new and not item["levels"]:
        # Assumed: a new item is stocked at the primary location, with nothing there.
        item["levels"][primary(state)["id"]] = {"available": 0, "createdAt": now, "updatedAt": now}
    item["updatedAt"] = now
    state.put("InventoryItem", item)


def primary(state: State) -> Doc:
    """The store's first location."""
    return state.page("Location", 0, 1)[0][1]


def _delete(state: State, gid: str) -> None:
    variant = state.get(gid)
    if variant:
        state.delete(variant["item"])
    state.delete(gid)


def _money(value: Any, where: tuple[str, ...]) -> str | None:
    if value is None:
        return None
    text = str(value)
    whole, _, decimals = text.partition(".")
    if not (whole + decimals).isdigit():
        raise UserError("Price must be a number and not negative.", *where, code="INVALID_VARIANT")
    return f"{whole}.{(decimals + '00')[: max(2, len(decimals))]}"
