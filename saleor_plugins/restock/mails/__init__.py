"""What is written to shoppers who wait for stock."""
