"""The portal: where shoppers find their order and send things back."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from saleor_plugins.http.pages import refusal
from saleor_plugins.http.throttle import TooMany
from saleor_plugins.kernel.errors import NotFound, PermissionDenied
from saleor_plugins.platform import settings as platform_settings
from saleor_plugins.platform.port import Asker

from ...config import PLUGIN_ID
from ...settings.portal import SETTINGS
from . import access_pages, session, withdrawal

View = Callable[[HttpRequest, str], HttpResponse]

# Open to everybody; all else needs a session.
_DOORS: dict[str, View] = {
    "code/": access_pages.code,
    "open/": access_pages.open_link,
    "leave/": access_pages.leave,
    "withdraw/": withdrawal.view,
}


def view(request: HttpRequest, rest: str) -> HttpResponse:
    """``portal/...``: the doors for everybody, the rest for whoever has come in through one."""
    if not platform_settings.setting_values(PLUGIN_ID, SETTINGS)["portal_on"]:
        return refusal(404, "Not found.")
    if request.method not in ("GET", "HEAD", "POST"):
        return refusal(405, "Use GET or POST.")
    guest = session.guest(request)
    request.asker = guest or Asker()  # type: ignore[attr-defined]
    try:
        return _answer(request, rest)
    except TooMany:
        return access_pages.notice(request, "busy", 429)
    except PermissionDenied:
        return access_pages.notice(request, "refused", 403)
    except NotFound:
        return access_pages.notice(request, "gone", 404)


def _answer(request: HttpRequest, rest: str) -> HttpResponse:
    for path, door in _DOORS.items():
        if rest.startswith(path):
            return door(request, rest[len(path) :])
    if session.order_id(request) is None:
        if not rest:
            return access_pages.start(request)
        # A page that was bookmarked, or a session that is over: the way back in.
        return HttpResponseRedirect(session.base(request))
    from . import flow

    return flow.view(request, rest)
