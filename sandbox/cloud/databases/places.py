"""Where clusters stand: subnets, default groups and addresses."""

from typing import Any

from moto.ec2.models import ec2_backends
from moto.rds.exceptions import DBSubnetGroupNotFoundError

from sandbox.cloud.databases.servers import Site


def find_subnet(backend: Any, group_name: str) -> Any:
    """Return the first subnet of a DB subnet group.

    Raises:
        DBSubnetGroupNotFoundError: There is no such group; the sandbox has no `default` one.
    """
    group = backend.subnet_groups.get(group_name.lower()) or backend.subnet_groups.get(group_name)
    if group is None:
        raise DBSubnetGroupNotFoundError(group_name)
    return group._subnets[0]


def default_group(backend: Any, subnet: Any) -> str:
    """Return the default security group of a subnet's VPC."""
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    group = ec2.get_default_security_group(subnet.vpc_id) or ec2.get_security_group_from_name("default", subnet.vpc_id)
    return str(group.id)


def site_of(backend: Any, record: Any, subnet: Any) -> Site:
    """Give a cluster an address of a subnet."""
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    return Site(
        resource_id=record.db_cluster_resource_id,
        vpc_id=subnet.vpc_id,
        vpc_cidr=ec2.get_vpc(subnet.vpc_id).cidr_block,
        address=subnet.get_available_subnet_ip(record),
        endpoint=record.endpoint,
        reader_endpoint=record.reader_endpoint,
        port=int(record.port),
    )
