"""What exists: the Pulumi components of the stack. Nothing outside this package imports Pulumi."""
