"""Photos: shown to whoever may see their return or has a signed link, and taken in from storefronts."""

from __future__ import annotations

from io import BytesIO

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError

from ...http.pages import private, refusal
from ...http.throttle import TooMany, throttle
from ...kernel.errors import Invalid, NotFound, OpsError
from ...kernel.ids import own_key, to_global
from .. import schema
from ..domain.photos import MAX_BYTES
from ..models import Photo
from ..schema.photos import PER_MINUTE, SCOPE
from ..store.photos import find_photo, no_such_photo
from ..usecases.photo_owner import photo_owner
from ..usecases.photos import add_photo, photo_for
from .links import OPEN, Expired, opened_photo, photo_url

# A form's other fields and its boundaries.
_BESIDES = 20_000
_FIELDS = {"order_id": "orderId", "draft_id": "draftId", "return_line_id": "returnLineId"}
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


def view(request: HttpRequest, rest: str) -> HttpResponse:
    """GET ``photos/open/<token>/`` or ``photos/<id>/``, ``?size=preview``; POST ``photos/`` as a form.

    The form has `photo` and `orderLineId`, with `orderId`, `draftId` or `returnLineId`; JSON is answered.
    """
    if request.method == "POST" and not rest:
        return _taken(request)
    if request.method not in ("GET", "HEAD"):
        return refusal(405, "Use GET.")
    try:
        return _shown(_asked(request, rest), request.GET.get("size", ""))
    except Expired:
        return refusal(410, "This link has expired. Ask for a new one.")
    except OpsError:
        return refusal(404, "Not found.")


def _asked(request: HttpRequest, rest: str) -> Photo:
    name = rest.removesuffix("/")
    if not name.startswith(OPEN):
        return photo_for(schema.view.asker(request), own_key(name, "ReturnPhoto"), bytes_too=True)
    key = opened_photo(name.removeprefix(OPEN))
    if key is None:
        raise no_such_photo()
    return find_photo(key, bytes_too=True)


def _shown(photo: Photo, size: str) -> HttpResponse:
    content = photo.preview if size == "preview" else photo.content
    response = HttpResponse(bytes(content), content_type="image/jpeg")
    response["Content-Disposition"] = 'inline; filename="photo.jpg"'
    response["Content-Security-Policy"] = SANDBOX
    return private(response)


def _taken(request: HttpRequest) -> HttpResponse:
    try:
        photo = _added(request)
    except (RequestDataTooBig, MultiPartParserError):
        return _refused(Invalid("The form cannot be read.", field="photo"))
    except OpsError as error:
        return _refused(error)
    draft = to_global("ReturnDraft", photo.draft_id) if photo.draft_id else None
    url = request.build_absolute_uri(photo_url(photo))
    told = {"id": to_global("ReturnPhoto", photo.pk), "url": url, "draftId": draft}
    return private(JsonResponse(told, status=201))


def _added(request: HttpRequest) -> Photo:
    length = request.META.get("CONTENT_LENGTH") or "0"
    # What is no short number is not worth reading as one.
    if not (length.isascii() and length.isdigit() and len(length) < 10) or int(length) > MAX_BYTES + _BESIDES:
        raise Invalid(f"At most {MAX_BYTES // 1_000_000} MB.", field="photo", code="TOO_LARGE")
    asker = request.asker = schema.view.asker(request)  # type: ignore[attr-defined]
    throttle(request, SCOPE, PER_MINUTE)
    given = {name: request.POST.get(field, "") for name, field in _FIELDS.items()}
    owner = photo_owner(asker, **given)
    line_id = request.POST.get("orderLineId", "") or getattr(owner, "line_id", "")
    return add_photo(owner, line_id, request.FILES.get("photo") or BytesIO())


def _refused(error: OpsError) -> HttpResponse:
    status = {NotFound: 404, TooMany: 429}.get(type(error), 400)
    told = {"error": error.message, "field": error.field, "code": error.code}
    return private(JsonResponse(told, status=status))
