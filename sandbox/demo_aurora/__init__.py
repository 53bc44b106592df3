"""`make demo-aurora`: the second refresh in a sandbox, told by the commands that a user types."""
