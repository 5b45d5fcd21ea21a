"""Many changes as one bulk operation: what is lost, out of order, refused or killed on the way harms nothing."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

COUNT = 60


@pytest.fixture
def asked(sandbox: Any) -> Counter[str]:
    """How often the store was asked for each document."""
    counts: Counter[str] = Counter()
    execute = sandbox.store.execute

    def counted(body: Any) -> Any:
        counts[body.get("operationName") or ""] += 1
        return execute(body)

    sandbox.store.execute = counted
    return counts


@pytest.fixture
def work(store: Any) -> Callable[[], None]:
    """Do all that is open, without waiting for what is to be done later."""

    def run() -> None:
        import time

        from saleor_plugins.delivery.models import Delivery
        from saleor_plugins.delivery.relay import drain
        from saleor_plugins.kernel import clock
        from shopify_bridge.models import OPEN, Change

        for _ in range(80):
            Delivery.objects.filter(state="PENDING").update(due_at=clock.now())
            drain(strict=False)
            if not Change.objects.filter(state__in=OPEN).exists():
                return
            time.sleep(0.05)
        raise AssertionError(
            list(Change.objects.filter(state__in=OPEN).values("verb", "state", "reason")[:5])
        )

    return run


@pytest.fixture
def begin(store: Any, planned: Callable[[], list[Any]]) -> Callable[[], Any]:
    """Plan and record."""
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.sides import Sides

    def start() -> Any:
        prepare(Sides(store))
        return record(store, planned())

    return start


def fill(saleor: Any, count: int = COUNT) -> None:
    for number in range(1, count + 1):
        saleor.product(number, f"Product {number}")


def assert_mirrored(saleor: Any, sandbox: Any, planned: Callable[[], list[Any]]) -> None:
    from shopify_bridge.models import Change

    state = sandbox.store.state
    titles = sorted(doc["title"] for _, doc in state.page("Product", 0, 1000))
    assert titles == sorted(product["title"] for product in saleor.products)
    assert state.count("ProductVariant") == len(titles)
    assert list(Change.objects.filter(state="PARKED").values_list("label", "reason")) == []
    assert planned() == []


@pytest.fixture(autouse=True)
def no_grace(settings: Any) -> None:
    settings.BRIDGE_GRACE_SECONDS = 0


only_v2 = pytest.mark.parametrize("saleor", ["v2"], indirect=True)


@only_v2
def test_many_products_are_one_operation(saleor, sandbox, asked, begin, work, planned) -> None:
    from shopify_bridge.models import Bulk

    fill(saleor)
    begin()
    work()
    assert asked["BridgeRunBulkMutation"] == 1 and asked["BridgeSetProduct"] == 0
    assert list(Bulk.objects.values_list("document", "state", "lines")) == [
        ("BridgeSetProduct", "SETTLED", COUNT)
    ]
    assert_mirrored(saleor, sandbox, planned)
    for product in saleor.products:
        product["title"] += "!"
    begin()
    work()
    assert asked["BridgeRunBulkMutation"] == 2 and asked["BridgeSetProduct"] == 0
    assert asked["BridgeUpdatedAt"] == 1
    assert_mirrored(saleor, sandbox, planned)


@only_v2
def test_few_products_go_one_by_one(saleor, sandbox, asked, begin, work, planned) -> None:
    fill(saleor, 49)
    begin()
    work()
    assert asked["BridgeRunBulkMutation"] == 0 and asked["BridgeSetProduct"] == 49
    assert_mirrored(saleor, sandbox, planned)


@only_v2
@pytest.mark.parametrize(
    ("faults", "written"),
    [
        ({"bulk_shuffled": True}, [0]),
        ({"bulk_blank": 0.4}, [0]),
        ({"bulk_missing": 0.3}, [0]),
        ({"bulk_ends": "EXPIRED"}, [COUNT]),
        ({"bulk_ends": "FAILED"}, [COUNT]),
        ({"bulk_ends": "CANCELED"}, [COUNT]),
        ({"bulk_fails_after": 20}, range(COUNT - 19)),
        ({"bulk_fails_after": 20, "bulk_no_partial": True}, range(COUNT - 19)),
        ({"bulk_disabled": "mutations"}, [COUNT]),
        ({"bulk_url_seconds": 0}, [0]),
    ],
    ids=str,
)
def test_lines_without_a_believable_answer_go_one_by_one(
    saleor, sandbox, asked, begin, work, planned, faults, written
) -> None:
    sandbox.faults.seed = 5
    sandbox.faults.set(faults)
    fill(saleor)
    begin()
    work()
    assert asked["BridgeRunBulkMutation"] == 1
    # Those that were made already are found by their key, and not written again.
    assert asked["BridgeSetProduct"] in written
    sandbox.faults.clear()
    assert_mirrored(saleor, sandbox, planned)


@only_v2
def test_an_app_that_may_not_is_not_asked_again_for_a_day(saleor, sandbox, store, asked, begin, work) -> None:
    from datetime import timedelta

    from shopify_bridge.models import Store

    sandbox.faults.set({"bulk_disabled": "both"})
    fill(saleor)
    begin()
    work()
    for product in saleor.products:
        product["title"] += "!"
    begin()
    work()
    assert asked["BridgeRunBulkMutation"] == 1 and asked["BridgeSetProduct"] == 2 * COUNT
    sandbox.faults.clear()
    refused = Store.objects.get(pk=store.pk).bulk_refused
    assert refused
    Store.objects.update(bulk_refused=refused - timedelta(days=2))
    for product in saleor.products:
        product["title"] += "!"
    store.refresh_from_db()
    begin()
    work()
    assert asked["BridgeRunBulkMutation"] == 2 and asked["BridgeSetProduct"] == 2 * COUNT


@only_v2
def test_a_policy_without_bulk_asks_for_none(saleor, sandbox, store, asked, begin, work, planned) -> None:
    store.policy = {"bulk": "never"}
    store.save()
    fill(saleor)
    begin()
    work()
    assert asked["BridgeRunBulkMutation"] == asked["BridgeStageUpload"] == 0
    assert_mirrored(saleor, sandbox, planned)


@only_v2
def test_a_sixth_operation_waits_its_turn(saleor, sandbox, store, asked, begin, planned, work) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Bulk, Change

    sandbox.faults.set({"bulk_busy": True})
    fill(saleor)
    begin()
    drain()
    assert Bulk.objects.get().state == "PREPARED"
    assert set(Change.objects.values_list("state", flat=True)) <= {"PENDING", "WORKING"}
    sandbox.faults.clear()
    work()
    assert asked["BridgeSetProduct"] == 0
    assert_mirrored(saleor, sandbox, planned)


@only_v2
@pytest.mark.parametrize("fault", ["lost", "error_before", "error_after", "html", "truncated"])
def test_a_start_without_an_answer_is_looked_for_not_repeated(
    saleor, sandbox, asked, begin, work, planned, fault
) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Bulk

    fill(saleor)
    sandbox.faults.set({fault: 1.0, "only": "BridgeRunBulkMutation"})
    begin()
    drain(strict=False)
    assert Bulk.objects.get().state == "UNKNOWN"
    sandbox.faults.clear()
    work()
    done = [doc for _, doc in sandbox.store.state.page("BulkOperation", 0, 10) if doc["type"] == "MUTATION"]
    assert len(done) == 1 and asked["BridgeSetProduct"] == 0
    assert_mirrored(saleor, sandbox, planned)


@only_v2
def test_what_shopify_refuses_is_parked_with_its_words(
    saleor, sandbox, asked, begin, work, planned, store, monkeypatch
) -> None:
    from dataclasses import replace

    from shopify_bridge.models import Change
    from shopify_bridge.usecases.carry_out import BULKABLE
    from shopify_bridge.usecases.replay import replay

    def line(change: Any, sides: Any) -> Any:
        given = BULKABLE[change.verb].line(change, sides)
        return given | {"input": given["input"] | {"title": ""}} if change.label == "Product 8" else given

    fill(saleor)
    begin()
    with monkeypatch.context() as patch:
        patch.setattr(
            "shopify_bridge.usecases.bulk_send.BULKABLE",
            BULKABLE | {"create": replace(BULKABLE["create"], line=line)},
        )
        work()
    parked = Change.objects.get(state="PARKED", verb="create")
    assert parked.label == "Product 8" and "blank" in parked.reason
    assert sandbox.store.state.count("Product") == COUNT - 1 and asked["BridgeSetProduct"] == 0
    Change.objects.filter(state="PARKED").exclude(verb="create").delete()
    assert replay(store) == 1
    work()
    begin()
    work()
    assert_mirrored(saleor, sandbox, planned)


@only_v2
@pytest.mark.parametrize("how", ["by id", "in bulk", "in bulk, too slow"])
def test_a_product_that_moved_since_the_plan_is_compared_by_itself(
    saleor, sandbox, admin, asked, begin, work, planned, monkeypatch, how
) -> None:
    from shopify_bridge.models import Change
    from shopify_bridge.usecases import bulk_send

    if how != "by id":
        monkeypatch.setattr(bulk_send, "_MANY", 10)
    if how == "in bulk, too slow":
        monkeypatch.setattr(bulk_send, "_LOOKS", 0)
        sandbox.store.bulk.speed.delay = 0.3
    fill(saleor)
    begin()
    work()
    for product in saleor.products:
        product["title"] += "!"
    begin()
    docs = {doc["title"]: doc for _, doc in sandbox.store.state.page("Product", 0, 1000)}
    query = (
        "mutation($p: ProductSetInput!, $i: ProductSetIdentifiers) { productSet(input: $p, identifier: $i)"
    )
    edit = query + " { product { id } userErrors { message } } }"
    time.sleep(1.1)  # updatedAt counts whole seconds
    admin(edit, p={"title": "The merchant's"}, i={"id": docs["Product 3"]["id"]})
    work()
    parked = Change.objects.get(state="PARKED")
    assert parked.verb == "update" and "changed in Shopify since the plan" in parked.reason
    titles = {doc["title"] for _, doc in sandbox.store.state.page("Product", 0, 1000)}
    assert (asked["BridgeUpdatedAt"], asked["BridgeRunBulkQuery"]) == {
        "by id": (1, 0),
        "in bulk": (0, 1),
        "in bulk, too slow": (1, 1),
    }[how]
    assert "The merchant's" in titles and "Product 4!" in titles and "Product 3!" not in titles


@only_v2
def test_what_is_too_much_for_one_file_makes_two(
    saleor, sandbox, asked, begin, work, planned, monkeypatch
) -> None:
    from shopify_bridge.models import Bulk
    from shopify_bridge.shopify import bulk

    fill(saleor)
    monkeypatch.setattr(bulk, "MOST_BYTES", 12_000)
    begin()
    work()
    sent = list(Bulk.objects.values_list("lines", flat=True))
    assert len(sent) > 1 and sum(sent) == COUNT
    assert asked["BridgeSetProduct"] == 0
    assert_mirrored(saleor, sandbox, planned)


@only_v2
@pytest.mark.parametrize("verb", ["ask", "started", "settle"])
def test_a_worker_that_dies_in_between_is_followed_by_another(
    saleor, sandbox, store, asked, begin, work, planned, monkeypatch, verb
) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.usecases import bulk_send, bulk_settle, machine, progress

    class Died(BaseException):
        pass

    def dies(bulk: Any, step: str, **values: Any) -> None:
        if step == verb:
            raise Died
        machine.move_bulk(bulk, step, **values)

    fill(saleor)
    begin()
    with monkeypatch.context() as patch:
        patch.setattr(bulk_send, "move_bulk", dies)
        patch.setattr(bulk_settle, "move_bulk", dies)
        with pytest.raises(Died):
            work_until_death(drain)
    progress.resume(store)
    work()
    done = [doc for _, doc in sandbox.store.state.page("BulkOperation", 0, 10) if doc["type"] == "MUTATION"]
    assert len(done) == 1 and asked["BridgeSetProduct"] == 0
    assert_mirrored(saleor, sandbox, planned)


def work_until_death(drain: Callable[..., int]) -> None:
    import time

    from saleor_plugins.delivery.models import Delivery
    from saleor_plugins.kernel import clock

    for _ in range(50):
        Delivery.objects.filter(state="PENDING").update(due_at=clock.now())
        drain(strict=False)
        time.sleep(0.05)


@only_v2
def test_the_webhook_about_its_end_is_worth_a_look(saleor, sandbox, store, begin, planned) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Bulk
    from shopify_bridge.usecases.hear import hear

    fill(saleor)
    begin()
    drain()
    bulk = Bulk.objects.get()
    assert bulk.state == "RUNNING"
    sandbox.store.bulk.wait()
    hear(store, "bulk_operations/finish", {"admin_graphql_api_id": bulk.gid})
    drain()
    bulk.refresh_from_db()
    assert bulk.state == "SETTLED"


def test_what_goes_in_bulk_may_be_repeated_and_is_what_shopify_takes() -> None:
    from shopify_bridge.domain.plan import PHASES
    from shopify_bridge.sandbox.bulk_mutation import checked
    from shopify_bridge.sandbox.store import schema
    from shopify_bridge.shopify.bulk import named
    from shopify_bridge.shopify.documents import document
    from shopify_bridge.usecases.carry_out import BULKABLE, DOERS

    assert BULKABLE.keys() <= DOERS.keys() <= PHASES.keys()
    for name in {name for b in BULKABLE.values() for name in (b.document, *b.steps.values())}:
        doc = document(name)
        assert doc.repeatable, f"{doc.name} may not be sent twice"
        assert checked(schema(), named(doc.text, "an identifier"))


@only_v2
@pytest.mark.parametrize("where", ["line", "learn"])
def test_a_fault_of_ours_in_one_change_does_not_hold_up_the_others(
    saleor, sandbox, asked, begin, work, planned, monkeypatch, where
) -> None:
    from dataclasses import replace

    from shopify_bridge.usecases import bulk_send, bulk_settle
    from shopify_bridge.usecases.carry_out import BULKABLE

    right = getattr(BULKABLE["create"], where)

    def wrong(change: Any, *more: Any) -> Any:
        if change.label in ("Product 5", "Product 50"):
            raise KeyError("x")
        return right(change, *more)

    fill(saleor)
    begin()
    spoiled = BULKABLE | {"create": replace(BULKABLE["create"], **{where: wrong})}
    monkeypatch.setattr(bulk_send, "BULKABLE", spoiled)
    monkeypatch.setattr(bulk_settle, "BULKABLE", spoiled)
    work()
    assert asked["BridgeRunBulkMutation"] == 1
    assert asked["BridgeSetProduct"] == (2 if where == "line" else 0), "what is there is found, not written"
    assert_mirrored(saleor, sandbox, planned)
