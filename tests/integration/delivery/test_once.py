from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from saleor_plugins.delivery import emit, idempotency, once
from saleor_plugins.delivery.models import Event, IdempotencyKey
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalid, KeyReused

pytestmark = pytest.mark.django_db
both = pytest.mark.parametrize("atomic", [True, False])


@both
def test_the_first_answer_is_kept(atomic: bool) -> None:
    assert once("s", "k", {"a": 1, "b": 2}, lambda: {"n": Decimal("1.50")}, atomic=atomic) == (
        {"n": "1.50"},
        False,
    )
    assert once("s", "k", {"b": 2, "a": 1}, lambda: {"n": 2}, atomic=atomic) == ({"n": "1.50"}, True)
    assert once("other", "k", {"a": 1}, lambda: None, atomic=atomic) == (None, False)
    assert once("other", "k", {"a": 1}, lambda: 1, atomic=atomic) == (None, True)


@both
def test_another_request_is_refused(atomic: bool) -> None:
    once("s", "k", {"a": 1}, lambda: 1, atomic=atomic)
    with pytest.raises(KeyReused) as caught:
        once("s", "k", {"a": 2}, lambda: 2, atomic=atomic)
    assert caught.value.field == "idempotencyKey"


@both
def test_an_error_frees_the_key(atomic: bool) -> None:
    def fail() -> None:
        raise Invalid("No.")

    with pytest.raises(Invalid):
        once("s", "k", {"a": 1}, fail, atomic=atomic)
    assert once("s", "k", {"a": 2}, lambda: 2, atomic=atomic) == (2, False)


@pytest.mark.parametrize("key", ["", "x" * 256])
@both
def test_the_key_has_a_length(atomic: bool, key: str) -> None:
    with pytest.raises(Invalid):
        once("s", key, {}, lambda: 1, atomic=atomic)


@both
def test_it_is_forgotten_after_a_day(atomic: bool) -> None:
    once("s", "k", {"a": 1}, lambda: 1, atomic=atomic)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert once("s", "k", {"a": 2}, lambda: 2, atomic=atomic) == (2, False)
        assert once("s", "k", {"a": 2}, lambda: 3, atomic=atomic) == (2, True)


@both
def test_only_a_hash_of_the_request_is_stored(atomic: bool) -> None:
    once("s", "k", {"email": "jane@example.com"}, lambda: 1, atomic=atomic)
    assert "jane" not in str(IdempotencyKey.objects.values())


@both
def test_effect_and_answer_go_together_only_when_atomic(atomic: bool) -> None:
    def half() -> None:
        emit("a", {})
        raise RuntimeError

    with pytest.raises(RuntimeError):
        once("s", "k", {}, half, atomic=atomic)
    assert Event.objects.count() == (0 if atomic else 1)


def test_a_running_twin_is_waited_for_and_a_dead_one_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(idempotency, "WAIT_SECONDS", 0.2)
    inner: list[Any] = []

    def call() -> str:
        with pytest.raises(Conflict) as caught:
            once("s", "k", {}, lambda: "twin", atomic=False)
        inner.append(caught.value.code)
        # Its lease ends: somebody else resumes, and this late answer is not stored.
        IdempotencyKey.objects.update(expires=clock.now())
        inner.append(once("s", "k", {}, lambda: "resumed", atomic=False))
        return "late"

    once("s", "k", {}, call, atomic=False)
    assert inner == ["IDEMPOTENCY_KEY_IN_PROGRESS", ("resumed", False)]
    assert once("s", "k", {}, lambda: "again", atomic=False) == ("resumed", True)
