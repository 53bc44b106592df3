"""The real AWS: boto3 behind the Protocols of `aws.py`, every error wrapped where it comes in."""
