"""productVariantsBulkCreate, -Update and -Delete: some variants of a product, of which the others stay.

An option value is named by what it is called, and made where there is none of that name. Assumed: a value
goes with the last variant that has it, and a call takes as many variants as a product may have.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from . import activation, collections, inventory, metafields, options, variants
from .errors import UserError
from .state import Doc, State, instant

MAX_NAME = 255
Path = tuple[str, ...]


def create(state: State, gid: str, given: list[Doc], strategy: str = "DEFAULT") -> Doc:
    """productVariantsBulkCreate: new variants after those that are there."""
    product = _product(state, gid)
    alone = _standalone(state, product, strategy)
    if len(product["variants"]) - len(alone) + len(given) > variants.MAX_VARIANTS:
        raise UserError("Number of product variants exceeds shop limit.", "variants", code="INVALID_INPUT")
    if sum(len(item.get("inventoryQuantities") or []) for item in given) > variants.MAX_QUANTITIES:
        message = "Inventory quantity input exceeds the limit of 50000."
        raise UserError(message, "variants", code="INVENTORY_QUANTITIES_LIMIT_EXCEEDED")
    taken = _taken(state, [item for item in product["variants"] if item not in alone])
    made = []
    for index, item in enumerate(given):
        where = ("variants", str(index))
        if item.get("id"):
            raise UserError("The id is not allowed for a new variant.", *where, "id", code="NO_KEY_ON_CREATE")
        values = _chosen(state, product, item, where, None)
        if values in taken:
            message = f"The variant '{' / '.join(values)}' already exists."
            raise UserError(message, *where, code="VARIANT_ALREADY_EXISTS")
        taken.add(values)
        made.append(_create(state, product, item, values, where))
    for variant in alone:
        variants.delete(state, variant)
    rest = [item for item in product["variants"] if item not in alone]
    gids = [doc["id"] for doc in made]
    return {"product": _put(state, product, [*rest, *gids]), "productVariants": state.many(gids)}


def update(state: State, gid: str, given: list[Doc]) -> Doc:
    """productVariantsBulkUpdate: fields of variants that are there."""
    product = _product(state, gid)
    changed = [_update(state, product, item, ("variants", str(i))) for i, item in enumerate(given)]
    values = [tuple(doc["options"]) for doc in state.many(product["variants"])]
    if len(set(values)) < len(values):
        message = "Two variants would have the same option values."
        raise UserError(message, "variants", code="VARIANT_ALREADY_EXISTS")
    return {"product": _put(state, product, product["variants"]), "productVariants": changed}


def delete(state: State, gid: str, gids: list[str]) -> Doc:
    """productVariantsBulkDelete: a product keeps one at least."""
    product = _product(state, gid)
    for index, variant in enumerate(gids):
        if variant not in product["variants"]:
            message = "At least one variant does not belong to the product"
            code = "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT"
            raise UserError(message, "variantsIds", str(index), code=code)
    kept = [item for item in product["variants"] if item not in gids]
    if not kept:
        message = "Cannot delete default variant"
        raise UserError(message, "variantsIds", code="CANNOT_DELETE_LAST_VARIANT")
    for variant in gids:
        variants.delete(state, variant)
    return {"product": _put(state, product, kept)}


def _product(state: State, gid: str) -> Doc:
    product = state.get(gid)
    if product is None or "/Product/" not in gid:
        raise UserError("Product does not exist", "productId", code="PRODUCT_DOES_NOT_EXIST")
    return product


def _standalone(state: State, product: Doc, strategy: str) -> list[str]:
    """The only variant, where the strategy does away with it."""
    if len(product["variants"]) != 1 or strategy == "PRESERVE_STANDALONE_VARIANT":
        return []
    (only,) = state.many(product["variants"])
    by_default = only["options"] == ["Default Title"]
    return [only["id"]] if by_default or strategy == "REMOVE_STANDALONE_VARIANT" else []


def _taken(state: State, gids: list[str]) -> set[tuple[str, ...]]:
    return {tuple(doc["options"]) for doc in state.many(gids)}


def _chosen(state: State, product: Doc, item: Doc, where: Path, now: list[str] | None) -> tuple[str, ...]:
    """The option values of a variant; `now`: those it has, None for a new one."""
    rows, path = product["options"], (*where, "optionValues")
    values: list[str | None] = [*now] if now else [None] * len(rows)
    for choice in item.get("optionValues") or []:
        named = choice.get("optionId") or choice.get("optionName")
        at = next((i for i, row in enumerate(rows) if named in (row["id"], row["name"])), None)
        by_id = [(i, v) for i, row in enumerate(rows) for v in row["values"] if v["id"] == choice.get("id")]
        if by_id:
            at, values[by_id[0][0]] = by_id[0][0], by_id[0][1]["name"]
        elif at is None:
            code = "OPTION_DOES_NOT_EXIST" if now else "OPTION_VALUES_FOR_NUMBER_OF_UNKNOWN_OPTIONS"
            raise UserError("Option does not exist", *path, code=code)
        else:
            values[at] = _named(state, product, rows[at], choice, path, is_new=now is None)
    if None in values:
        missing = rows[values.index(None)]["name"]
        message = f"You need to add option values for {missing}"
        raise UserError(message, *path, code="NEED_TO_ADD_OPTION_VALUES")
    return tuple(str(value) for value in values)


def _named(state: State, product: Doc, option: Doc, choice: Doc, where: Path, *, is_new: bool) -> str:
    name = str(choice.get("name") or "").strip()
    if not name or len(name) > MAX_NAME:
        code = "INVALID_INPUT" if is_new or not name else "OPTION_VALUE_NAME_TOO_LONG"
        raise UserError("The name of the option value is blank or too long.", *where, code=code)
    known = next((v["name"] for v in option["values"] if v["name"].casefold() == name.casefold()), None)
    if known is None:
        gid = state.gid("ProductOptionValue")
        option["values"].append({"id": gid, "name": name})
        state.links.add(options.PART, product["id"], gid)
    return known or name


def _create(state: State, product: Doc, item: Doc, values: tuple[str, ...], where: Path) -> Doc:
    variant = variants.new_variant(state, product["id"])
    with _codes():
        variants.write_fields(variant, item, where)
    variant |= {"options": list(values), "updatedAt": instant()}
    path = (*where, "metafields")
    metafields.check(state, "PRODUCTVARIANT", None, item.get("metafields") or [], *path, code="INVALID_INPUT")
    metafields.write(state, "PRODUCTVARIANT", variant, item.get("metafields") or [], replace=False)
    stock = variants.new_item(variant, instant())
    activation.write_item(stock, item.get("inventoryItem") or {}, (*where, "inventoryItem"), "INVALID_INPUT")
    for index, quantity in enumerate(item.get("inventoryQuantities") or []):
        _quantity(state, stock, quantity, (*where, "inventoryQuantities", str(index)))
    if not stock["levels"]:
        activation.stock(state, stock, variants.primary(state)["id"])
    state.put("InventoryItem", stock | {"updatedAt": instant()})
    return state.put("ProductVariant", variant)


def _quantity(state: State, item: Doc, given: Doc, where: Path) -> None:
    location = state.get(given["locationId"])
    if not location or not location.get("isActive"):
        message = "Inventory could not be updated because the location was not found."
        raise UserError(message, *where, "locationId", code="TRACKED_VARIANT_LOCATION_NOT_FOUND")
    if abs(given["availableQuantity"]) > inventory.MOST:
        message = "The total quantity can't be higher than 1,000,000,000 or lower than -1,000,000,000."
        raise UserError(message, *where, "availableQuantity", code="INVALID_INPUT")
    activation.stock(state, item, location["id"], given["availableQuantity"])


def _update(state: State, product: Doc, item: Doc, where: Path) -> Doc:
    if not item.get("id"):
        raise UserError("Product variant is missing ID", *where, "id", code="PRODUCT_VARIANT_ID_MISSING")
    variant = state.get(item["id"])
    if variant is None or variant.get("product") != product["id"]:
        message = "Product variant does not exist"
        raise UserError(message, *where, "id", code="PRODUCT_VARIANT_DOES_NOT_EXIST")
    if item.get("inventoryQuantities"):
        message = "Inventory quantities can only be provided during create."
        code = "NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE"
        raise UserError(message, *where, "inventoryQuantities", code=code)
    with _codes():
        variants.write_fields(variant, item, where)
    variant["options"] = list(_chosen(state, product, item, where, variant["options"]))
    if item.get("metafields") is not None:
        path = (*where, "metafields")
        metafields.check(
            state, "PRODUCTVARIANT", variant["id"], item["metafields"], *path, code="INVALID_INPUT"
        )
        metafields.write(state, "PRODUCTVARIANT", variant, item["metafields"], replace=False)
    stock = state.get(variant["item"])
    if stock is not None and item.get("inventoryItem"):
        activation.write_item(stock, item["inventoryItem"], (*where, "inventoryItem"), "INVALID_INPUT")
        state.put("InventoryItem", stock | {"updatedAt": instant()})
    return state.put("ProductVariant", variant | {"updatedAt": instant()})


def _put(state: State, product: Doc, gids: list[str]) -> Doc:
    """Store a product with these variants, and the option values that they have."""
    docs = state.many(gids)
    for position, doc in enumerate(docs, 1):
        if doc.get("position") != position:
            state.put("ProductVariant", doc | {"position": position})
    for at, option in enumerate(product["options"]):
        used = {doc["options"][at] for doc in docs}
        for value in [v for v in option["values"] if v["name"] not in used]:
            option["values"].remove(value)
            state.links.remove(options.PART, product["id"], value["id"])
            state.links.remove("translated", value["id"], "")
    product |= {"variants": gids, "updatedAt": instant()}
    collections.match(state, product)
    return state.put("Product", product)


@contextmanager
def _codes() -> Iterator[None]:
    """productSet's code for what is wrong with a variant, as these mutations call it."""
    try:
        yield
    except UserError as error:
        price = (error.entry["field"] or [""])[-1] in ("price", "compareAtPrice")
        error.entry["code"] = "NEGATIVE_PRICE_VALUE" if price else "INVALID_INPUT"
        raise
