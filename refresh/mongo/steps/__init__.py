"""The steps of a refresh, one a module: `workflow.py` has them in their order."""
