"""A package, so that `tests.shopdata` is ours and not the `tests` that some distributions install."""
