"""What the reports are made of: dataclasses, and the arithmetic between what is counted and what is told."""
