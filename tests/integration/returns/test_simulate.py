"""Past requests judged again, from what the desk keeps and what the shop tells."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.domain.rules.book import Book
from saleor_plugins.returns.domain.rules.terms import Terms
from saleor_plugins.returns.models import Delivery, OrderLedger, Return
from saleor_plugins.returns.store import past
from saleor_plugins.returns.usecases.activate_rulebook import activate_rulebook
from saleor_plugins.returns.usecases.decline_return import decline_return
from saleor_plugins.returns.usecases.receive_unannounced import receive_unannounced
from saleor_plugins.returns.usecases.request_return import Item, request_return
from saleor_plugins.returns.usecases.save_rulebook import save_rulebook
from saleor_plugins.returns.usecases.simulate_rulebook import simulate

from .rooms import MANAGER, STAFF, Room

ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def tried(document: Any, **options: Any) -> dict[str, Any]:
    return simulate(Book.read(document), *ALWAYS, **options).told()


def by_customers() -> None:
    """As if shoppers had asked themselves: staff are refused nothing."""
    Return.objects.update(requested_by="CUSTOMER")


@pytest.mark.parametrize("size", [1, 2, 100])
def test_every_request_is_judged_once_page_by_page(
    room: Room, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(past, "PAGE", size)
    monkeypatch.setattr(past.pages, "__defaults__", (size,))
    for units in (1, 2, 1, 2, 1):
        room.request(room.make_shipped(2), units)
    # The same instant does not hide a request from the next page.
    Return.objects.update(created=Return.objects.earliest("created").created)
    found = tried(
        {"quantity": [{"per_line": 1, "then": "REVIEW"}], "approve": [{"automatic": True}]}, most=100
    )
    assert (found["requests"], found["changed"]) == (5, 3)
    assert (found["after"]["review"], found["after"]["approved"]) == (2, 3)
    assert len({row["number"] for row in found["changes"]}) == 3


def test_what_nobody_asked_for_is_no_request(room: Room) -> None:
    order = room.make_shipped(1)
    receive_unannounced(STAFF, order.id, room.house.id, [(order.lines[0].id, 1)])
    assert tried({})["requests"] == 0


def test_the_window_counts_from_the_day_that_was_known(room: Room) -> None:
    order = room.make_shipped(1)
    room.sent_at(order, clock.now() - timedelta(days=12))
    rma = room.request(order, 1)
    by_customers()
    assert Terms.restored(rma.terms).lines[0].since is not None
    # Parcels that left since then, and what was delivered since, move nothing.
    room.sent_at(order, clock.now())
    assert tried({"window": [{"days": 11}]})["after"]["refused"] == 1
    assert tried({"window": [{"days": 12}]})["after"]["refused"] == 0


@pytest.mark.parametrize("known", ["delivered", "sent", "nothing"])
def test_of_older_returns_it_counts_from_what_is_known_now(room: Room, known: str) -> None:
    order = room.make_shipped(1)
    room.sent_at(order, clock.now() - timedelta(days=12))
    room.request(order, 1)
    by_customers()
    Return.objects.update(terms={})
    if known == "delivered":
        at = clock.now() - timedelta(days=9)
        Delivery.objects.create(fulfillment_id="x", order_id=order.id, at=at)
    elif known == "nothing":
        Return.objects.update(order=_ghost(order.id))
    refused = [tried({"window": [{"days": days}]})["after"]["refused"] for days in (8, 9, 11, 12)]
    assert refused == {"delivered": [1, 0, 0, 0], "sent": [1, 1, 1, 0], "nothing": [0, 0, 0, 0]}[known]


def _ghost(order_id: str) -> OrderLedger:
    """An order that the shop has deleted."""
    row = OrderLedger.objects.get(pk=order_id)
    row.pk = "T3JkZXI6MjAwMDAwMDAwMA=="
    row.save(force_insert=True)
    return row


def test_conditions_are_looked_up_in_the_shop(room: Room) -> None:
    root = room.data.make_category()
    leaf = room.data.make_category(parent=root)
    asker, _ = room.data.make_asker(AskerKind.CUSTOMER)
    room.data.set_user_metadata(asker.id, {"customer_group": "vip"})
    variant = room.data.make_variant(
        stock={room.house: 9}, category=leaf, product_metadata={"season": "summer"}, requires_shipping=True
    )
    order = room.data.make_order([(variant, 1)], user_id=asker.id, country="DE")
    from saleor_plugins.platform.port import ShipItem

    room.data.shop.fulfill(order.id, [ShipItem(order.lines[0].id, room.house.id, 1)])
    request_return(STAFF, order.id, [Item(1, order.lines[0].id)])
    kind = room.data.shop.products_of([variant.product_id])[0].product_type_id
    for when in (
        {"categories": [root]},
        {"products": [variant.product_id]},
        {"product_types": [kind]},
        {"customer_groups": ["vip"]},
        {"metadata": {"season": "summer"}},
        {"countries": ["EU"]},
        {"minimum_price": {"USD": "10.00"}},
        {"reasons": ["UNSPECIFIED"]},
    ):
        found = tried({"approve": [{"when": when, "automatic": True}]})
        assert found["after"]["approved"] == 1, when
    for when in (
        {"categories": [room.data.make_category()]},
        {"customer_groups": ["trade"]},
        {"metadata": {"season": "winter"}},
        {"minimum_price": {"USD": "10.01"}},
    ):
        assert tried({"approve": [{"when": when, "automatic": True}]})["after"]["approved"] == 0, when


def test_limits_on_customers_count_what_they_asked_before(room: Room) -> None:
    asker, _ = room.data.make_asker(AskerKind.CUSTOMER)
    made = []
    for days in (100, 20, 10, 1, 0):
        rma = room.request(room.make_shipped(1, user_id=asker.id), 1)
        Return.objects.filter(pk=rma.pk).update(created=clock.now() - timedelta(days=days))
        made.append(rma)
    other = room.request(room.make_shipped(1, email="other@example.com"), 1)
    decline_return(STAFF, made[2].pk, "Worn.")
    by_customers()
    rules = {"approve": [{"automatic": True}], "serial": [{"days": 30, "returns": 2, "then": "REFUSE"}]}
    found = tried(rules, most=100)
    # In the 30 days before the last: the one of 20 days ago and that of yesterday; the declined does not count.
    assert (found["after"]["refused"], found["after"]["approved"]) == (1, 5)
    refused = [row["number"] for row in found["changes"] if row["after"] == "REFUSED"]
    assert refused == [made[4].number]
    assert other.number not in refused
    # What was asked before the span still counts.
    since = clock.now() - timedelta(hours=2)
    later = simulate(Book.read(rules), since, ALWAYS[1]).told()
    assert (later["requests"], later["after"]["refused"]) == (2, 1)
    value = {
        "approve": [{"automatic": True}],
        "serial": [{"days": 365, "value": {"USD": "30.00"}, "then": "REFUSE"}],
    }
    assert tried(value)["after"]["refused"] == 1
    units = {"approve": [{"automatic": True}], "serial": [{"days": 365, "units": 3, "then": "REFUSE"}]}
    assert tried(units)["after"]["refused"] == 1


def test_a_withdrawal_is_the_laws(room: Room) -> None:
    order = room.make_shipped(1, country="DE")
    request_return(STAFF, order.id, [Item(1, order.lines[0].id)], withdrawal=True)
    by_customers()
    found = tried({"final_sale": [{"final": True}], "window": [{"days": 0}], "fees": [{"percent": "50"}]})
    assert (found["after"]["approved"], found["after"]["fees"], found["changed"]) == (1, {}, 0)


def test_the_version_in_use_is_what_it_is_compared_with(room: Room) -> None:
    room.request(room.make_shipped(1), 1)
    activate_rulebook(MANAGER, save_rulebook(MANAGER, {"approve": [{"automatic": True}]}).pk)
    found = tried({"approve": [{"automatic": True}], "fees": [{"percent": "10"}]})
    assert (found["before"]["approved"], found["after"]["approved"]) == (1, 1)
    assert found["after"]["fees"] == {"USD": "1.00"}
    assert found["changes"][0]["what"] == ["fees"]
    assert found["changes"][0]["why"] == ["fees (clause 0): 10 % of the price is kept."]


def test_nothing_is_written_and_queries_do_not_grow(room: Room) -> None:
    counts = []
    for more in (1, 6):
        for _ in range(more):
            room.request(room.make_shipped(2, 1), 1, 1)
        with CaptureQueriesContext(connection) as captured:
            tried(
                {
                    "window": [{"when": {"customer_groups": ["vip"]}, "days": 1}],
                    "serial": [{"days": 9, "returns": 9}],
                }
            )
        counts.append(len(captured.captured_queries))
        assert not [
            q["sql"] for q in captured.captured_queries if q["sql"].split()[0] not in ("SELECT", "WITH")
        ]
    assert counts[0] == counts[1]


def test_a_limit_stops_and_a_senseless_span_is_named(room: Room) -> None:
    for _ in range(3):
        room.request(room.make_shipped(1), 1)
    assert tried({}, limit=2)["requests"] == 2
    with pytest.raises(Invalid) as caught:
        simulate(Book.read({}), ALWAYS[1], ALWAYS[0])
    assert caught.value.field == "until"


# -- the command --------------------------------------------------------------------------------


@pytest.fixture
def rules(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "rules.json"
    path.write_text('{"approve": [{"automatic": true}], "fees": [{"percent": "10"}]}')
    yield path


def run(*arguments: Any) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("returns_simulate", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), err.getvalue()
    raise AssertionError("It always exits.")


def test_the_command_tells_in_words_and_json(room: Room, rules: Path) -> None:
    rma = room.request(room.make_shipped(1), 1)
    code, text, progress = run("--file", rules)
    assert code == 1
    assert "1 requests, 1 of them differ." in text
    assert f"{rma.number}: REVIEW -> APPROVED (fees)" in text
    assert "1 of 1 requests" in progress
    code, text, _ = run("--file", rules, "--format", "json", "--show", 0)
    told = json.loads(text)
    assert (code, told["after"]["fees"], told["changes"]) == (1, {"USD": "1.00"}, [])
    # The shop's own day may still be the one before that of UTC.
    earlier = (clock.now() - timedelta(days=2)).date()
    code, text, _ = run("--file", rules, "--until", earlier)
    assert (code, "0 requests" in text) == (0, True)


def test_the_command_draws_a_page_that_loads_nothing(room: Room, rules: Path) -> None:
    room.request(room.make_shipped(1, country="DE"), 1)
    OrderLedger.objects.update(number="<script>alert(1)</script>", country="DE")
    Return.objects.update(number="<script>alert(1)</script>-R1")
    code, page, _ = run("--file", rules, "--format", "html")
    assert code == 1
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not [
        word for word in ("http://", "https://", "src=") if word in page.replace("http://www.w3.org", "")
    ]
    pictures = [
        ElementTree.fromstring(part.split("</svg>")[0].join(("<svg", "</svg>")))
        for part in page.split("<svg")[1:]
    ]
    assert [picture.attrib["aria-label"] for picture in pictures] == [
        "Requests by outcome, before and after",
        "Refused requests by country, before and after",
        "Refused requests by reason, before and after",
    ]


def test_the_command_judges_a_version_that_is_kept(room: Room) -> None:
    save_rulebook(MANAGER, {"approve": [{"automatic": True}]})
    room.request(room.make_shipped(1), 1)
    assert run("--rulebook", 1)[0] == 1
    code, _, said = run("--rulebook", 2)
    assert (code, "no version 2" in said) == (2, True)


def test_the_command_names_what_is_wrong(room: Room, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    for text, said in (("{", ""), ('{"window": [{"days": -1}]}', "document.window.0.days")):
        bad.write_text(text)
        code, out, error = run("--file", bad)
        assert (code, out) == (2, "")
        assert said in error
        assert error.strip()
    assert run("--file", tmp_path / "none.json")[0] == 2
