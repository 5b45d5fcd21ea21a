"""One store: who may call, what it costs, what is executed, and how the answer looks."""

from __future__ import annotations

import hmac
import logging
import re
import time
from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
    value_from_ast_untyped,
)

from .bulk import Operations, Speed
from .cost import MAX_QUERY_COST, Bucket, Costs
from .deliveries import Deliveries
from .faults import Faults
from .resolve import attach
from .setup import furnish
from .shop import PLANS, Shop, open_shop
from .signing import Signer
from .state import Doc, State, instant
from .uploads import Uploads
from .webhook_shop import uninstalled
from .webhooks import Webhooks

log = logging.getLogger(__name__)
VERSION = "2026-10"
_REMEMBERED = 100
_NAME = re.compile(r"(?:query|mutation)\s+(\w+)|\{\s*(\w+)")


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    """The schema the sandbox speaks, with its resolvers."""
    parts = sorted(
        path.name for path in (files(__package__) / "schema").iterdir() if path.name.endswith(".graphql")
    )
    text = "\n".join((files(__package__) / "schema" / name).read_text() for name in parts)
    return attach(build_schema(text))


@dataclass
class Context:
    """What a resolver may ask."""

    state: State
    shop: Doc
    base_url: str
    variables: dict[str, Any] = field(default_factory=dict)
    bulk: Any = None
    faults: Any = None
    webhooks: Any = None

    def file_url(self, media: Doc) -> str:
        """Where a file is served; it keeps the file's name, as Shopify's CDN does."""
        return f"{self.base_url}/cdn/shop/files/{media['filename']}?v=1"

    def key_of(self, node: FieldNode) -> str | None:
        """The key of the field's @idempotent directive."""
        for directive in node.directives:
            if directive.name.value == "idempotent":
                return value_from_ast_untyped(directive.arguments[0].value, self.variables)
        return None


