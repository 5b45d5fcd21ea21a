"""A mutation in bulk: one call a line of the uploaded file, and the lines of its answer.

One root mutation, at most one connection in what it selects. A line that GraphQL refuses answers with
`errors`, a line that the mutation refuses with its userErrors; both are part of a COMPLETED operation.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    execute_sync,
    get_named_type,
    parse,
    validate,
    visit,
)

from .errors import UserError
from .state import Doc

log = logging.getLogger(__name__)
_FORBIDDEN = ("bulkOperationRunMutation", "bulkOperationRunQuery", "bulkOperationCancel")


def checked(schema: GraphQLSchema, text: str) -> DocumentNode:
    """The document, when it may be run in bulk."""
    try:
        document = parse(text)
    except GraphQLError as error:
        raise _invalid(error.message) from None
    problems = validate(schema, document)
    operations = [n for n in document.definitions if isinstance(n, OperationDefinitionNode)]
    if problems:
        raise _invalid(problems[0].message)
    if len(operations) != 1 or operations[0].operation is not OperationType.MUTATION:
        raise _invalid("there must be one mutation")
    roots = operations[0].selection_set.selections
    if len(roots) != 1 or not isinstance(roots[0], FieldNode):
        raise _invalid("only one root mutation is allowed")
    if roots[0].name.value in _FORBIDDEN:
        raise _invalid(f"{roots[0].name.value} cannot be run in bulk")
    if _connections(schema, document) > 1:
        raise _invalid("only one connection field is allowed")
    return document


def _invalid(why: str) -> UserError:
    return UserError(f"Invalid bulk mutation: {why}.", "mutation", code="INVALID_MUTATION")


def _connections(schema: GraphQLSchema, document: DocumentNode) -> int:
    info = TypeInfo(schema)

    class Counter(Visitor):
        found = 0

        def enter_field(self, *_: Any) -> None:
            kind = info.get_type()
            self.found += bool(kind and get_named_type(kind).name.endswith("Connection"))

    counter = Counter()
    visit(document, TypeInfoVisitor(info, counter))
    return counter.found


def check_file(path: Path, most: int) -> None:
    """Refuse a file that is no JSONL of variables or is too large."""
    if path.stat().st_size > most:
        raise UserError("The file is too large.", "stagedUploadPath", code="INVALID_STAGED_UPLOAD_FILE")
    with path.open("rb") as file:
        first = file.readline()
    try:
        fits = isinstance(json.loads(first), dict)
    except ValueError:
        fits = False
    if not fits:
        message = "Unexpected file structure - expected JSONL"
        raise UserError(message, "stagedUploadPath", code="INVALID_STAGED_UPLOAD_FILE")


def run_line(schema: GraphQLSchema, document: DocumentNode, context: Any, line: bytes) -> Doc:
    """One line's answer, without its number."""
    try:
        variables = json.loads(line)
        if not isinstance(variables, dict):
            raise ValueError
    except ValueError:
        return {"errors": [{"message": "The line is not a JSON object."}]}
    context.variables = variables
    result = execute_sync(schema, document, context_value=context, variable_values=variables)
    answer: Doc = {"data": result.data} if result.data is not None else {}
    if result.errors:
        answer["errors"] = [_shown(error) for error in result.errors]
    return answer


def _shown(error: GraphQLError) -> Any:
    if error.original_error and not isinstance(error.original_error, GraphQLError):
        log.error("resolver failed in bulk", exc_info=error.original_error)
        return {"message": "Internal error.", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}
    return dict(error.formatted)
