"""Rows of the table, by what they describe."""
