"""A shopper waits for what is sold out: one mail when it is there again, and a day until then."""

from __future__ import annotations

from devshop import mailbox
from devshop.browser import Browser
from devshop.client import GraphQL
from devshop.environments import has_saleor3
from devshop.story.stage import CHANNEL, Stage, Variant, check, in_channel

SHOPPER = "grace@example.com"
_VARIANT = """query($id: ID!) { productVariant%s { id sku name product { name }
  metadata { key value } stocks { quantity quantityAllocated warehouse { id } } } }"""
_EMPTY = """mutation($id: ID!, $stocks: [StockInput!]!) {
  productVariantStocksUpdate(variantId: $id, stocks: $stocks) { bulkStockErrors { field message } } }"""
_SUBSCRIBE = """mutation($variant: ID!, $channel: String, $email: String!) {
  stockAlertSubscribe(variantId: $variant, channel: $channel, email: $email) {
    outcome errors { field message } } }"""
_BACK = """query($variant: ID!, $channel: String) {
  expectedBack(variantIds: [$variant], channel: $channel) { day } }"""
_CHANNEL = CHANNEL if has_saleor3() else None


def sell_out(stage: Stage) -> Variant:
    """Take the last units of what sells best in the far warehouse, and of nothing that was promised."""
    mine = {variant.id for variant in stage.variants}
    selling = [each for each in stage.forecasts if each["warehouseId"] == stage.far]
    for each in sorted(selling, key=lambda each: -each["expected"]):
        # Without a channel: also what only another one sells from.
        row = stage.staff(_VARIANT % "(id: $id)", id=each["variantId"])["productVariant"]
        if row["id"] not in mine and not any(stock["quantityAllocated"] for stock in row["stocks"]):
            empty = [{"warehouse": stock["warehouse"]["id"], "quantity": 0} for stock in row["stocks"]]
            stage.staff(_EMPTY, id=row["id"], stocks=empty)
            return Variant(row["id"], f"{row['product']['name']} {row['name']}".strip(), row["sku"] or "")
    check(False, "every variant that sells is promised to an order")
    raise AssertionError


def ask(stage: Stage, variant: Variant) -> None:
    """A guest asks for a mail, and confirms the address with the link in the first one."""
    asked = _anybody(stage)(_SUBSCRIBE, variant=variant.id, channel=_CHANNEL, email=SHOPPER)
    check(asked["stockAlertSubscribe"]["outcome"] is not None, f"asked: {asked}")
    first = stage.until("the address is to be confirmed", lambda: _mails(stage))
    page = Browser()
    page.open(mailbox.link(first[0], "/alerts/confirm/"))
    page.send()


def promised(stage: Stage, variant: Variant, day: str) -> None:
    """The day that the supplier named is what storefronts show, by our API and in Saleor's metadata."""
    here = (day, day)
    stage.until("shoppers see the day", lambda: (_day(stage, variant), _metadata(stage, variant)) == here)
    check(len(_mails(stage)) == 1, "the shopper was told of what is not there yet")


def told(stage: Stage, variant: Variant) -> None:
    """It is there: one mail, and no day any more."""
    stage.until("the shopper is told", lambda: len(_mails(stage)) == 2)
    stage.until("no day is shown", lambda: _day(stage, variant) is None and _metadata(stage, variant) is None)
    words = mailbox.text(_mails(stage)[1])
    check(variant.name.split()[0] in words, f"the mail says {words[:200]}")


def _mails(stage: Stage) -> list[mailbox.EmailMessage]:
    return list(mailbox.mails(stage.shop.mails, SHOPPER))


def _anybody(stage: Stage) -> GraphQL:
    return GraphQL(stage.plugin("restock").address)


def _day(stage: Stage, variant: Variant) -> str | None:
    found: str | None = _anybody(stage)(_BACK, variant=variant.id, channel=_CHANNEL)["expectedBack"][0]["day"]
    return found


def _metadata(stage: Stage, variant: Variant) -> str | None:
    row = stage.staff(_VARIANT % in_channel("id: $id"), id=variant.id)["productVariant"]
    return next((each["value"] for each in row["metadata"] if each["key"] == "expected_back"), None)
