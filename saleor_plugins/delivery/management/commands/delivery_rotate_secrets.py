"""``delivery_rotate_secrets``: encrypt every stored secret with the first key."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser
from django.db import models, transaction

from saleor_plugins.delivery.secrets import EncryptedTextField


class Command(BaseCommand):
    """Re-encrypts the encrypted fields of every installed app, ours and those of later rooms."""

    help = "Encrypt every stored secret anew, with the first of SALEOR_PLUGINS_ENCRYPTION_KEYS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only check that every secret can be read")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        for model in apps.get_models():
            fields = [f.name for f in model._meta.concrete_fields if isinstance(f, EncryptedTextField)]
            if fields:
                count = _rotate(model, fields, dry_run)
                done = "can be read" if dry_run else "encrypted anew"
                self.stdout.write(f"{model._meta.label}: the secrets of {count} rows {done}")


def _rotate(model: type[models.Model], fields: list[str], dry_run: bool) -> int:
    keys = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
    for key in keys:
        with transaction.atomic():
            row = model._default_manager.select_for_update().only(*fields).filter(pk=key).first()
            if row and not dry_run:
                # Encryption happens on the way into the database.
                row.save(update_fields=fields)
    return len(keys)
