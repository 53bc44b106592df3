"""Copying from one server to another: what is copied when, by whom, and what is remembered of it."""
