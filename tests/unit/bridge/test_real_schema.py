"""The sandbox's schema is a strict subset of the real one, and every document fits the real one.

The real schema comes with npm's `@shopify/dev-mcp`, fetched into a temporary folder; nothing of it is kept.
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import tarfile
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_client_schema,
    parse,
    validate,
)

from shopify_bridge.sandbox.store import schema
from shopify_bridge.shopify.client import VERSION
from shopify_bridge.shopify.documents import document, names


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> GraphQLSchema:
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("npm is missing: the sandbox is not compared with Shopify's schema")
    folder = tmp_path_factory.mktemp("dev-mcp")
    fetched = subprocess.run(
        [npm, "pack", "@shopify/dev-mcp@1.16.0", "--silent"], cwd=folder, capture_output=True, text=True
    )
    if fetched.returncode:
        pytest.skip("npm cannot fetch @shopify/dev-mcp: the sandbox is not compared with Shopify's schema")
    archive = next(folder.glob("*.tgz"))
    with tarfile.open(archive) as tar:
        member = tar.extractfile(f"package/dist/data/admin_{VERSION}.json.gz")
        assert member
        data = json.loads(gzip.decompress(member.read()))
    return build_client_schema({"__schema": data["data"]["__schema"]}, assume_valid=True)


def ours() -> list[Any]:
    return [kind for name, kind in sorted(schema().type_map.items()) if not name.startswith("__")]


@pytest.mark.parametrize("kind", ours(), ids=lambda kind: kind.name)
def test_each_type_is_part_of_the_real_one(real: GraphQLSchema, kind: Any) -> None:
    theirs = real.type_map.get(kind.name)
    assert type(theirs) is type(kind), f"{kind.name} is no {type(kind).__name__} at Shopify"
    if isinstance(kind, GraphQLEnumType):
        assert kind.values.keys() <= theirs.values.keys()
    elif isinstance(kind, GraphQLInputObjectType):
        assert_inputs(kind.name, kind.fields, theirs.fields)
        required = {name for name, field in theirs.fields.items() if str(field.type).endswith("!")}
        assert required <= kind.fields.keys(), "a field that Shopify requires is missing"
    elif isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
        assert {i.name for i in kind.interfaces} <= {i.name for i in theirs.interfaces}
        for name, field in kind.fields.items():
            assert name in theirs.fields, f"{kind.name}.{name} is not Shopify's"
            assert str(field.type) == str(theirs.fields[name].type), f"{kind.name}.{name}"
            assert not theirs.fields[name].deprecation_reason, f"{kind.name}.{name} is deprecated"
            assert_inputs(f"{kind.name}.{name}", field.args, theirs.fields[name].args)
            required = {n for n, a in theirs.fields[name].args.items() if str(a.type).endswith("!")}
            assert required <= field.args.keys()


def assert_inputs(where: str, mine: dict[str, GraphQLArgument], theirs: dict[str, GraphQLArgument]) -> None:
    for name, value in mine.items():
        assert name in theirs, f"{where}.{name} is not Shopify's"
        assert str(value.type) == str(theirs[name].type), f"{where}.{name}"
        assert value.default_value == theirs[name].default_value, f"{where}.{name}"


def test_the_directive_for_keys_is_the_real_one(real: GraphQLSchema) -> None:
    mine, theirs = schema().get_directive("idempotent"), real.get_directive("idempotent")
    assert mine and theirs
    assert {n: str(a.type) for n, a in mine.args.items()} == {n: str(a.type) for n, a in theirs.args.items()}


@pytest.mark.parametrize("name", names())
def test_each_document_fits_the_real_schema(real: GraphQLSchema, name: str) -> None:
    problems = validate(real, parse(document(name).text))
    assert [problem.message for problem in problems] == []


@pytest.mark.parametrize("name", names())
def test_each_document_fits_the_sandbox(name: str) -> None:
    assert [problem.message for problem in validate(schema(), parse(document(name).text))] == []


def test_a_document_with_an_unknown_field_would_be_noticed(real: GraphQLSchema) -> None:
    assert validate(real, parse("{ shop { nonsense } }"))
