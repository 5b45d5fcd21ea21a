"""What the desk answers to browsers."""
