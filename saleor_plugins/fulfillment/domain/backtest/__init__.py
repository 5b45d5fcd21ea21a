"""Past orders replayed under other rules, side by side."""
