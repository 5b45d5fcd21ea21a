"""What a request to return may be, and why: one rule a file, judged together by `evaluate`."""
