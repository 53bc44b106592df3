"""The refresh of a MongoDB replica set: `workflow.py` is the place to start reading."""
