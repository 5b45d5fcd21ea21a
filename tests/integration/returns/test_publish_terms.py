"""What products show: published once, resumed where it was cut, kept right, removed when switched off."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid, NotFound
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform import shop
from saleor_plugins.returns.domain.shown import KEYS
from saleor_plugins.returns.models import TermsRun
from saleor_plugins.returns.tasks import terms as tasks_terms
from saleor_plugins.returns.usecases import publish_terms
from saleor_plugins.returns.usecases.activate_rulebook import activate_rulebook
from saleor_plugins.returns.usecases.product_terms import product_terms
from saleor_plugins.returns.usecases.publish_terms import look_after_terms, publish_page
from saleor_plugins.returns.usecases.save_rulebook import save_rulebook

from .rooms import MANAGER, Room, events


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish_terms, "PAGE", 3)


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements that write products."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [
        row["sql"] for row in captured.captured_queries if row["sql"].startswith('UPDATE "product_product"')
    ]


def use(document: Any) -> None:
    activate_rulebook(MANAGER, save_rulebook(MANAGER, document).pk)


def shown() -> dict[str, dict[str, str]]:
    """Our metadata of every product."""
    return {
        row.id: {key: value for key, value in row.metadata.items() if key in KEYS}
        for row in shop().products()
    }


def products(room: Room, count: int, **options: Any) -> list[str]:
    return [room.data.make_variant(**options).product_id for _ in range(count)]


def test_an_activated_rulebook_is_shown_on_every_product_once(room: Room) -> None:
    category = room.data.make_category()
    below = room.data.make_category(parent=category)
    mine = products(room, 4, category=below, product_metadata={"other": "kept"})
    others = products(room, 4)
    use(
        {
            "window": [{"when": {"categories": [category]}, "days": 7}, {"days": 60}],
            "final_sale": [{"when": {"countries": ["US"]}, "final": True}],
        }
    )
    with writes() as written:
        drain()
    assert len(written) == 8
    told = shown()
    assert {told[key]["return_window_days"] for key in mine} == {"7"}
    assert {told[key]["return_window_days"] for key in others} == {"60"}
    assert json.loads(told[mine[0]]["return_terms"])["differs"] == [{"country": "US", "final_sale": True}]
    assert shop().products_of(mine[:1])[0].metadata["other"] == "kept"
    run = TermsRun.objects.get()
    assert (run.total, run.done, run.changed, run.open) == (8, 8, 8, False)
    assert run.finished
    with writes() as written:
        tasks_terms.find_unpublished()
        drain()
    assert written == []


def test_nothing_is_published_before_anybody_asks(room: Room) -> None:
    room.data.configure_plugin("saleor_plugins.returns", active=False)
    products(room, 1)
    tasks_terms.find_unpublished()
    assert not TermsRun.objects.exists()


def test_changed_settings_are_published(room: Room) -> None:
    (key,) = products(room, 1)
    room.configure(return_window_days="20")
    tasks_terms.find_unpublished()
    drain()
    assert shown()[key]["return_window_days"] == "20"
    room.configure(return_window_days="25", restock_into="ORIGIN")
    tasks_terms.find_unpublished()
    drain()
    assert shown()[key]["return_window_days"] == "25"
    runs = TermsRun.objects.count()
    tasks_terms.find_unpublished()
    drain()
    # What was written is looked at once more, and found right.
    tasks_terms.find_unpublished()
    drain()
    assert TermsRun.objects.filter(since=None).count() == runs


def test_new_and_moved_products_are_found_without_a_walk_over_all(room: Room) -> None:
    sale = room.data.make_category()
    keys = products(room, 7)
    use({"window": [{"when": {"categories": [sale]}, "days": 3}]})
    drain()
    with time_passes(minutes=5):
        tasks_terms.find_unpublished()
        drain()
    with time_passes(minutes=10):
        room.data.move_product(keys[2], sale)
        (new,) = products(room, 1)
        with writes() as written:
            tasks_terms.find_unpublished()
            drain()
        assert len(written) == 2
        told = shown()
        assert (told[keys[2]]["return_window_days"], told[new]["return_window_days"]) == ("3", "30")
        last = TermsRun.objects.order_by("-pk").first()
        assert last and last.since and last.done == 2


def test_what_moved_without_a_date_is_found_within_a_day(room: Room) -> None:
    sale, (key,) = room.data.make_category(), products(room, 1)
    use({"window": [{"when": {"categories": [sale]}, "days": 3}]})
    drain()
    with time_passes(hours=2):
        tasks_terms.find_unpublished()
        drain()
    rows = room.data.model("product.Product").objects
    from saleor_plugins.kernel.ids import from_global

    rows.update(category_id=from_global(sale, "Category"))
    with time_passes(hours=3):
        tasks_terms.find_unpublished()
        drain()
        assert shown()[key]["return_window_days"] == "30"
    with time_passes(hours=25):
        tasks_terms.find_unpublished()
        drain()
        assert shown()[key]["return_window_days"] == "3"


def test_a_killed_worker_leaves_no_trace_and_the_next_goes_on(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    products(room, 8)
    run = look_after_terms()
    assert run
    publish_page(run.pk, "")
    run.refresh_from_db()
    assert (run.done, run.changed) == (3, 3)
    write = type(shop()).set_product_metadata
    calls = []

    def killed(self: Any, *arguments: Any) -> bool:
        calls.append(arguments)
        if len(calls) == 2:
            raise SystemExit
        return write(self, *arguments)

    monkeypatch.setattr(type(shop()), "set_product_metadata", killed)
    from django.db import transaction

    with pytest.raises(SystemExit), transaction.atomic():
        publish_page(run.pk, run.after)
    monkeypatch.undo()
    monkeypatch.setattr(publish_terms, "PAGE", 3)
    assert sum(bool(values) for values in shown().values()) == 3
    with writes() as written:
        drain()
    assert len(written) == 5
    run.refresh_from_db()
    assert (run.done, run.changed, run.open) == (8, 8, False)


def test_a_page_that_is_delivered_twice_is_done_once(room: Room) -> None:
    products(room, 4)
    run = look_after_terms()
    assert run
    publish_page(run.pk, "")
    publish_page(run.pk, "")
    run.refresh_from_db()
    assert run.done == 3
    drain()
    publish_page(run.pk, run.after)
    run.refresh_from_db()
    assert (run.done, run.open) == (4, False)


def test_waking_twice_makes_one_run(room: Room) -> None:
    products(room, 1)
    first, second = look_after_terms(), look_after_terms()
    assert first == second
    assert len(events(publish_terms.PAGE_DUE)) == 1


def test_a_run_that_stands_still_is_woken(room: Room) -> None:
    products(room, 1)
    look_after_terms()
    with time_passes(minutes=6):
        look_after_terms()
        look_after_terms()
    assert len(events(publish_terms.PAGE_DUE)) == 2


def test_rules_that_change_on_the_way_begin_anew(room: Room) -> None:
    products(room, 5)
    use({"window": [{"days": 5}]})
    run = look_after_terms()
    assert run
    publish_page(run.pk, "")
    use({"window": [{"days": 6}]})
    publish_page(run.pk, TermsRun.objects.get(pk=run.pk).after)
    drain()
    assert {values["return_window_days"] for values in shown().values()} == {"6"}
    runs = list(TermsRun.objects.order_by("pk"))
    assert [(row.open, row.finished is not None) for row in runs] == [(False, False), (False, True)]


@pytest.mark.parametrize("how", ["setting", "plugin"])
def test_switched_off_the_keys_are_removed_and_others_stay(room: Room, how: str) -> None:
    keys = products(room, 4, product_metadata={"mine": "x"})
    use({})
    drain()
    assert all(set(values) == set(KEYS) for values in shown().values())
    if how == "setting":
        room.configure(publish_terms=False)
    else:
        room.data.configure_plugin("saleor_plugins.returns", active=False)
    tasks_terms.find_unpublished()
    drain()
    assert all(values == {} for values in shown().values())
    assert dict(shop().products_of(keys)[0].metadata) == {"mine": "x"}
    count = TermsRun.objects.count()
    with time_passes(hours=30):
        tasks_terms.find_unpublished()
    assert TermsRun.objects.count() == count
    room.configure(publish_terms=True)
    tasks_terms.find_unpublished()
    drain()
    assert all(set(values) == set(KEYS) for values in shown().values())


def test_what_somebody_else_wrote_into_our_keys_is_put_right(room: Room) -> None:
    (key,) = products(room, 1)
    use({})
    drain()
    shop().set_product_metadata(key, {"return_window_days": "9999"})
    tasks_terms.find_unpublished()
    drain()
    assert shown()[key]["return_window_days"] == "30"


def test_reading_a_page_is_as_many_queries_for_many_products(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish_terms, "PAGE", 50)
    use({"window": [{"when": {"categories": [room.data.make_category()]}, "days": 3}]})
    counts = []
    for more in (1, 9):
        products(room, more, category=room.data.make_category())
        drain()
        use({"window": [{"days": more}]})
        drain()
        # All is right already: what is left are reads.
        TermsRun.objects.all().delete()
        run = look_after_terms()
        assert run
        with CaptureQueriesContext(connection) as captured:
            publish_page(run.pk, "")
        counts.append(len(captured.captured_queries))
    assert counts[0] == counts[1]


def test_anybody_may_ask_for_a_products_terms(room: Room) -> None:
    (key,) = products(room, 1)
    use({"window": [{"when": {"countries": ["DE"]}, "days": 3}], "postage": [{"payer": "CUSTOMER"}]})
    german = product_terms(key, "de")
    assert (german.window_days, german.law, german.withdrawal_days, german.payer) == (3, "EU", 14, "CUSTOMER")
    assert product_terms(key).window_days == 30
    for field, arguments in (
        ("productId", (to_global("Product", 2_000_000_000),)),
        ("country", (key, "Germany")),
    ):
        with pytest.raises((Invalid, NotFound)) as caught:
            product_terms(*arguments)
        assert caught.value.field == field


@contextmanager
def time_passes(**delta: int) -> Iterator[None]:
    import time_machine

    with time_machine.travel(clock.now() + timedelta(**delta)):
        yield


def test_old_walks_over_changes_are_forgotten(room: Room) -> None:
    products(room, 1)
    use({})
    drain()
    for minutes in (5, 10, 15):
        with time_passes(minutes=minutes):
            products(room, 1)
            tasks_terms.find_unpublished()
            drain()
    assert TermsRun.objects.filter(since__isnull=False).count() == 3
    with time_passes(hours=26):
        tasks_terms.find_unpublished()
    assert TermsRun.objects.filter(since__isnull=False).count() == 0
    assert isinstance(TermsRun.objects.latest("pk").pk, UUID)


def test_workers_that_have_the_same_page_write_it_once(committed_room: Room) -> None:
    products(committed_room, 5)
    run = look_after_terms()
    assert run
    gate, failures = threading.Barrier(4), []

    def work() -> None:
        try:
            gate.wait()
            look_after_terms()
            publish_page(run.pk, "")
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    run = TermsRun.objects.get()
    assert (run.done, run.changed) == (3, 3)
    drain()
    run.refresh_from_db()
    assert (run.done, run.changed, run.open) == (5, 5, False)
