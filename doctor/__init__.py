"""`python -m doctor`: says in one page whether a stack's surroundings are in order, and what to do where not."""
