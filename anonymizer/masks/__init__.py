"""The masks, in families: people (name, e-mail, street), numbers (phone, card), tokens, dates, texts.

A mask is a table from the classes of values it takes to a function each; a class that is not in the table is not
masked but refused. Every mask is keyed and deterministic, keeps type and format, and never returns its input. What it
makes reaches nobody: reserved mail domains, fictitious numbers, test cards. The empty string and null stay as they
are: they tell nothing.
"""
