"""The variants and inventory items inside productSet."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from . import activation, inventory, metafields, options
from .errors import UserError
from .markets import PRICE
from .options import MAX_OPTIONS, Options
from .state import Doc, State, instant

__all__ = ["MAX_OPTIONS", "MAX_VARIANTS", "delete", "primary", "write"]
MAX_VARIANTS, MAX_QUANTITIES, MAX_LENGTH = 2048, 50_000, 255
MOST_MONEY = Decimal(10) ** 18
Path = tuple[str, ...]
_DEFAULT = {
    "productOptions": [{"name": "Title", "values": [{"name": "Default Title"}]}],
    "variants": [{"optionValues": [{"optionName": "Title", "name": "Default Title"}]}],
}


def write(state: State, product: Doc, given: Doc, is_new: bool, files: dict[str, str] | None = None) -> None:
    """Replace options and variants by those given, if they are. `files`: media by the source of new files."""
    wanted_options, wanted = given.get("productOptions"), given.get("variants")
    if wanted_options is None and wanted is None:
        if not is_new:
            return
        wanted_options, wanted = _DEFAULT["productOptions"], _DEFAULT["variants"]
    if wanted_options is None:
        message = "Must specify product options when updating variants."
        raise UserError(message, "input", "productOptions", code="PRODUCT_OPTIONS_INPUT_MISSING")
    if wanted is None:
        message = "Must specify variants when updating options."
        raise UserError(message, "input", "variants", code="VARIANTS_INPUT_MISSING")
    _limits(wanted)
    chosen = options.replace(state, product, wanted_options)
    product["options"] = chosen.rows
    product["variants"] = _Writer(state, product, chosen, files or {}).write(wanted)


def _limits(wanted: list[Doc]) -> None:
    if not wanted:
        message = "Must specify variants when updating options."
        raise UserError(message, "input", "variants", code="VARIANTS_INPUT_MISSING")
    if len(wanted) > MAX_VARIANTS:
        message = "Number of product variants exceeds shop limit."
        raise UserError(message, "input", "variants", code="VARIANTS_OVER_LIMIT")
    if sum(len(item.get("inventoryQuantities") or []) for item in wanted) > MAX_QUANTITIES:
        message = "Inventory quantity input exceeds the limit of 50000."
        raise UserError(message, "input", "variants", code="INVENTORY_QUANTITIES_LIMIT_EXCEEDED")


class _Writer:
    """Writes the variants of one product."""

    def __init__(self, state: State, product: Doc, chosen: Options, files: dict[str, str]):
        self.state, self.product, self.options, self.files = state, product, chosen, files
        self.old = {variant["id"]: variant for variant in state.many(product["variants"])}
        self.by_values = {chosen.now(variant["options"]): variant for variant in self.old.values()}
        self.now = instant()

    def write(self, wanted: list[Doc]) -> list[str]:
        """Write all of them; the gids in their order. Those that are not wanted are deleted."""
        kept: dict[str, None] = {}
        seen: set[tuple[str, ...]] = set()
        for index, item in enumerate(wanted):
            where = ("input", "variants", str(index))
            values = self.options.chosen(item["optionValues"], where)
            if values in seen:
                message = f"The variant '{' / '.join(values)}' already exists."
                raise UserError(message, *where, code="INVALID_VARIANT")
            seen.add(values)
            variant = self._same(item, values, where)
            if variant and variant["id"] in kept:
                message = "The same variant is given twice."
                raise UserError(message, *where, "id", code="INVALID_VARIANT")
            kept[self._one(variant, item, values, index + 1, where)] = None
        for gone in self.old.keys() - kept.keys():
            delete(self.state, gone)
        return list(kept)

    def _same(self, item: Doc, values: tuple[str, ...], where: Path) -> Doc | None:
        """The variant that is updated: by id, else the one with the same option values."""
        if not item.get("id"):
            return self.by_values.get(values)
        found = self.old.get(item["id"])
        if not found:
            message = "Product variant does not exist."
            raise UserError(message, *where, "id", code="PRODUCT_VARIANT_DOES_NOT_EXIST")
        return found

    def _one(self, old: Doc | None, item: Doc, values: tuple[str, ...], position: int, where: Path) -> str:
        state = self.state
        variant: Doc = old or new_variant(state, self.product["id"])
        write_fields(variant, item, where)
        variant |= {"options": list(values), "position": position, "updatedAt": self.now}
        if item.get("metafields") is not None:
            owner, path = old["id"] if old else None, (*where, "metafields")
            metafields.check(
                state, "PRODUCTVARIANT", owner, item["metafields"], *path, code="INVALID_METAFIELD"
            )
            metafields.write(state, "PRODUCTVARIANT", variant, item["metafields"], replace=True)
        if item.get("file") is not None:
            variant["media"] = [self._file(item["file"], where)]
        self._item(variant, item, where, is_new=old is None)
        state.put("ProductVariant", variant)
        return variant["id"]

    def _file(self, given: Doc, where: Path) -> str:
        gid = given.get("id") or self.files.get(given.get("originalSource") or "")
        if gid not in self.product["media"]:
            message = "Any file specified for a variant must also be specified in the files of the product."
            raise UserError(message, *where, "file", code="INVALID_INPUT")
        return str(gid)

    def _item(self, variant: Doc, given: Doc, where: Path, *, is_new: bool) -> None:
        state, now = self.state, self.now
        item: Doc = (None if is_new else state.get(variant["item"])) or new_item(variant, now)
        activation.write_item(
            item, given.get("inventoryItem") or {}, (*where, "inventoryItem"), "INVALID_VARIANT"
        )
        for index, quantity in enumerate(given.get("inventoryQuantities") or []):
            path = (*where, "inventoryQuantities", str(index))
            _quantity(state, item, quantity, path, is_new=is_new)
        if is_new and not item["levels"]:
            # Assumed: a new item is stocked at the primary location, with nothing there.
            activation.stock(state, item, primary(state)["id"])
        state.put("InventoryItem", item | {"updatedAt": now})


def new_variant(state: State, product: str) -> Doc:
    """A variant as it begins."""
    return {
        "id": state.gid("ProductVariant"),
        "product": product,
        "item": state.gid("InventoryItem"),
        "sku": None,
        "barcode": None,
        "price": "0.00",
        "compareAtPrice": None,
        "taxable": True,
        "inventoryPolicy": "DENY",
        "metafields": [],
        "media": [],
        "createdAt": instant(),
    }


def new_item(variant: Doc, now: str) -> Doc:
    """The inventory item of a new variant."""
    return {
        "id": variant["item"],
        "variant": variant["id"],
        "tracked": False,
        "requiresShipping": True,
        "cost": None,
        "weight": {"unit": "KILOGRAMS", "value": 0.0},
        "levels": {},
        "createdAt": now,
    }


def write_fields(variant: Doc, given: Doc, where: Path) -> None:
    """Take over the scalars of a variant's input."""
    for name in ("sku", "barcode"):
        if name in given:
            text = given[name]
            if text is not None and len(text) > MAX_LENGTH:
                message = f"{name} is too long (maximum is {MAX_LENGTH} characters)"
                raise UserError(message, *where, name, code="INVALID_VARIANT")
            variant[name] = text or None
    if (given.get("inventoryItem") or {}).get("sku") is not None:
        variant["sku"] = given["inventoryItem"]["sku"]
    for name in ("taxable", "inventoryPolicy"):
        if given.get(name) is not None:
            variant[name] = given[name]
    for name in ("price", "compareAtPrice"):
        if name in given:
            variant[name] = _money(given[name], (*where, name))
    variant["price"] = variant["price"] or "0.00"


