"""A browser without scripts: pages, cookies and forms, nothing but the standard library."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser

from devshop.places import Failed

_SECONDS = 60


@dataclass
class Form:
    """A form as its page filled it in."""

    action: str = ""
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class Browser:
    """Somebody who reads a page, fills in its form and sends it."""

    def __init__(self) -> None:
        # Nothing in the story leaves this machine.
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor()
        )
        self.address = self.page = self.text = ""
        self.forms: list[Form] = []

    def open(self, address: str, fields: dict[str, str] | None = None) -> None:
        """Open a page, or send `fields` to it. Raises Failed unless the answer is a page."""
        data = None if fields is None else urllib.parse.urlencode(fields).encode()
        try:
            with self._opener.open(address, data, timeout=_SECONDS) as answer:
                self.address, self.page = answer.geturl(), answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                raise Failed(f"{address} answered {error.code}") from None
        reader = _Reader()
        reader.feed(self.page)
        self.forms, self.text = reader.forms, " ".join(" ".join(reader.texts).split())

    def send(self, **given: str) -> None:
        """Send the form that has these fields, or the page's last one. Raises Failed when none has them."""
        forms = [form for form in self.forms if form.names >= set(given)]
        if not forms:
            raise Failed(f"{self.address} asks for none of {', '.join(given)}: {self.text[:300]}")
        form = forms[-1]
        self.open(urllib.parse.urljoin(self.address, form.action), form.values | given)


class _Reader(HTMLParser):
    """The forms and the words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.texts: list[str] = []
        self._silent = False
        # The select that is open, and whether the option that is open is what it says.
        self._select = ""
        self._chosen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._silent = tag in ("style", "script")
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag in ("input", "textarea", "select") and "name" in given and self.forms:
            self._field(tag, given)
        elif tag == "option" and self._select:
            self._chosen = "selected" in given or self._select not in self.forms[-1].values

    def handle_endtag(self, tag: str) -> None:
        self._silent = self._chosen = False
        if tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._chosen:
            self.forms[-1].values[self._select] = data.strip()
        if not self._silent:
            self.texts.append(data)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form, name = self.forms[-1], given["name"]
        form.names.add(name)
        if tag == "select":
            self._select = name
        elif "checked" in given or given.get("type") not in ("checkbox", "radio"):
            form.values.setdefault(name, given.get("value", ""))
