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

from .errors import SaleorBusy, SaleorDenied, SaleorError, SaleorTooMuch, SaleorUnreachable

TRIES, TOO_MANY = 5, 429
_LONGEST_WAIT = 30.0


@cache
def document(dialect: str, name: str, languages: tuple[str, ...] = ()) -> str:
    """The text of a document, with the fragments of its dialect that it uses.

    Where it says `# translations`, it asks for those of `languages`, each under its name after `t_`.
    """
    folder = files(__package__) / "queries" / dialect
    text = (folder / f"{name}.graphql").read_text()
    left = {entry.name.split(".")[0] for entry in folder.iterdir() if ".fragment." in entry.name}
    while used := sorted(name for name in left if f"...{name} " in text or f"...{name}\n" in text):
        text = "\n".join([text, *((folder / f"{name}.fragment.graphql").read_text() for name in used)])
        left -= set(used)
    texts = "descriptionJson" if dialect == "v2" else "descriptionJson: description"
    asked = [
        f"t_{code}: translation(languageCode: {code}) {{ name {texts} seoTitle seoDescription }}"
        for code in languages
    ]
    return text.replace("# translations", "\n".join(asked))


class SaleorClient:
    """Asks one Saleor. `token` is an app's, or "" for what everybody may see."""

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        scheme: str = "Bearer",
        timeout: tuple[float, float] = (5, 60),
        tries: int = TRIES,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.url, self._timeout, self._tries, self._sleep = url, timeout, tries, sleep
        self._authorization = f"{scheme} {token}" if token else ""
        self._local = threading.local()

    def run(self, text: str, **variables: Any) -> dict[str, Any]:
        """The data of a document; reads are repeated when Saleor does not answer.

        Amounts come as Decimal, exactly as Saleor wrote them. Raises SaleorDenied, SaleorUnreachable (after
        a mutation: whether it was done is not known), SaleorTooMuch, SaleorError.
        """
        for attempt in range(1, self._tries + 1):
            try:
                return self._once(text, variables)
            except SaleorTooMuch:
                raise  # the same again would take as long
            except SaleorBusy as error:
                if attempt == self._tries:
                    raise
                self._sleep(error.seconds)
            except SaleorUnreachable:
                if attempt == self._tries or text.lstrip().startswith("mutation"):
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
            if answer.status_code == TOO_MANY:
                raise SaleorBusy(_seconds(answer.headers.get("Retry-After", "")))
            answer.encoding = "utf-8"
            body = json.loads(answer.text, parse_float=Decimal)
        except requests.ReadTimeout:
            raise SaleorTooMuch("Saleor does not answer in time") from None
        except requests.RequestException as error:
            raise SaleorUnreachable(f"Saleor does not answer: {type(error).__name__}") from None
        except ValueError:
            raise SaleorUnreachable(f"Saleor answered HTTP {answer.status_code} without JSON") from None
        if not isinstance(body, dict):
            raise SaleorUnreachable(f"Saleor answered HTTP {answer.status_code} without an object")
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
        if "QueryCostError" in kinds:
            raise SaleorTooMuch(f"Saleor answers: {said}")
        raise SaleorError(f"Saleor answers: {said}")

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.headers["Content-Type"] = "application/json"
            if self._authorization:
                self._local.session.headers["Authorization"] = self._authorization
        return self._local.session


def _seconds(retry_after: str) -> float:
    return min(float(retry_after), _LONGEST_WAIT) if retry_after.isdecimal() else 2.0
