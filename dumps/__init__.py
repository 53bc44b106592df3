"""Dumps of MySQL: read as a stream, masked by rules, verified, uploaded, compared by their schema, generated."""
