"""Work in parallel, for the copy and the verifier alike: parts of a collection, processes, what they share."""
