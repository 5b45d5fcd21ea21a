import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.kernel.errors import Invalid, NotFound
from saleor_plugins.kernel.ids import from_global, new_id, own_key, to_global


def test_new_ids_are_unique_version_7_and_sort_by_time(monkeypatch):
    clock = iter(range(10**18, 10**18 + 10**9, 250))
    monkeypatch.setattr("time.time_ns", lambda: next(clock))
    ids = [new_id() for _ in range(500)]
    assert ids == sorted(ids) and len(set(ids)) == 500
    assert {(i.version, i.variant) for i in ids} == {(7, "specified in RFC 4122")}


@given(st.text(min_size=1))
def test_global_ids_round_trip(key):
    assert from_global(to_global("Order", key), "Order") == key


@pytest.mark.parametrize(
    "value", ["", "x", "T3JkZXI=", to_global("Order", ""), to_global("User", 1), "é", "/w=="]
)
def test_other_ids_are_refused_with_the_field_named(value):
    with pytest.raises(Invalid) as error:
        from_global(value, "Order", field="orderId")
    assert error.value.field == "orderId"


def test_the_key_of_our_own_rows():
    key = new_id()
    assert own_key(to_global("Return", key), "Return") == key
    with pytest.raises(NotFound) as missing:
        own_key(to_global("Return", 12), "Return", field="returnId")
    with pytest.raises(Invalid) as other:
        own_key(to_global("Order", key), "Return", field="returnId")
    assert missing.value.field == other.value.field == "returnId"
