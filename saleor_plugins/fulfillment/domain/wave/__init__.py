"""Many orders that share stock and days, decided together, with a proof of how good that is."""
