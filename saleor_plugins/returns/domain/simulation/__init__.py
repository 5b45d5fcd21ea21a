"""Past requests judged again by other rules: what would have been different?"""
