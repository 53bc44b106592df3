"""What the verifier knows and keeps: written apart from the masks, so that one mistake cannot hide itself."""
