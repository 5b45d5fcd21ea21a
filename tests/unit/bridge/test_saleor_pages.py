"""Pages that fit, one read ahead; a transport that repeats reads only."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from shopify_bridge.saleor.client import SaleorClient
from shopify_bridge.saleor.errors import SaleorBusy, SaleorError, SaleorTooMuch, SaleorUnreachable
from shopify_bridge.saleor.pages import Pages, ahead

URL = "https://saleor.example/graphql/"


class Slow:
    """A list of `rows`, each of which takes `seconds`; more than `most` at once are too much."""

    def __init__(self, rows: int, seconds: float, most: int = 1000):
        self.rows, self.seconds, self.most = rows, seconds, most
        self.now, self.sizes, self.refused = 0.0, [], 0

    def ask(self, first: int, after: str | None) -> Any:
        if first > self.most:
            self.refused += 1
            raise SaleorTooMuch("slow")
        start = int(after or 0)
        shown = range(start, min(start + first, self.rows))
        self.now += self.seconds * len(shown)
        self.sizes.append(first)
        more = start + first < self.rows
        page = {"hasNextPage": more, "endCursor": str(start + first)}
        return {"edges": [{"node": row} for row in shown], "pageInfo": page}

    def read(self) -> list[int]:
        pages = Pages(self.ask, clock=lambda: self.now)
        return [edge["node"] for page in ahead(iter(pages)) for edge in page["edges"]]


def test_a_quick_list_is_read_in_the_largest_pages() -> None:
    source = Slow(1000, 0.001)
    assert source.read() == list(range(1000))
    assert source.sizes[:3] == [25, 50, 100] and max(source.sizes) == 100


def test_a_slow_list_is_read_in_pages_of_two_seconds() -> None:
    source = Slow(200, 0.4)
    assert source.read() == list(range(200))
    assert set(source.sizes[1:]) == {5}


def test_what_is_too_much_is_asked_for_in_smaller_pages_and_nothing_is_lost() -> None:
    source = Slow(40, 0.001, most=3)
    assert source.read() == list(range(40))
    assert source.refused >= 2
    with pytest.raises(SaleorTooMuch):
        Slow(40, 0.001, most=0).read()


def test_one_page_is_read_while_another_is_worked_on_and_no_more() -> None:
    asked: list[int] = []
    second = threading.Event()

    def pages() -> Iterator[Any]:
        for number in range(5):
            asked.append(number)
            if number == 1:
                second.set()
            yield number

    reading = ahead(pages())
    assert next(reading) == 0
    assert second.wait(2)
    assert asked == [0, 1]
    assert list(reading) == [1, 2, 3, 4]


def test_an_error_of_a_later_page_reaches_the_reader() -> None:
    def pages() -> Iterator[Any]:
        yield 1
        raise SaleorUnreachable("gone")

    reading = ahead(pages())
    assert next(reading) == 1
    with pytest.raises(SaleorUnreachable, match="gone"):
        next(reading)


def client(waits: list[float]) -> SaleorClient:
    return SaleorClient(URL, "t", sleep=waits.append)


@responses.activate
def test_too_many_requests_wait_as_long_as_saleor_says_also_for_mutations() -> None:
    responses.post(URL, status=429, headers={"Retry-After": "7"}, body="slow down")
    responses.post(URL, json={"data": {"x": 1}})
    waits: list[float] = []
    assert client(waits).run("mutation X { x }") == {"x": 1}
    assert waits == [7.0]
    responses.post(URL, status=429, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})
    with pytest.raises(SaleorBusy):
        SaleorClient(URL, "t", tries=1).run("query X { x }")


@responses.activate
def test_a_mutation_without_an_answer_is_not_repeated_and_a_read_is() -> None:
    responses.post(URL, status=502, body="<html>bad gateway</html>")
    waits: list[float] = []
    with pytest.raises(SaleorUnreachable):
        client(waits).run("mutation X { x }")
    assert waits == [] and len(responses.calls) == 1
    with pytest.raises(SaleorUnreachable):
        client(waits).run("query X { x }")
    assert len(responses.calls) == 6


@responses.activate
@pytest.mark.parametrize("body", ["[]", "null", "{}", '{"data": null}', "\xff", ""])
def test_answers_that_are_none(body: str) -> None:
    responses.post(URL, body=body)
    with pytest.raises(SaleorUnreachable):
        client([]).run("query X { x }")


@responses.activate
def test_a_query_that_costs_too_much_says_so() -> None:
    error = {"message": "The query exceeds", "extensions": {"exception": {"code": "QueryCostError"}}}
    responses.post(URL, json={"errors": [error]}, status=400)
    with pytest.raises(SaleorTooMuch):
        client([]).run("query X { x }")
    responses.replace("POST", URL, json={"errors": [{"message": "no such field"}]}, status=400)
    with pytest.raises(SaleorError, match="no such field"):
        client([]).run("query X { x }")


@responses.activate
def test_amounts_are_exact() -> None:
    responses.post(URL, body='{"data": {"amount": 0.1, "more": 10.10}}')
    data = client([]).run("query X { x }")
    assert (str(data["amount"]), str(data["more"])) == ("0.1", "10.10")
