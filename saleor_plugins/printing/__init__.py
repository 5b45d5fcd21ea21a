"""What is drawn: barcodes, sheets of paper as PDF, charts."""
