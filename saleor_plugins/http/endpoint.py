"""From a path below a plugin's address to the view that answers it."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

HEALTH = "health/"


def serve(routes: Mapping[str, str], request: HttpRequest, path: str | None) -> HttpResponse:
    """Answer with the view of the longest matching route; 404 when none matches.

    An unforeseen error is logged with its trace and answered without any detail.
    """
    wanted = (path or "").lstrip("/")
    if wanted == HEALTH:
        return JsonResponse({"status": "ok"})
    for prefix in sorted(routes, key=len, reverse=True):
        if wanted.startswith(prefix):
            try:
                response: HttpResponse = import_string(routes[prefix])(request, wanted[len(prefix) :])
            except Exception:
                logger.exception("plugin_endpoint_failed", extra={"route": prefix})
                return JsonResponse({"error": "Internal error."}, status=500)
            return response
    return JsonResponse({"error": "Not found."}, status=404)
