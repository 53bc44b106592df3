"""From one mongod to another, by rules: nothing crosses that the rules do not name.

A command of its own (`python -m anonymizer`); it knows neither AWS nor Pulumi. The way through it: `rules` (what may
cross) → `program` (the rules compiled) → `transfer` (source to candidate, fail-closed) → `verify` (other code, which
looks for what should not be there).
"""
