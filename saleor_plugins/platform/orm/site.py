"""The shop's own settings."""

from __future__ import annotations

from typing import Any

from django.contrib.sites.models import Site
from saleor.site.models import SiteSettings


def site_settings() -> Any:
    """Saleor's SiteSettings row.

    Read afresh: Django keeps the site, and with it the settings it had then, for the life of a process.
    """
    return SiteSettings.objects.select_related("site").get(site_id=Site.objects.get_current().pk)
