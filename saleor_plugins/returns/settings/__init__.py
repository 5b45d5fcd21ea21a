"""The plugin's settings by subject; config.py makes one page of them."""
