"""Connections. Tokens are encrypted at rest."""

from __future__ import annotations

from django.db import models

from saleor_plugins.delivery.secrets import EncryptedTextField
from saleor_plugins.kernel.ids import new_id


class Store(models.Model):
    """One Saleor (channel) mirrored to one Shopify store.

    `shop` is how it is reached, `domain` the myshopify.com domain it calls itself.
    `orders_since`: orders made on that day or later are mirrored; null means none are. `policy` holds what
    differs from `domain.policy.Policy`'s defaults. `saleor_secrets` and `webhook_secrets` sign what the two
    sides send us, two with a comma between during a rotation. `bulk_refused`: when Shopify last said that
    the app may not run bulk operations. `uninstalled`: when the app was found to be gone from the store;
    nothing is done for it until it is connected again. `polled`: up to when both sides were asked what
    has changed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.SlugField(max_length=50, unique=True)
    saleor_url = models.CharField(max_length=500)
    saleor_token = EncryptedTextField()
    channel = models.CharField(max_length=255, blank=True, default="")
    shop = models.CharField(max_length=255)
    domain = models.CharField(max_length=255, blank=True, default="")
    shop_token = EncryptedTextField()
    webhook_secrets = EncryptedTextField(blank=True, default="")
    currency = models.CharField(max_length=3)
    saleor_secrets = EncryptedTextField(blank=True, default="")
    orders_since = models.DateField(null=True)
    policy = models.JSONField(default=dict)
    bulk_refused = models.DateTimeField(null=True)
    uninstalled = models.DateTimeField(null=True)
    polled = models.DateTimeField(null=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop"], name="bridge_store_shop"),
        ]
