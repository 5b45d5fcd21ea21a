"""The tracking page's words. Django has the names of days and months; these are ours."""

from __future__ import annotations

LANGUAGES = ("en", "de", "pl")

_ENGLISH = {
    "order": "Order {number}",
    "parcel": "Parcel {number} of {count}",
    "promise": "All of it arrives by {day}",
    "all_delivered": "Everything was delivered",
    "under_way": "On its way",
    "preparing": "We are getting it ready",
    "canceled": "This order was cancelled",
    "arrives": "Expected by",
    "contents": "In this parcel",
    "history": "What happened so far",
    "number": "Tracking number",
    "follow": "Follow it at {carrier}",
    "follow_plain": "Follow it at the carrier",
    "opens": "opens the carrier's page",
    "waiting": "Not sent yet",
    "waiting_text": "These follow in another parcel.",
    "pieces": "pieces",
    "progress": "Progress",
    "reached": "reached",
    "now": "now",
    "times": "Times are those of the shop.",
    "expired": "This link has expired",
    "expired_text": "Ask the shop for a new one.",
    "unknown": "There is nothing here",
    "unknown_text": "Please check that the whole link was copied.",
    "step_CREATED": "Packed",
    "step_IN_TRANSIT": "On the way",
    "step_OUT_FOR_DELIVERY": "Out for delivery",
    "step_DELIVERED": "Delivered",
    "state_PLANNED": "Being prepared",
    "state_CREATED": "Packed",
    "state_IN_TRANSIT": "On the way",
    "state_OUT_FOR_DELIVERY": "Out for delivery",
    "state_EXCEPTION": "Delayed",
    "state_DELIVERED": "Delivered",
    "state_RETURNING": "On its way back to the shop",
    "state_RETURNED": "Back at the shop",
    "state_CANCELED": "Cancelled",
}
_GERMAN = {
    "order": "Bestellung {number}",
    "parcel": "Paket {number} von {count}",
    "promise": "Alles ist da bis {day}",
    "all_delivered": "Alles ist zugestellt",
    "under_way": "Unterwegs",
    "preparing": "Wir bereiten den Versand vor",
    "canceled": "Diese Bestellung wurde storniert",
    "arrives": "Voraussichtlich bis",
    "contents": "In diesem Paket",
    "history": "Bisheriger Verlauf",
    "number": "Sendungsnummer",
    "follow": "Bei {carrier} verfolgen",
    "follow_plain": "Beim Paketdienst verfolgen",
    "opens": "öffnet die Seite des Paketdienstes",
    "waiting": "Noch nicht verschickt",
    "waiting_text": "Diese Artikel kommen in einem weiteren Paket.",
    "pieces": "Stück",
    "progress": "Fortschritt",
    "reached": "erreicht",
    "now": "jetzt",
    "times": "Zeiten sind die des Shops.",
    "expired": "Dieser Link ist abgelaufen",
    "expired_text": "Bitten Sie den Shop um einen neuen.",
    "unknown": "Hier ist nichts",
    "unknown_text": "Bitte prüfen Sie, ob der ganze Link kopiert wurde.",
    "step_CREATED": "Gepackt",
    "step_IN_TRANSIT": "Unterwegs",
    "step_OUT_FOR_DELIVERY": "In Zustellung",
    "step_DELIVERED": "Zugestellt",
    "state_PLANNED": "Wird vorbereitet",
    "state_CREATED": "Gepackt",
    "state_IN_TRANSIT": "Unterwegs",
    "state_OUT_FOR_DELIVERY": "In Zustellung",
    "state_EXCEPTION": "Verzögert",
    "state_DELIVERED": "Zugestellt",
    "state_RETURNING": "Auf dem Rückweg zum Shop",
    "state_RETURNED": "Zurück beim Shop",
    "state_CANCELED": "Storniert",
}
_POLISH = {
    "order": "Zamówienie {number}",
    "parcel": "Paczka {number} z {count}",
    "promise": "Całość dotrze najpóźniej: {day}",
    "all_delivered": "Wszystko zostało doręczone",
    "under_way": "W drodze",
    "preparing": "Przygotowujemy wysyłkę",
    "canceled": "To zamówienie zostało anulowane",
    "arrives": "Przewidywane doręczenie do",
    "contents": "W tej paczce",
    "history": "Dotychczasowa droga",
    "number": "Numer przesyłki",
    "follow": "Śledź w {carrier}",
    "follow_plain": "Śledź u przewoźnika",
    "opens": "otwiera stronę przewoźnika",
    "waiting": "Jeszcze niewysłane",
    "waiting_text": "Te produkty przyjdą w kolejnej paczce.",
    "pieces": "szt.",
    "progress": "Postęp",
    "reached": "osiągnięto",
    "now": "teraz",
    "times": "Godziny według czasu sklepu.",
    "expired": "Ten link wygasł",
    "expired_text": "Poproś sklep o nowy.",
    "unknown": "Tu nic nie ma",
    "unknown_text": "Sprawdź, czy skopiowano cały link.",
    "step_CREATED": "Spakowana",
    "step_IN_TRANSIT": "W drodze",
    "step_OUT_FOR_DELIVERY": "W doręczeniu",
    "step_DELIVERED": "Doręczona",
    "state_PLANNED": "W przygotowaniu",
    "state_CREATED": "Spakowana",
    "state_IN_TRANSIT": "W drodze",
    "state_OUT_FOR_DELIVERY": "W doręczeniu",
    "state_EXCEPTION": "Opóźniona",
    "state_DELIVERED": "Doręczona",
    "state_RETURNING": "W drodze powrotnej do sklepu",
    "state_RETURNED": "Z powrotem w sklepie",
    "state_CANCELED": "Anulowana",
}
_TEXTS = {"en": _ENGLISH, "de": _GERMAN, "pl": _POLISH}


def texts(language: str) -> dict[str, str]:
    """The words in one of `LANGUAGES`."""
    return _TEXTS[language]


def language_of(accepted: str) -> str:
    """The first of our languages by an Accept-Language header's weights; English if it has none of them."""
    best, most = LANGUAGES[0], 0.0
    for part in accepted[:500].split(","):
        name, _, weight = part.strip().partition(";q=")
        language = name.strip().lower().partition("-")[0]
        try:
            value = float(weight) if weight else 1.0
        except ValueError:
            value = 0.0
        if language in LANGUAGES and most < value <= 1:
            best, most = language, value
    return best
