"""What the bridge does, one verb a file."""
