"""Production's side, as a program of its own."""
