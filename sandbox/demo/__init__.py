"""The demonstration: a shop with people in it, writers that never rest, and the main job run by the real commands.

It meets the rest of the project as a user does: through the sandbox's client, the environment and the command line.
"""
