"""Write a version of the merchant's rules. It counts for nothing until it is activated."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from saleor_plugins.http.texts import clean
from saleor_plugins.kernel import clock
from saleor_plugins.platform.port import Asker

from ..domain.rules.book import Book
from ..models import Rulebook
from ..store import rulebooks


def save_rulebook(asker: Asker, document: Any, note: str = "") -> Rulebook:
    """Keep `document` as the next version, which nobody changes any more.

    Saying again what the last version says, with the same note, answers that one. Raises Invalids naming
    what is wrong, such as ``document.window.0.days``, and Invalid (``note``).
    """
    Book.read(document)
    words = clean(note, field="note")
    with transaction.atomic():
        number = rulebooks.next_version()
        last = Rulebook.objects.filter(version=number - 1).first()
        if last and (last.document, last.note) == (document, words):
            return last
        return Rulebook.objects.create(
            version=number,
            document=document,
            note=words,
            author_kind=asker.kind.value,
            author_id=asker.id or "",
            created=clock.now(),
        )
