"""What-if runs over the real orders of a Saleor: what comes out, who may ask, what is written, who dies."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins import jobs
from saleor_plugins.delivery.relay import drain
from saleor_plugins.fulfillment.models import Backtest, RateCard
from saleor_plugins.fulfillment.usecases import backtest as use
from saleor_plugins.kernel.ids import own_key, to_global
from tests.integration.fulfillment.backtests import NOW, Shop

RATES_REPLACE = """mutation($card: String!, $currency: String!, $rates: [RateInput!]!, $activate: Boolean) {
  ratesReplace(card: $card, currency: $currency, rates: $rates, activate: $activate) { errors { field message } } }"""

RUN = """mutation($days: Int!, $card: String, $policy: BacktestPolicyInput, $profiles: [BacktestProfileInput!],
    $stock: BacktestStock, $channel: String) {
  backtestRun(days: $days, card: $card, policy: $policy, profiles: $profiles, stock: $stock, channel: $channel) {
    backtest { id state days card done total } errors { field code message } } }"""
READ = """query($id: ID!) { backtest(id: $id) { id state done total error finished result {
    orders changedOrders fullerOrders emptierOrders notes since until html
    alike { orders today { amount } proposed { amount currency } }
    dearer { orderId number difference { amount } } cheaper { orderId }
    scenarios { name card cost { amount currency } costPerUnit { amount } units unfilledUnits parcels
      splitShare kmPerParcel daysMean daysP90 days { days orders } lateShare
      warehouses { id name units share cost { amount } } countries { id orders } } } } }"""
CANCEL = "mutation($id: ID!) { backtestCancel(id: $id) { backtest { state error } errors { field code } } }"


def counts():
    """How many rows every table has, but for the run's own and those of its message."""
    own = (
        "ops_fulfillment_backtest",
        "ops_delivery_event",
        "ops_delivery_delivery",
        "django_",
        "ops_idempotency",
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        found = {}
        for (table,) in cursor.fetchall():
            if not table.startswith(own):
                columns = "string_agg(t::text, '|' ORDER BY t::text)"
                cursor.execute(f"SELECT count(*), md5(coalesce({columns}, '')) FROM \"{table}\" t")
                found[table] = cursor.fetchone()
    return found


@pytest.fixture(autouse=True)
def at_noon():
    """Tokens are made at the same time: a token from the future is none."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def shop(router):
    return Shop(router)


def run(router, staff, days=30, **asked):
    """Ask over the API, work, and read it back."""
    answer = router.ask(RUN, staff, days=days, **asked)["data"]["backtestRun"]
    assert not answer["errors"], answer
    assert answer["backtest"]["state"] == "QUEUED"
    drain()
    return router.ask(READ, staff, id=answer["backtest"]["id"])["data"]["backtest"]


def scenarios(found):
    return {row["name"]: row for row in found["result"]["scenarios"]}


def asked(**more):
    return use.ask_backtest(more.pop("days", 30), queue=False, **more)


class TestResult:
    """What comes out, on real orders."""

    def test_side_by_side(self, router, staff, shop):
        found = run(router, staff, profiles=shop.close(shop.near))
        assert (found["state"], found["done"], found["total"], found["error"]) == ("DONE", 6, 6, None)
        result, by = found["result"], scenarios(found)
        assert result["orders"] == 6
        # Built-in rates: 5 + 1 per kilogram at home, 15 + 3 from abroad; 2 kg each.
        assert by["today"]["cost"] == {"amount": "84.00", "currency": "USD"}
        assert (by["today"]["units"], by["today"]["unfilledUnits"]) == (12, 0)
        assert by["proposed"]["cost"]["amount"] == "63.00"
        assert (by["proposed"]["units"], by["proposed"]["unfilledUnits"]) == (6, 6)
        assert by["saleor"]["units"] == 12
        assert [(row["id"], row["name"], row["units"]) for row in by["proposed"]["warehouses"]] == [
            (shop.far.id, "Far", 6)
        ]
        assert (result["changedOrders"], result["emptierOrders"], result["fullerOrders"]) == (6, 3, 0)
        assert result["alike"] == {
            "orders": 3,
            "today": {"amount": "21.00"},
            "proposed": {"amount": "63.00", "currency": "USD"},
        }
        assert [row["difference"]["amount"] for row in result["dearer"]] == ["14.00"] * 3
        assert {row["orderId"] for row in result["dearer"]} == {row.id for row in shop.orders[:3]}
        assert any("built-in rates" in note for note in result["notes"])
        assert any("do not ship the same number" in note for note in result["notes"])
        assert "Near" in result["html"]

    @pytest.mark.parametrize(("stock", "units"), [("REPLAYED", 12), ("NOW", 0), ("UNLIMITED", 12)])
    def test_what_the_shelves_begin_with(self, router, staff, shop, stock, units):
        by = scenarios(run(router, staff, stock=stock))
        assert {row["units"] for row in by.values()} == {units}
        near = [row["units"] for row in by["today"]["warehouses"] if row["id"] == shop.near.id]
        assert near == {"REPLAYED": [6], "NOW": [], "UNLIMITED": [12]}[stock]

    def test_the_window(self, router, staff, shop):
        found = run(router, staff, days=5)
        assert found["result"]["orders"] == 3
        assert (found["result"]["since"], found["result"]["until"]) == ("2026-06-10", "2026-06-15")
        # Only what these took is back on the shelves.
        assert scenarios(found)["today"]["units"] == 6

    def test_another_card_and_policy(self, router, staff, shop):
        for name, base in (("Old", "4.00"), ("New", "3.00")):
            rates = [{"origin": "DE", "base": base, "transitDays": 1}, {"base": "9.00", "transitDays": 4}]
            values = {"card": name, "currency": "USD", "rates": rates, "activate": name == "Old"}
            assert not router.ask(RATES_REPLACE, staff, **values)["data"]["ratesReplace"]["errors"]
        policy = {"objective": "DAYS", "mostParcels": 1, "promiseDays": 3, "latePerDay": "2.50"}
        found = run(router, staff, card="New", policy=policy, stock="UNLIMITED")
        by = scenarios(found)
        assert (by["today"]["card"], by["proposed"]["card"], by["saleor"]["card"]) == ("Old", "New", "Old")
        assert (by["today"]["cost"]["amount"], by["proposed"]["cost"]["amount"]) == ("24.00", "18.00")
        assert (by["today"]["lateShare"], by["proposed"]["lateShare"]) == (None, 0.0)
        assert found["result"]["changedOrders"] == 0
        row = Backtest.objects.get()
        assert row.settings["policy"] == {
            "objective": "DAYS", "most_parcels": 1, "promise_days": 3, "late_per_day": 250,
        }  # fmt: skip
        assert ["Parcels at most", "1"] in row.result["proposal"]
        assert ["A day late counts", "2.50 USD"] in row.result["proposal"]

    def test_nothing_is_written_but_its_row(self, router, staff, shop):
        drain()  # what the orders themselves set off
        before = counts()
        found = run(router, staff, profiles=shop.close(shop.near), policy={"objective": "DISTANCE"})
        assert found["state"] == "DONE"
        assert counts() == before
        assert Backtest.objects.count() == 1

    def test_the_same_run_twice_says_the_same(self, router, staff, shop):
        first, second = (run(router, staff, profiles=shop.close(shop.far))["result"] for _ in range(2))
        assert first == second

    def test_queries_do_not_grow_with_the_orders(self, router, shop):
        def queries():
            row = asked()
            with CaptureQueriesContext(
                connection,
            ) as seen:
                use.run_backtest(row.pk)
            return len(seen)

        few = queries()
        shop.w.set_stock(shop.variant, shop.near, 100)
        for days in range(20):
            shop.order(1, days + 1)
        assert queries() == few
        assert {row.result["orders"] for row in Backtest.objects.all()} == {6, 26}

    def test_no_orders(self, router, staff):
        found = run(router, staff)
        assert (found["state"], found["result"]["orders"]) == ("DONE", 0)


class TestRefusals:
    """Bad input names its field and makes no run."""

    @pytest.mark.parametrize(
        ("values", "field", "code"),
        [
            ({"days": 0}, "days", "INVALID"),
            ({"days": 366}, "days", "INVALID"),
            ({"card": "Nobody's"}, "card", "NOT_FOUND"),
            ({"channel": "nowhere"}, "channel", "NOT_FOUND"),
            ({"policy": {"mostParcels": 0}}, "policy.mostParcels", "INVALID"),
            ({"policy": {"promiseDays": -1}}, "policy.promiseDays", "INVALID"),
            ({"policy": {"latePerDay": "-1"}}, "policy.latePerDay", "INVALID"),
            ({"policy": {"per100Km": "NaN"}}, "policy.per100Km", "INVALID"),
            ({"policy": {"perParcel": "0.001"}}, "policy.perParcel", "INVALID"),
            ({"profiles": [{"warehouseId": "nothing"}]}, "profiles.0.warehouseId", "NOT_FOUND"),
        ],
    )
    def test_a_bad_field(self, router, staff, shop, values, field, code):
        answer = router.ask(RUN, staff, **{"days": 30, **values})["data"]["backtestRun"]
        assert [(row["field"], row["code"]) for row in answer["errors"]] == [(field, code)]
        assert answer["backtest"] is None
        assert not Backtest.objects.exists()

    def test_everything_that_is_wrong_is_named(self, router, staff, shop):
        profiles = [{"warehouseId": shop.near.id, "dailyParcels": -1}, {"warehouseId": shop.near.id}]
        answer = router.ask(RUN, staff, days=0, card="No", policy={"mostParcels": 0}, profiles=profiles)
        assert [row["field"] for row in answer["data"]["backtestRun"]["errors"]] == [
            "days", "card", "policy.mostParcels", "profiles.0.dailyParcels", "profiles.1.warehouseId",
        ]  # fmt: skip

    def test_a_card_in_another_currency(self, router, staff, shop):
        for card, currency in (("Dollars", "USD"), ("Euros", "EUR")):
            values = {"currency": currency, "rates": [{"base": "1"}], "activate": card == "Dollars"}
            router.ask(RATES_REPLACE, staff, card=card, **values)
        answer = router.ask(RUN, staff, days=30, card="Euros")["data"]["backtestRun"]
        assert [row["field"] for row in answer["errors"]] == ["card"]
        assert "cannot be compared" in answer["errors"][0]["message"]

    def test_too_many_orders(self, router, staff, shop, monkeypatch):
        monkeypatch.setattr(use, "MOST_ORDERS", 5)
        answer = router.ask(RUN, staff, days=30)["data"]["backtestRun"]
        assert [row["field"] for row in answer["errors"]] == ["days"]
        assert not router.ask(RUN, staff, days=5)["data"]["backtestRun"]["errors"]

    def test_a_sixth_run_waits(self, router, staff, shop):
        for _ in range(jobs.MOST_OPEN):
            assert not router.ask(RUN, staff, days=30)["data"]["backtestRun"]["errors"]
        answer = router.ask(RUN, staff, days=30)["data"]["backtestRun"]
        assert [row["code"] for row in answer["errors"]] == ["CONFLICT"]
        drain()
        assert not router.ask(RUN, staff, days=30)["data"]["backtestRun"]["errors"]

    def test_a_stranger_learns_nothing(self, router, shop):
        row = asked()
        token = router.token("MANAGE_ORDERS", "MANAGE_PRODUCTS")
        answer = router.ask(READ, token, id=to_global("Backtest", row.pk))
        assert answer["data"]["backtest"] is None
        assert "PERMISSION_DENIED" in json.dumps(answer["errors"])

    def test_one_that_is_none_of_ours(self, router, staff):
        assert router.ask(READ, staff, id=to_global("Backtest", Backtest().pk))["data"]["backtest"] is None


class TestLife:
    """Runs that are cancelled, taken over or die end, and end once."""

    def test_cancelled_while_it_runs(self, router, staff, shop):
        row = asked()

        def cancel(done, total):
            if done == 0:
                answer = router.ask(CANCEL, staff, id=to_global("Backtest", row.pk))
                assert answer["data"]["backtestCancel"]["backtest"]["state"] == "FAILED"

        found = use.run_backtest(row.pk, cancel)
        assert (found.state, found.error, found.result, found.run) == ("FAILED", "Cancelled.", None, None)
        answer = router.ask(CANCEL, staff, id=to_global("Backtest", row.pk))["data"]["backtestCancel"]
        assert answer["errors"] == [{"field": "id", "code": "CONFLICT"}]

    def test_one_that_was_cancelled_is_not_begun(self, router, staff, shop):
        answer = router.ask(RUN, staff, days=30)["data"]["backtestRun"]
        router.ask(CANCEL, staff, id=answer["backtest"]["id"])
        drain()
        row = Backtest.objects.get()
        assert (row.state, row.attempts) == ("FAILED", 0)

    def test_a_dead_workers_run_is_done_by_another(self, router, staff, shop):
        router.ask(RUN, staff, days=30)
        row = Backtest.objects.get()
        dead = use.backtests.claim(row.pk, NOW)
        assert use.backtests.note(row.pk, dead, 3, 6)
        drain()
        assert Backtest.objects.get().state == "RUNNING", "the first worker may still be at it"
        with time_machine.travel(NOW + jobs.UNHEARD + timedelta(seconds=1), tick=False):
            assert use.backtests.recover() == 1
            assert use.backtests.recover() == 1, "two sweepers make one message"
            drain()
            found = Backtest.objects.get()
            assert (found.state, found.attempts, found.done, found.run) == ("DONE", 2, 6, None)
            # The first worker wakes up: it may neither report nor end what is not its own.
            assert not use.backtests.note(row.pk, dead, 4, 6)
            assert not use.backtests.finish(row.pk, dead, {"orders": 0})
            assert not use.backtests.fail(row.pk, "late", run=dead)
            assert Backtest.objects.get().result["orders"] == 6
            assert use.backtests.recover() == 0

    def test_one_that_kills_its_workers_ends(self, router, staff, shop):
        router.ask(RUN, staff, days=30)
        row = Backtest.objects.get()
        for attempt in range(1, jobs.MOST_ATTEMPTS + 1):
            at = NOW + attempt * 2 * jobs.UNHEARD
            with time_machine.travel(at, tick=False):
                assert use.backtests.claim(row.pk, at - jobs.UNHEARD)
        with time_machine.travel(at + 2 * jobs.UNHEARD, tick=False):
            use.backtests.recover()
        found = Backtest.objects.get()
        assert (found.state, found.error) == ("FAILED", "Its worker died 3 times.")

    def test_two_workers_cannot_both_begin(self, router, shop):
        row = asked()
        assert use.backtests.claim(row.pk, NOW - jobs.UNHEARD)
        assert use.backtests.claim(row.pk, NOW - jobs.UNHEARD) is None
        assert use.run_backtest(row.pk) is None

    def test_an_error_of_its_own_ends_it_and_is_raised(self, router, shop, monkeypatch):
        row = asked()

        def broken(*args):
            raise RuntimeError("secret of the database")

        monkeypatch.setattr(use, "replay", broken)
        with pytest.raises(RuntimeError):
            use.run_backtest(row.pk)
        found = Backtest.objects.get()
        assert found.state == "FAILED"
        assert "RuntimeError" in found.error
        assert "secret" not in found.error

    def test_a_card_that_is_deleted_before_it_runs(self, router, staff, shop):
        values = {"currency": "USD", "rates": [{"base": "1"}], "activate": False}
        for card in ("Standing", "Short-lived"):
            router.ask(RATES_REPLACE, staff, card=card, **values)
        row = asked(card="Short-lived")
        RateCard.objects.filter(name="Short-lived").delete()
        assert use.run_backtest(row.pk).error == "The rate card is gone."

    def test_switched_off_meanwhile(self, router, staff, shop):
        router.ask(RUN, staff, days=30)
        router.switch(False)
        drain()
        assert Backtest.objects.get().error == "Order routing was switched off."


class TestCommand:
    """`route_backtest`"""

    def call(self, *args):
        out, err = io.StringIO(), io.StringIO()
        code = 0
        try:
            call_command("route_backtest", *args, "--no-color", stdout=out, stderr=err)
        except SystemExit as end:
            code = end.code
        return code, out.getvalue(), err.getvalue()

    def test_a_table_and_files(self, router, shop, tmp_path):
        files = {kind: tmp_path / f"report.{kind}" for kind in ("html", "csv", "json")}
        options = [part for kind, path in files.items() for part in (f"--{kind}", str(path))]
        before = counts()
        code, out, err = self.call("--days", "30", "--close", "Near", "--set", "Far:dailyParcels=1", *options)
        assert (code, err) == (0, "")
        line = next(line for line in out.splitlines() if line.startswith("Cost, USD"))
        assert line.split()[2:] == ["84.00", "63.00", "-25.0", "%", "84.00", "±0", "%"]
        assert "Proposed: Near: ships orders: no" in out
        assert "<svg" in files["html"].read_text()
        assert "all,,cost,84.00,63.00," in files["csv"].read_text()
        assert json.loads(files["json"].read_text())["orders"] == 6
        assert counts() == before

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (["--days", "0"], "--days: "),
            (["--card", "Nobody's"], "--card: No such rate card."),
            (["--most-parcels", "0"], "--most-parcels: "),
            (["--per-100-km", "x"], "--per-100-km: "),
            (["--close", "Atlantis"], 'no warehouse called "Atlantis"'),
            (["--set", "Near:colour=1"], "colour: There is no such field."),
            (["--set", "Near:shipsOrders=maybe"], "shipsOrders: Must be yes or no."),
            (["--set", "Near:dailyParcels"], "must be FIELD=VALUE"),
        ],
    )
    def test_a_bad_option(self, router, shop, options, said):
        code, _, err = self.call(*options)
        assert code == 1
        assert said in err
        assert not Backtest.objects.exists()

    def test_interrupted(self, router, shop, monkeypatch):
        def interrupt(*args):
            raise KeyboardInterrupt

        monkeypatch.setattr(use, "replay", interrupt)
        code, _, _ = self.call()
        assert code == 130
        assert Backtest.objects.get().error == "Interrupted."

    def test_a_file_that_cannot_be_written(self, router, shop, tmp_path):
        code, _, err = self.call("--csv", str(tmp_path / "no" / "report.csv"))
        assert code == 1
        assert "No such file" in err


def test_the_docs_have_the_table_of_states():
    assert jobs.MACHINE.table() in (Path(__file__).parents[3] / "docs" / "routing.md").read_text()


def test_a_backtest_id_is_a_relay_id(router, staff, shop):
    answer = router.ask(RUN, staff, days=1)["data"]["backtestRun"]
    assert own_key(answer["backtest"]["id"], "Backtest") == Backtest.objects.get().pk
