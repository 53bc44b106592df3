"""The masks, in families: people, places, dates, money and amounts, identifiers, network, texts and files.

A mask is a table from the classes of values it takes to a function each; a class that is not in the table is not
masked but refused. Every mask is deterministic and keeps type and format; one that draws is keyed, and draws again
where it would give its input, unless it is a permutation, which has such values. What masks make reaches nobody:
reserved mail domains, fictitious numbers, test cards. The empty string and null stay as they are: they tell nothing.

`parameters` lists them (`kinds_people`, `kinds_numbers`), `build` makes one from a rule, `draw` and `permutation` are
what they draw from; docs/masks.md describes each.
"""
