"""What happens to one document: the rules of a collection compiled, in Python and for the kernel."""
