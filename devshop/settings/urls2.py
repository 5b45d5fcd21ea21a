"""URLs of Saleor 2.10, which has no address for plugins: ours come first, its last one catches all."""

from __future__ import annotations

from saleor.urls import urlpatterns as saleor_urls

from saleor_plugins.platform.urls import urlpatterns as plugin_urls

urlpatterns = [*plugin_urls, *saleor_urls]
