"""What the stack asks AWS before it declares anything: whose account this is, how large an instance type is."""

import pulumi_aws as aws

from components.host_policies import Place

# Left to the system, the SSM agent and the anonymizer on a host.
_SYSTEM_MIB = 1024
# Two mongods run side by side on a host during a refresh, and WiredTiger's cache is about half of what a mongod takes.
_CACHES_IN_MEMORY = 4
_LEAST_CACHE_MIB = 256


def place_of(region: str) -> Place:
    """Return partition, region and account of the credentials that Pulumi runs with."""
    identity = aws.get_caller_identity()
    return Place(partition=identity.arn.split(":")[1], region=region, account_id=identity.account_id)


def cache_mib(instance_type: str) -> int:
    """Return the size of a mongod's cache in MiB, for a host on which two of them run."""
    memory_mib = aws.ec2.get_instance_type(instance_type=instance_type).memory_size
    return max(_LEAST_CACHE_MIB, (memory_mib - _SYSTEM_MIB) // _CACHES_IN_MEMORY)
