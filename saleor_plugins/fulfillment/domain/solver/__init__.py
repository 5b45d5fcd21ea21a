"""Exact least-cost sourcing as a problem of integers: what is asked, and the searches that answer it."""
