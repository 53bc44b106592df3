"""The refresh of an Aurora MySQL cluster from a scrubbed dump: what its tasks do. No Pulumi."""
