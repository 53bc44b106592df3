"""What a doctor asks: the whole of a stack's surroundings, by questions that change nothing."""
