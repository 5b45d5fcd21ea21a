"""Plugin endpoints for Saleor 2.10, which has none of its own.

The paths are those of Saleor 3: ``/plugins/<plugin id>/<path>``.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt
from saleor.plugins.manager import get_plugins_manager

from .plugin import Plugin


@csrf_exempt
def plugin_endpoint(request: HttpRequest, plugin_id: str, path: str = "/") -> HttpResponse:
    """Hand the request to the plugin, as Saleor 3 does."""
    plugin = get_plugins_manager().get_plugin(plugin_id)
    if not isinstance(plugin, Plugin):
        return JsonResponse({"error": "Not found."}, status=404)
    return plugin.webhook(request, path, None)


urlpatterns = [re_path(r"^plugins/(?P<plugin_id>[\w.-]+)(?P<path>/.*)?$", plugin_endpoint)]
