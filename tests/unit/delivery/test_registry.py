from __future__ import annotations

import pytest

from saleor_plugins.delivery.registry import Registry, registry, subscribe, sweeper


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in vars(Registry()).items():
        monkeypatch.setattr(registry, name, value)


def test_listeners_are_those_of_the_topic() -> None:
    subscribe("a", name="one")(lambda message: None)
    subscribe("a", name="two", atomic=False)(lambda message: None)
    subscribe("b", name="three")(lambda message: None)
    assert registry.listening("a") == ["one", "two"]
    assert registry.listening("c") == []
    assert [registry.handlers[name].atomic for name in ("one", "two")] == [True, False]


def test_a_name_belongs_to_one_handler() -> None:
    def first(message: object) -> None: ...
    def second(message: object) -> None: ...

    subscribe("a", name="x")(first)
    subscribe("a", name="x")(first)  # a module that is loaded again
    with pytest.raises(ValueError, match="x"):
        subscribe("b", name="x")(second)


def test_decorators_answer_the_function() -> None:
    def handler(message: object) -> None: ...
    def look() -> None: ...

    assert subscribe("a", name="x")(handler) is handler
    assert sweeper("s")(look) is look
    assert registry.sweepers == {"s": look}
