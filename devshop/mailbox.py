"""The mails that the shop has sent: a file each."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from devshop.places import Failed


def mails(folder: Path, to: str) -> Iterator[EmailMessage]:
    """Every mail to this address, the oldest first."""
    for path in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns):
        found = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if to in str(found["To"]):
            yield cast(EmailMessage, found)


def text(mail: EmailMessage) -> str:
    """What it says, in plain words."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def attached(mail: EmailMessage) -> dict[str, bytes]:
    """The files that came with it, by name."""
    return {str(part.get_filename()): cast(bytes, part.get_content()) for part in mail.iter_attachments()}


def link(mail: EmailMessage, part: str) -> str:
    """The first address in it that has `part` in it. Raises Failed without one."""
    for found in re.findall(r"https?://\S+", text(mail)):
        if part in found:
            return str(found)
    raise Failed(f"the mail “{mail['Subject']}” has no link to {part}: {text(mail)[:300]}")
