"""The transport to Saleor's GraphQL API: one session, time-outs, and repeated reads."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import requests

from .errors import SaleorDenied, SaleorError, SaleorUnreachable

TRIES = 5


@cache
def document(dialect: str, name: str) -> str:
    """The text of a document, with the fragments of its dialect that it uses."""
    folder = files(__package__) / "queries" / dialect
    text = (folder / f"{name}.graphql").read_text()
    fragments = [entry.name for entry in folder.iterdir() if entry.name.endswith(".fragment.graphql")]
    for entry in sorted(fragments):
        if f"...{entry.split('.')[0]}" in text.replace("... ", "..."):
            text += "\n" + (folder / entry).read_text()
    return text


class SaleorClient:
    """Asks one Saleor. `token` is an app's, or "" for what everybody may see."""

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        scheme: str = "Bearer",
        timeout: tuple[float, float] = (5, 60),
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.url, self._timeout, self._sleep = url, timeout, sleep
        self._authorization = f"{scheme} {token}" if token else ""
        self._local = threading.local()

    def run(self, text: str, **variables: Any) -> dict[str, Any]:
        """The data of a document; reads are repeated when Saleor does not answer.

        Amounts come as Decimal, exactly as Saleor wrote them. Raises SaleorDenied, SaleorUnreachable,
        SaleorError.
        """
        for attempt in range(1, TRIES + 1):
            try:
                return self._once(text, variables)
            except SaleorUnreachable:
                if attempt == TRIES or text.lstrip().startswith("mutation"):
                    raise
                self._sleep(0.3 * 2**attempt)
        raise AssertionError("unreachable")

    def _once(self, text: str, variables: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = self._session().post(
                self.url,
                data=json.dumps({"query": text, "variables": variables}).encode(),
                timeout=self._timeout,
                allow_redirects=False,
            )
            body = json.loads(answer.text, parse_float=Decimal)
        except requests.RequestException as error:
            raise SaleorUnreachable(f"Saleor does not answer: {type(error).__name__}") from None
        except ValueError:
            raise SaleorUnreachable(f"Saleor answered HTTP {answer.status_code} without JSON") from None
        errors = body.get("errors") or []
        if errors:
            self._raise(errors)
        if answer.status_code != 200 or not isinstance(body.get("data"), dict):
            raise SaleorUnreachable(f"Saleor answered HTTP {answer.status_code}")
        return body["data"]

    @staticmethod
    def _raise(errors: list[dict[str, Any]]) -> None:
        kinds = {((error.get("extensions") or {}).get("exception") or {}).get("code") for error in errors}
        said = str(errors[0].get("message"))[:200]
        if kinds & {"PermissionDenied", "InvalidTokenError", "ExpiredSignatureError", "JSONWebTokenError"}:
            raise SaleorDenied(f"Saleor refuses: {said}")
        raise SaleorError(f"Saleor answers: {said}")

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.headers["Content-Type"] = "application/json"
            if self._authorization:
                self._local.session.headers["Authorization"] = self._authorization
        return self._local.session
