"""What becomes of parcels, and what is printed for them."""
