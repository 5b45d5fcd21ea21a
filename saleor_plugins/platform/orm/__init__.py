"""What both generations of Saleor keep in the same tables, read and written once.

Imported only by the adapters, once Django is ready.
"""