def _quantity(state: State, item: Doc, given: Doc, where: Path, *, is_new: bool) -> None:
    """Set what is there, at a place where an existing variant is stocked, or any for a new one."""
    location = state.get(given["locationId"])
    if not location or not location.get("isActive"):
        raise UserError("The location could not be found.", *where, "locationId", code="INVALID_INPUT")
    if not is_new and location["id"] not in item["levels"]:
        message = "Quantities couldn't be set because the inventory item isn't stocked at the location."
        raise UserError(message, *where, "locationId", code="INVALID_INPUT")
    if given["name"] not in ("available", "on_hand"):
        message = "The quantity name must be either 'available' or 'on_hand'."
        raise UserError(message, *where, "name", code="INVALID_INPUT")
    if abs(given["quantity"]) > inventory.MOST:
        message = "The total quantity can't be higher than 1,000,000,000 or lower than -1,000,000,000."
        raise UserError(message, *where, "quantity", code="INVALID_INPUT")
    if location["id"] not in item["levels"]:
        activation.stock(state, item, location["id"])
    level = item["levels"][location["id"]]
    held = inventory.quantity(level, "on_hand") - level["available"] if given["name"] == "on_hand" else 0
    level |= {"available": given["quantity"] - held, "updatedAt": instant()}


def primary(state: State) -> Doc:
    """The store's first location that is open."""
    rows = [doc for _, doc in state.page("Location", 0, 50)]
    return next((doc for doc in rows if doc["isActive"]), rows[0])


def delete(state: State, gid: str) -> None:
    """Forget a variant, its stock and its prices in other markets."""
    variant = state.get(gid)
    if variant:
        state.links.forget(variant["item"], inventory.STOCKED)
        state.delete(variant["item"])
    state.links.forget(gid, PRICE)
    state.delete(gid)


def _money(value: Any, where: Path) -> str | None:
    if value is None:
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise UserError("Price must be a number.", *where, code="INVALID_VARIANT")
    if not 0 <= amount < MOST_MONEY:
        raise UserError("Price must be greater than or equal to 0", *where, code="INVALID_VARIANT")
    whole = -int(amount.as_tuple().exponent) < 3
    return f"{amount.quantize(Decimal('0.01')) if whole else amount.normalize():f}"
