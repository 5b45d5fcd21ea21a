"""The return was asked for: its number, and what happens next."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from ...domain.machines import ReturnState
from ...usecases.return_story import return_story
from .next_steps import next_steps
from .render import language, page
from .words import words


def done(request: HttpRequest, key: str) -> HttpResponse:
    """``return/<id>/done/``: the same page however often it is opened."""
    story = return_story(request.asker, UUID(key))  # type: ignore[attr-defined]
    spoken = language(request)
    said = words(spoken)
    waits = story.rma.state == ReturnState.REQUESTED.value
    values = {
        "title": said["done_title" if waits else "done_approved"],
        "number": said["done_number"].format(number=story.rma.number),
        "steps": next_steps(story, spoken),
        "path": f"return/{key}/",
    }
    return page(request, "done.html", values)
