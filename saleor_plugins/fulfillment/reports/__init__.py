"""Results for people to read: in a terminal, a spreadsheet or a page."""
