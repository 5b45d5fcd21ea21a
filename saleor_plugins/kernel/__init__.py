"""Pure building blocks every other package may use: money, ids, clock, errors, transitions."""
