"""Suppliers' catalogues as a CSV file."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from saleor_plugins.restock.usecases.export_catalogue import export_catalogue


class Command(BaseCommand):
    """``export_suppliers > catalogue.csv``: what ``import_suppliers`` takes in."""

    help = "Writes suppliers' catalogues as CSV, line by line."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in export_catalogue():
            self.stdout.write(line, ending="")