class Store:
    """A Shopify store in a folder."""

    def __init__(self, folder: Path, shop: Shop, faults: Faults | None = None, speed: Speed | None = None):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.shop, self.faults = folder, shop, faults or Faults()
        self.state = State(folder / "store.sqlite3")
        self.bucket = Bucket(*PLANS[shop.plan])
        with self.state.transaction():
            self.doc = open_shop(self.state, shop)
            furnish(self.state, shop.currency)
        self.signer = Signer(shop.secret, shop.base_url)
        self.uploads = Uploads(folder / "uploads", self.signer, shop.domain)
        self.bulk = Operations(
            self.state, folder / "bulk", self.signer, self.uploads, self.faults, speed or Speed()
        )
        self.deliveries = Deliveries(shop.secret, shop.domain, VERSION, shop.webhook_scale)
        self.webhooks = Webhooks(self.state, shop, self.faults, self.deliveries)
        self.requests: deque[Doc] = deque(maxlen=_REMEMBERED)
        self.installed = True

    def allows(self, token: str | None) -> bool:
        """Whether `token` is the store's."""
        return (
            self.installed
            and bool(token)
            and hmac.compare_digest(str(token).encode(), self.shop.token.encode())
        )

    def uninstall(self) -> None:
        """The merchant removes the app: it is told, and its token and subscriptions are gone."""
        self.installed = False
        with self.state.transaction():
            self.webhooks.send("app/uninstalled", uninstalled(self.doc))
            for subscription in self.webhooks.all():
                self.webhooks.delete(subscription["id"])

    def execute(self, body: Any) -> Doc:
        """Answer one GraphQL request, and remember what it was and cost."""
        began = time.monotonic()
        answer = self._execute(body)
        cost = answer.get("extensions", {}).get("cost", {})
        self.requests.appendleft(
            {
                "at": instant(),
                "name": _name(body),
                "requested": cost.get("requestedQueryCost"),
                "actual": cost.get("actualQueryCost"),
                "left": cost.get("throttleStatus", {}).get("currentlyAvailable"),
                "seconds": time.monotonic() - began,
                "errors": [e.get("extensions", {}).get("code") or "error" for e in answer.get("errors", ())],
            }
        )
        return answer

    def _execute(self, body: Any) -> Doc:
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            return {"errors": [{"message": "query is required", "extensions": {"code": "BAD_REQUEST"}}]}
        variables = body.get("variables") or {}
        document, wrong = _prepared(body["query"])
        if document is None or wrong:
            return {"errors": [_error(error) for error in wrong]}
        operation = get_operation_ast(document, body.get("operationName"))
        if operation is None:
            return {"errors": [{"message": "An operation name is required"}]}
        fragments = {n.name.value: n for n in document.definitions if isinstance(n, FragmentDefinitionNode)}
        return self._paid(document, operation, Costs(schema(), fragments, variables), variables)

    def _paid(self, document: Any, operation: OperationDefinitionNode, costs: Costs, variables: dict) -> Doc:
        self._obey()
        requested = costs.of(operation)
        if requested > MAX_QUERY_COST:
            message = f"Query cost is {requested}, above the single query max cost ({MAX_QUERY_COST})."
            extensions = {"code": "MAX_COST_EXCEEDED", "cost": requested, "maxCost": MAX_QUERY_COST}
            return {"errors": [{"message": message, "extensions": extensions}]}
        if not self.bucket.reserve(requested):
            return self.throttled(requested)
        context = self.context(variables)
        with self.state.lock:
            result = execute_sync(schema(), document, context_value=context, variable_values=variables)
        actual = min(requested, costs.of(operation, result.data)) if result.data else 0
        self.bucket.give_back(max(0, requested - actual))
        for problem in result.errors or []:
            if problem.original_error and not isinstance(problem.original_error, GraphQLError):
                log.error("resolver failed", exc_info=problem.original_error)
        answer: Doc = {"data": result.data}
        if result.errors:
            answer["errors"] = [_error(error) for error in result.errors]
        return answer | self._cost(requested, actual)

    def _obey(self) -> None:
        """Switches that change the store itself."""
        if self.faults.restore_rate:
            self.bucket.rate = self.faults.restore_rate
        name, self.faults.deactivate = self.faults.deactivate, ""
        if name:
            with self.state.transaction():
                for _, doc in self.state.page("Location", 0, 1000):
                    if doc["name"] == name:
                        self.state.put("Location", doc | {"isActive": False, "deactivatedAt": instant()})

    def context(self, variables: dict[str, Any]) -> Context:
        """What the resolvers of one request may ask."""
        return Context(
            self.state, self.doc, self.shop.base_url, variables, self.bulk, self.faults, self.webhooks
        )

    def throttled(self, requested: int = 100) -> Doc:
        """The answer to a request the bucket cannot pay; HTTP status 200, as Shopify's."""
        error = {
            "message": "Throttled",
            "extensions": {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"},
        }
        return {"errors": [error]} | self._cost(requested, None)

    def _cost(self, requested: int, actual: int | None) -> Doc:
        status = self.bucket.status()
        return {
            "extensions": {
                "cost": {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}
            }
        }


@lru_cache(maxsize=256)
def _prepared(text: str) -> tuple[DocumentNode | None, tuple[GraphQLError, ...]]:
    """A document, parsed and validated once: clients send the same few again and again."""
    try:
        document = parse(text)
    except GraphQLError as error:
        return None, (error,)
    return document, tuple(validate(schema(), document))


def _name(body: Any) -> str:
    """What a request calls itself, else its first field."""
    if not isinstance(body, dict):
        return "?"
    found = _NAME.search(str(body.get("query")))
    return str(body.get("operationName") or (found and (found[1] or found[2])) or "?")


def _error(error: GraphQLError) -> Doc:
    entry: Doc = dict(error.formatted)
    if error.original_error and not isinstance(error.original_error, GraphQLError):
        return {
            "message": "Internal error. Looks like something went wrong on our end.",
            "extensions": {"code": "INTERNAL_SERVER_ERROR"},
        }
    return entry
