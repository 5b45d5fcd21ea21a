"""Each switch of the local store does what it says, at run time too."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from shopify_bridge.sandbox.faults import FATES, Faults

from .conftest import TOKEN
from .test_sandbox_bulk import ASK, RUN, SET, codes, product, rows, settled, stage, titles  # noqa: F401

READ = "{ products { nodes { id } } }"


@pytest.fixture
def send(sandbox: Any) -> Any:
    def post(query: str, **variables: Any) -> requests.Response:
        return requests.post(
            f"{sandbox.url}/admin/api/2026-10/graphql.json",
            json={"query": query, "variables": variables, "operationName": None},
            headers={"X-Shopify-Access-Token": TOKEN},
            timeout=10,
        )

    return post


@pytest.mark.parametrize(
    ("name", "status", "done"),
    [
        ("throttled", 200, 0),
        ("error_before", 502, 0),
        ("error_after", 502, 1),
        ("payment", 402, 0),
        ("locked", 423, 0),
        ("too_many", 429, 0),
        ("security", 430, 0),
        ("html", 200, 1),
        ("truncated", 200, 1),
        ("internal", 200, 0),
        ("max_cost", 200, 0),
    ],
)
def test_a_request_fails_as_it_is_told_to(sandbox, send, name, status, done) -> None:
    sandbox.faults.set({name: 1})
    answer = send(SET, p=product("A"))
    assert answer.status_code == status and len(titles(sandbox)) == done
    if name in ("html", "truncated", "error_before", "error_after", "security"):
        with pytest.raises(ValueError):
            answer.json()
    elif status == 200:
        assert answer.json()["errors"][0]["extensions"]["code"] == {
            "throttled": "THROTTLED",
            "internal": "INTERNAL_SERVER_ERROR",
            "max_cost": "MAX_COST_EXCEEDED",
        }.get(name)
    if name == "too_many":
        assert float(answer.headers["Retry-After"]) == 1.0
    sandbox.faults.set({name: 0})
    assert send("{ shop { name } }").json()["data"]["shop"]["name"]


def test_an_answer_can_be_lost_after_the_work(sandbox, send) -> None:
    sandbox.faults.set({"lost": 1})
    with pytest.raises(requests.ConnectionError):
        send(SET, p=product("A"))
    assert titles(sandbox) == ["A"]


def test_faults_strike_as_often_as_they_are_told_to() -> None:
    faults = Faults(throttled=0.3, error=0.1, lost=0.1, seed=1)
    drawn = [faults.draw() for _ in range(4000)]
    assert set(drawn) == {"", "throttled", "error", "error-after", "lost"}
    assert abs(drawn.count("throttled") / 4000 - 0.3) < 0.03 and abs(drawn.count("lost") / 4000 - 0.1) < 0.02
    assert abs(drawn.count("error") - drawn.count("error-after")) < 100
    again = Faults(throttled=0.3, error=0.1, lost=0.1, seed=1)
    assert [again.draw() for _ in range(4000)] == drawn


def test_faults_are_switched_while_it_runs_and_only_as_they_are_called(sandbox) -> None:
    url = f"{sandbox.url}/sandbox/faults"
    on = requests.post(url, json={"throttled": 0.5, "bulk_shuffled": True}, timeout=5)
    assert on.status_code == 200 and on.json() == {"throttled": 0.5, "bulk_shuffled": True}
    assert sandbox.faults.throttled == 0.5 and sandbox.faults.bulk_shuffled is True
    for wrong in (
        {"nonsense": 1},
        {"lost": 2},
        {"lost": "x"},
        {"bulk_ends": "MAYBE"},
        {"throttled": 0, "lost": -1},
    ):
        assert requests.post(url, json=wrong, timeout=5).status_code == 400
    assert sandbox.faults.throttled == 0.5 and requests.get(url, timeout=5).json() == on.json()
    assert requests.delete(url, timeout=5).json() == {} and sandbox.faults.on() == {}
    assert set(FATES) <= set(vars(Faults()))


def test_switches_are_no_ones_from_another_origin(sandbox) -> None:
    """A web page that somebody has open must not reach the switches of a store on the same machine."""
    url = f"{sandbox.url}/sandbox/faults"
    answer = requests.post(url, json={"lost": 1}, headers={"Origin": "https://evil.example"}, timeout=5)
    assert answer.status_code == 403
    assert (
        requests.post(url, json={"lost": 1}, headers={"Host": "evil.example"}, timeout=5).status_code == 403
    )
    assert sandbox.faults.lost == 0


def test_only_one_operation_fails(sandbox, send) -> None:
    sandbox.faults.set({"throttled": 1, "only": "Other"})
    assert "data" in send(READ.replace("products", "products(first: 1)")).json()


def test_the_version_falls_forward_and_the_rate_changes(sandbox, send) -> None:
    sandbox.faults.set({"version": "2027-01", "restore_rate": 7})
    answer = send("{ shop { name } }")
    assert answer.headers["X-Shopify-API-Version"] == "2027-01"
    assert answer.json()["extensions"]["cost"]["throttleStatus"]["restoreRate"] == 7


def test_lines_are_missing_blank_and_out_of_order(sandbox, ask, stage, settled) -> None:  # noqa: F811
    sandbox.faults.set({"bulk_missing": 0.3, "bulk_blank": 0.3, "bulk_shuffled": True})
    sandbox.faults.seed = 4
    done = settled(ask(RUN, m=SET, p=stage(*({"p": product(f"P{n}")} for n in range(40)))))
    assert done["status"] == "COMPLETED" and done["objectCount"] == "40" and len(titles(sandbox)) == 40
    lines = requests.get(done["url"], timeout=5).text.split("\n")[:-1]
    import json

    numbers = [json.loads(line)["__lineNumber"] for line in lines if line]
    assert "" in lines and len(set(numbers)) == len(numbers) < 40 and numbers != sorted(numbers)


@pytest.mark.parametrize("status", ["EXPIRED", "FAILED", "CANCELED"])
def test_an_operation_ends_without_having_run(sandbox, ask, stage, settled, status) -> None:  # noqa: F811
    sandbox.faults.set({"bulk_ends": status})
    done = settled(ask(RUN, m=SET, p=stage({"p": product("A")})))
    assert (done["status"], done["url"], done["partialDataUrl"], titles(sandbox)) == (status, None, None, [])


@pytest.mark.parametrize("without", [False, True])
def test_an_operation_fails_half_way(sandbox, ask, stage, settled, without) -> None:  # noqa: F811
    sandbox.faults.set({"bulk_fails_after": 3, "bulk_no_partial": without})
    sandbox.store.bulk.speed.rate = 20
    done = settled(ask(RUN, m=SET, p=stage(*({"p": product(f"P{n}")} for n in range(40)))))
    assert (done["status"], done["url"]) == ("FAILED", None) and done["errorCode"]
    carried = titles(sandbox)
    assert 3 <= len(carried) < 40
    assert done["partialDataUrl"] is None if without else len(rows(done["partialDataUrl"])) == len(carried)


def test_bulk_is_not_enabled_or_busy(sandbox, ask, stage) -> None:  # noqa: F811
    path = stage({"p": product("A")})
    sandbox.faults.set({"bulk_disabled": "mutations"})
    answer = ask(RUN, m=SET, p=path)
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert answer["data"] == {"bulkOperationRunMutation": None}
    assert codes(ask(ASK, text=READ, grouped=False)) == []
    sandbox.faults.set({"bulk_disabled": "both"})
    assert ask(ASK, text=READ, grouped=False)["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    sandbox.faults.set({"bulk_disabled": "", "bulk_busy": True})
    assert codes(ask(RUN, m=SET, p=path)) == ["LIMIT_REACHED"] and titles(sandbox) == []


def test_addresses_of_answers_expire_and_cannot_be_made_up(sandbox, ask, settled) -> None:  # noqa: F811
    ask(SET, p=product("A"))
    url = settled(ask(ASK, text=READ, grouped=False))["url"]
    assert requests.get(url, timeout=5).status_code == 200
    assert requests.get(url + "0", timeout=5).status_code == 403
    assert requests.get(url.split("?")[0], timeout=5).status_code == 403
    sandbox.faults.set({"bulk_url_seconds": 0})
    late = settled(ask(ASK, text=READ, grouped=False))["url"]
    answer = requests.get(late, timeout=5)
    assert answer.status_code == 400 and "ExpiredToken" in answer.text


def test_files_fail(sandbox, ask) -> None:
    import time

    sandbox.faults.set({"media": 1})
    ask(SET, p=product("A"))
    query = "{ products(first: 1) { nodes { media(first: 1) { nodes { status mediaErrors { code } } } } } }"
    for _ in range(50):
        (node,) = ask(query)["data"]["products"]["nodes"][0]["media"]["nodes"]
        if node["status"] == "FAILED":
            break
        time.sleep(0.1)
    assert node == {"status": "FAILED", "mediaErrors": [{"code": "IMAGE_DOWNLOAD_FAILURE"}]}


def test_files_that_wait_are_found_by_an_index(sandbox) -> None:
    """Looked for five times a second, among all files there ever were."""
    from shopify_bridge.sandbox.media import _WAITING

    plan = sandbox.store.state.rows(f"EXPLAIN QUERY PLAN {_WAITING}", 1)
    assert len(plan) == 1 and "USING INDEX media_waiting" in plan[0][3]


def test_a_location_is_deactivated(sandbox, ask) -> None:
    sandbox.faults.set({"deactivate": "Europe"})
    names = [
        n["name"] for n in ask("{ locations(first: 9) { nodes { name } } }")["data"]["locations"]["nodes"]
    ]
    assert "Europe" not in names and "Main warehouse" in names


def test_a_repeated_key_is_answered_stale(sandbox, ask) -> None:
    from .test_sandbox import SET as MAKE
    from .test_sandbox import code, set_stock, shirt

    place = ask("{ locations(first: 1) { nodes { id } } }")["data"]["locations"]["nodes"][0]["id"]
    variants = shirt()["variants"]
    variants[0]["inventoryQuantities"] = [{"locationId": place, "name": "available", "quantity": 4}]
    made = ask(MAKE, p=shirt(variants=variants))["data"]["productSet"]["product"]
    level = {"inventoryItemId": made["variants"]["nodes"][0]["inventoryItem"]["id"], "locationId": place}
    given = level | {"quantity": 9, "changeFromQuantity": 4}
    assert code(set_stock(ask, "k1", given)) == []
    assert code(set_stock(ask, "k1", given)) == []
    sandbox.faults.set({"stale": 1})
    assert code(set_stock(ask, "k1", given)) == ["CHANGE_FROM_QUANTITY_STALE"]


def test_the_command_line_turns_every_switch_and_names_a_wrong_one() -> None:
    from argparse import ArgumentParser

    from saleor_plugins.kernel.errors import Invalid
    from shopify_bridge.commands.sandbox import _faults
    from shopify_bridge.commands.sandbox_options import sandbox_options

    parser = ArgumentParser()
    sandbox_options(parser)
    given = parser.parse_args(["--fault", "lost=0.25", "--fault", "bulk_shuffled=on", "--seed", "3"])
    faults = _faults(given.fault, given.seed)
    assert faults.on() == {"lost": 0.25, "bulk_shuffled": True} and faults.seed == 3
    for wrong in ("nonsense=1", "lost=2", "lost", "bulk_ends=NEVER"):
        with pytest.raises(Invalid) as caught:
            _faults([wrong], None)
        assert caught.value.field == "--fault"


def test_every_switch_is_in_the_guide() -> None:
    from pathlib import Path

    guide = (Path(__file__).parents[3] / "docs" / "shopify-bridge.md").read_text()
    left = set(vars(Faults())) - {"seed", "counts", "_random", "_lock"}
    assert [name for name in sorted(left) if f"`{name}" not in guide] == []
