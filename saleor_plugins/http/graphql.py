"""The GraphQL view of a plugin: POST with JSON, as Saleor's own endpoint takes it."""

from __future__ import annotations

import json
import logging
from typing import Any

import graphene
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from graphql import GraphQLError, parse
from graphql.error import format_error

from ..kernel.errors import Invalid, OpsError
from ..platform import shop
from ..platform.port import Asker
from .limits import MAX_BODY_BYTES, MAX_QUERY_CHARS, check_document

logger = logging.getLogger(__name__)


class GraphQLView:
    """Runs requests against `schema`. Resolvers find a port.Asker in ``info.context.asker``."""

    def __init__(self, schema: graphene.Schema):
        self.schema = schema

    def __call__(self, request: HttpRequest, rest: str = "") -> HttpResponse:
        if rest:
            return JsonResponse({"error": "Not found."}, status=404)
        if request.method != "POST":
            response = JsonResponse({"error": "Use POST."}, status=405)
            response["Allow"] = "POST"
            return response
        try:
            query, variables, operation = _read(request)
            check_document(parse(query))
        except OpsError as error:
            return _refusal(error.message, error.code)
        except GraphQLError as error:
            return _refusal(str(error), "GRAPHQL_ERROR")
        return self._run(request, query, variables, operation)

    def asker(self, request: HttpRequest) -> Asker:
        """Who asks."""
        return shop().asker(request)

    def _run(
        self, request: HttpRequest, query: str, variables: dict[str, Any], operation: str | None
    ) -> HttpResponse:
        request.asker = self.asker(request)  # type: ignore[attr-defined]
        result = self.schema.execute(
            query, variable_values=variables, operation_name=operation, context_value=request
        )
        body: dict[str, Any] = {}
        if result.errors:
            body["errors"] = [_describe(error) for error in result.errors]
        if not result.invalid:
            body["data"] = result.data
        return JsonResponse(body, status=400 if result.invalid else 200)


def _read(request: HttpRequest) -> tuple[str, dict[str, Any], str | None]:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
        raise Invalid(f"The body is larger than {MAX_BODY_BYTES} bytes.", field="body")
    try:
        data = json.loads(request.body)
    except RequestDataTooBig:
        # A chunked body announces no length; Django stops reading it here.
        raise Invalid("The body is too large.", field="body") from None
    except ValueError:
        raise Invalid("The body is not JSON.", field="body") from None
    if not isinstance(data, dict) or not isinstance(data.get("query"), str):
        raise Invalid("Must be an object with a query.", field="query")
    variables = data.get("variables")
    variables = {} if variables is None else variables
    if not isinstance(variables, dict):
        raise Invalid("Must be an object.", field="variables")
    operation = data.get("operationName")
    if operation is not None and not isinstance(operation, str):
        raise Invalid("Must be a string.", field="operationName")
    if len(data["query"]) > MAX_QUERY_CHARS:
        raise Invalid(f"The query is longer than {MAX_QUERY_CHARS} characters.", field="query")
    return data["query"], variables, operation


def _refusal(message: str, code: str) -> HttpResponse:
    error = {"message": message, "extensions": {"exception": {"code": code}}}
    return JsonResponse({"errors": [error]}, status=400)


def _describe(error: Exception) -> dict[str, Any]:
    """Saleor's shape of an error; what we did not foresee is logged and shown without detail."""
    cause = getattr(error, "original_error", error)
    if isinstance(cause, OpsError):
        described = {"message": cause.message, "path": getattr(error, "path", None)}
        return {**described, "extensions": {"exception": {"code": cause.code, "field": cause.field}}}
    if isinstance(cause, GraphQLError):
        return {**format_error(error), "extensions": {"exception": {"code": "GRAPHQL_ERROR"}}}
    logger.error("graphql_resolver_failed", exc_info=cause)
    return {
        "message": "Internal server error.",
        "path": getattr(error, "path", None),
        "extensions": {"exception": {"code": "INTERNAL"}},
    }
