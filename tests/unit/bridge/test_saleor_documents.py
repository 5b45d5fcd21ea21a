"""Every document fits the schema of the Saleor it is for.

The schemas are Saleor's own files: of an installed package, or where SALEOR2_SCHEMA and SALEOR3_SCHEMA say.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from shopify_bridge.saleor.client import document

QUERIES = Path(__file__).parents[3] / "shopify_bridge" / "saleor" / "queries"
DOCUMENTS = [
    (version, file.parent.name, file.stem)
    for version in ("v2", "v3")
    for folder in (version, "any")
    for file in sorted((QUERIES / folder).glob("*.graphql"))
    if not file.name.endswith(".fragment.graphql")
]


def schema_file(version: str) -> Path | None:
    named = os.environ.get({"v2": "SALEOR2_SCHEMA", "v3": "SALEOR3_SCHEMA"}[version])
    if named:
        return Path(named)
    spec = find_spec("saleor")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        found = Path(folder) / "graphql" / "schema.graphql"
        if found.is_file() and ("type Channel " in found.read_text()) == (version == "v3"):
            return found
    return None


@pytest.fixture(scope="session")
def schemas() -> dict[str, GraphQLSchema]:
    files = {version: schema_file(version) for version in ("v2", "v3")}
    return {
        version: build_schema(file.read_text(), assume_valid=True, assume_valid_sdl=True)
        for version, file in files.items()
        if file
    }


@pytest.mark.parametrize(("version", "folder", "name"), DOCUMENTS, ids=lambda value: value)
def test_each_document_fits_its_saleor(
    schemas: dict[str, GraphQLSchema], version: str, folder: str, name: str
) -> None:
    if version not in schemas:
        pytest.skip(f"no schema of Saleor {version} here: set SALEOR{version[1]}_SCHEMA")
    problems = validate(schemas[version], parse(document(folder, name)))
    assert [problem.message for problem in problems] == []


@pytest.mark.parametrize("version", ["v2", "v3"])
@pytest.mark.parametrize("name", ["Products", "Product", "Collections", "Categories"])
def test_with_translations(schemas: dict[str, GraphQLSchema], version: str, name: str) -> None:
    if version not in schemas:
        pytest.skip(f"no schema of Saleor {version} here: set SALEOR{version[1]}_SCHEMA")
    text = document(version, name, ("DE", "PT_BR"))
    assert "t_PT_BR: translation(languageCode: PT_BR)" in text
    assert [problem.message for problem in validate(schemas[version], parse(text))] == []


def test_many_products_at_once_of_2_10(schemas: dict[str, GraphQLSchema]) -> None:
    from shopify_bridge.saleor.hidden import _text

    text = _text(12)
    assert text.count("...BridgeChosen }") == 12 and "$p11: ID!" in text
    if "v2" in schemas:
        assert [problem.message for problem in validate(schemas["v2"], parse(text))] == []


def test_the_subscription_asks_for_what_this_saleor_knows(schemas: dict[str, GraphQLSchema]) -> None:
    from shopify_bridge.saleor.events import subscription

    plain, events = subscription(frozenset())
    _, more = subscription(frozenset(["PRODUCT_VARIANT_DISCOUNTED_PRICE_UPDATED"]))
    assert set(more) - set(events) == {"PRODUCT_VARIANT_DISCOUNTED_PRICE_UPDATED"}
    assert {"PRODUCT_UPDATED", "CATEGORY_DELETED", "ORDER_CREATED", "TRANSLATION_UPDATED"} <= set(events)
    if "v3" not in schemas:
        pytest.skip("no schema of Saleor v3 here: set SALEOR3_SCHEMA")
    known = frozenset(schemas["v3"].type_map["WebhookEventTypeAsyncEnum"].values)  # type: ignore[attr-defined]
    text, events = subscription(known)
    assert set(events) <= known
    assert [problem.message for problem in validate(schemas["v3"], parse(text))] == []
    assert [problem.message for problem in validate(schemas["v3"], parse(plain))] == []


@pytest.mark.parametrize(
    "file",
    [f for f in sorted((QUERIES / "v2").glob("*.graphql")) if "after: $after" in f.read_text()],
    ids=lambda f: f.stem,
)
def test_lists_of_2_10_are_sorted(file: Path) -> None:
    """Left to itself 2.10 sorts by the name alone, and a page's end loses what has the same name."""
    assert "sortBy: {field: " in file.read_text()
