"""Telling people in time: what an event came to goes to the topic, the log group and the metrics."""
