"""Which documents may be run in bulk as a query."""

from __future__ import annotations

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)

from .errors import UserError


def invalid(message: str) -> UserError:
    """The document cannot be run in bulk."""
    return UserError(message, "query", code="INVALID")


def read_query(schema: GraphQLSchema, text: str) -> DocumentNode:
    """The document of one query without variables; raises UserError."""
    try:
        document = parse(text)
    except GraphQLError as error:
        raise invalid(f"Invalid bulk query: {error.message}") from None
    problems = validate(schema, document)
    operations = [n for n in document.definitions if isinstance(n, OperationDefinitionNode)]
    if problems or len(operations) != 1 or operations[0].operation is not OperationType.QUERY:
        said = problems[0].message if problems else "there must be one query"
        raise invalid(f"Invalid bulk query: {said}")
    if operations[0].variable_definitions:
        raise invalid("Bulk queries cannot have variables.")
    return document
