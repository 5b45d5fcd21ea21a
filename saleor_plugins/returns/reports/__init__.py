"""The desk's reports: counted by the database in constant queries, told as GraphQL, CSV and pictures.

Rates look at orders placed in the scope, everything else at returns asked for in it.
"""
