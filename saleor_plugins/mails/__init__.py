"""Mails to people: kinds, words, templates that merchants may change, the HTML part, sending each once.

A room has its own kinds, words and tables, and gives them as an `Office`.
"""
