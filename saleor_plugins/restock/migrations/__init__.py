"""Our tables, on Django 3.2 to 5.2."""
