"""Who is in the portal: a signed cookie that names one order, and nothing on the server.

Saleor's endpoints are exempt from Django's CSRF check, so the portal has its own: a token made of the
cookie's nonce, and the word of the browser about where a form was sent from.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString

from saleor_plugins.kernel.errors import PermissionDenied
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker

from ...access import as_guest

COOKIE = "returns_portal"
FIELD = "csrf"
SECONDS = 2 * 3600
_SALT = "saleor_plugins.returns.session"
_CSRF = "saleor_plugins.returns.csrf"
_PORTAL = "portal/"
# What browsers say of a form that one of our pages sent, or that a person typed in.
_HOME = ("same-origin", "none")


def base(request: HttpRequest) -> str:
    """The path of the portal as the asker reached it, such as ``/plugins/saleor_plugins.returns/portal/``."""
    before, found, _ = request.path.partition(f"/{_PORTAL}")
    return f"{before}{found}"


def sign_in(request: HttpRequest, response: HttpResponse, order_id: str) -> None:
    """Let the browser see this order, and no other, for two hours."""
    value = signing.dumps([order_id, secrets.token_urlsafe(16)], salt=_SALT)
    secure = request.is_secure() or shop().site().address.startswith("https:")
    response.set_cookie(
        COOKIE, value, max_age=SECONDS, path=base(request), secure=secure, httponly=True, samesite="Lax"
    )


def sign_out(request: HttpRequest, response: HttpResponse) -> None:
    """Make the browser forget."""
    response.delete_cookie(COOKIE, path=base(request), samesite="Lax")


def order_id(request: HttpRequest) -> str | None:
    """The order that the browser may see."""
    return _read(request)[0]


def guest(request: HttpRequest) -> Asker | None:
    """Who is signed in, as somebody who owns that one order; None for nobody."""
    order = order_id(request)
    return as_guest(order) if order else None


def csrf_input(request: HttpRequest) -> SafeString:
    """The hidden field that every form of the portal carries; empty when nobody is signed in."""
    nonce = _read(request)[1]
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, _token(nonce)) if nonce else _NONE


_NONE = SafeString("")


def check_csrf(request: HttpRequest) -> None:
    """Raises PermissionDenied (code CSRF) for a form that was not on a page of this session."""
    check_origin(request)
    nonce = _read(request)[1]
    if nonce and not constant_time_compare(request.POST.get(FIELD, ""), _token(nonce)):
        raise PermissionDenied("Open the page again and repeat.", code="CSRF")


def check_origin(request: HttpRequest) -> None:
    """Raises PermissionDenied (code CSRF) for a form that another site sent, as far as the browser tells."""
    if request.headers.get("Sec-Fetch-Site", "none") not in _HOME:
        raise PermissionDenied("Open the page again and repeat.", code="CSRF")


def _token(nonce: str) -> str:
    return str(salted_hmac(_CSRF, nonce, algorithm="sha256").hexdigest())


def _read(request: HttpRequest) -> tuple[str, str] | tuple[None, None]:
    """The order and the nonce of the cookie; nothing for none, an old one or one that is not ours."""
    found: Any = None
    if value := request.COOKIES.get(COOKIE):
        try:
            found = signing.loads(value, salt=_SALT, max_age=SECONDS)
        except (signing.BadSignature, ValueError):
            return None, None
    match found:
        case [str(order), str(nonce)]:
            return order, nonce
    return None, None
