"""The sandbox's `command` plugin: local commands, really run."""
