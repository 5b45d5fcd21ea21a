"""Endpoints that others call."""

from __future__ import annotations

from django.urls import path

from . import webhooks
from .saleor import views as saleor

urlpatterns = [
    path("webhooks/shopify/<slug:name>/", webhooks.shopify, name="shopify-webhook"),
    path("webhooks/saleor/<slug:name>/", saleor.webhook, name="saleor-webhook"),
    path("saleor/<slug:name>/manifest/", saleor.manifest, name="saleor-manifest"),
    path("saleor/<slug:name>/register/", saleor.register, name="saleor-register"),
    path("healthz", webhooks.health, name="health"),
]
