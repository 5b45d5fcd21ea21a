"""All that a mail's template may do: two tags of Django's, and no filter."""

from __future__ import annotations

from django.template import Library
from django.template.defaulttags import do_for, do_if

register = Library()
register.tag("if", do_if)
register.tag("for", do_for)
