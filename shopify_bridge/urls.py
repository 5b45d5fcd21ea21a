"""Endpoints that others call."""

from __future__ import annotations

from django.urls import path

from . import webhooks

urlpatterns = [
    path("webhooks/shopify/<slug:name>/", webhooks.shopify, name="shopify-webhook"),
    path("healthz", webhooks.health, name="health"),
]
