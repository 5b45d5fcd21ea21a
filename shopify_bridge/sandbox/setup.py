"""What a new store has besides its locations: channels, a language, markets."""

from __future__ import annotations

from . import markets, publications, translations
from .state import State


def furnish(state: State, currency: str) -> None:
    """Set up what is not there yet; a store of an older sandbox gets it when it is opened."""
    if not state.count("Publication"):
        publications.set_up(state)
    if not state.count("ShopLocale"):
        translations.set_up(state)
    if not state.count("Market"):
        markets.set_up(state, currency)
