"""An order as mail: words, PDF and CSV."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale

from ...delivery import Park
from ...http.texts import is_address
from ...kernel import wording
from ...platform import shop
from ...platform.port import Attachment
from ..domain.paper import Paper
from .csv import order_csv
from .pdf import change_text, order_pdf
from .words import words


def send_mail(paper: Paper, to: str, link: str, key: str) -> None:
    """Send it under `key`, which mailboxes know again. Raises Park for no address, and as the port."""
    if not is_address(to):
        raise Park("The supplier has no mail address.")
    said = words(paper.language)
    name = f"{said['order']}-{paper.number}-{paper.revision}".replace(" ", "-")
    files = [
        Attachment(f"{name}.pdf", order_pdf(paper, link), "application/pdf"),
        Attachment(f"{name}.csv", order_csv(paper), "text/csv"),
    ]
    headers = {"Reply-To": paper.reply_to} if paper.reply_to else {}
    shop().send_mail(to, subject(paper), text(paper, link), key=key, attachments=files, headers=headers)


def subject(paper: Paper) -> str:
    """The mail's subject, on one line."""
    kind = "subject_canceled" if paper.cancels else "subject_again" if paper.replaces else "subject"
    said = words(paper.language)[kind].format(number=paper.number, revision=paper.revision)
    return " ".join(f"{said} · {paper.shop}".split())


def text(paper: Paper, link: str) -> str:
    """The mail's text."""
    said, locale = words(paper.language), wording.locale_of(paper.language)
    kind = "hello_canceled" if paper.cancels else "hello_again" if paper.replaces else "hello_text"
    parts = [
        said["hello"].format(supplier=paper.supplier),
        said[kind].format(number=paper.number, revision=paper.revision),
        *_changes(paper, said, locale),
        _sums(paper, said, locale),
    ]
    if link and not paper.cancels:
        zone = ZoneInfo(shop().time_zone())
        day = wording.day(datetime.fromtimestamp(paper.until, zone).date(), locale)
        parts.append(f"{said['link']}:\n{link}\n{said['link_until'].format(day=day)}")
    parts.append("\n".join([said["bye"], *paper.sender]))
    return "\n\n".join(parts) + "\n"


def _changes(paper: Paper, said: dict[str, str], locale: Locale) -> list[str]:
    if not paper.changes:
        return []
    rows = ["- " + change_text(change, paper.currency, said, locale) for change in paper.changes]
    return ["\n".join([said["replaces"].format(revision=paper.replaces), *rows])]


def _sums(paper: Paper, said: dict[str, str], locale: Locale) -> str:
    rows = [
        f"{said['units']}: {wording.number(paper.units, locale)}",
        f"{said['total']}: {wording.amount(paper.total, paper.currency, locale)}",
    ]
    if paper.wanted and not paper.cancels:
        rows.append(f"{said['wanted']}: {wording.day(paper.wanted, locale)}")
    return "\n".join([*rows, f"{said['deliver_to']}: {', '.join(paper.deliver_to)}"])
