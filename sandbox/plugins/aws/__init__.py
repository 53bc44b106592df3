"""The sandbox's `aws` plugin: a table from resource types to boto3 calls."""
