"""What app/uninstalled says: the whole shop, of which the sandbox has a part and fills in the rest."""

from __future__ import annotations

from .state import Doc
from .webhook_payloads import number

_TEXTS = (
    *("address1", "city", "country", "country_code", "country_name", "phone", "province", "province_code"),
    *("zip", "money_format", "money_in_emails_format", "money_with_currency_format", "shop_owner"),
    "money_with_currency_in_emails_format",
)
_UNKNOWN = (
    *("address2", "auto_configure_tax_inclusivity", "county_taxes", "created_at", "google_apps_domain"),
    *("google_apps_login_enabled", "latitude", "longitude", "source", "tax_shipping", "updated_at"),
)
_NO = (
    *("checkout_api_supported", "eligible_for_payments", "finances", "has_discounts", "has_gift_cards"),
    *("has_storefront", "marketing_sms_consent_enabled_at_checkout", "multi_location_enabled"),
    *("password_enabled", "pre_launch_enabled", "requires_extra_payments_agreement", "setup_required"),
    "transactional_sms_disabled",
)
_SHOP: Doc = {
    **dict.fromkeys(_TEXTS, ""),
    **dict.fromkeys(_UNKNOWN),
    **dict.fromkeys(_NO, False),
    "plan_display_name": "Development",
    "plan_name": "partner_test",
    "primary_locale": "en",
    "primary_location_id": 1,
    "timezone": "(GMT+00:00) UTC",
    "weight_unit": "kg",
}


def uninstalled(shop: Doc) -> Doc:
    """app/uninstalled: the shop."""
    return _SHOP | {
        "id": number(shop["id"]),
        "name": shop["name"],
        "email": shop["email"],
        "customer_email": shop["email"],
        "domain": shop["myshopifyDomain"],
        "myshopify_domain": shop["myshopifyDomain"],
        "currency": shop["currencyCode"],
        "enabled_presentment_currencies": [shop["currencyCode"]],
        "iana_timezone": shop["ianaTimezone"],
        "taxes_included": shop["taxesIncluded"],
    }
