"""Address arithmetic of an isolated network. Plain Python."""

import ipaddress
from dataclasses import dataclass

# A fixed address for each host: a replaced instance comes back at the address that clients know.
# They start at 10 because AWS keeps the first four of a subnet for itself.
STAGING_HOST = 10
WORKER_HOST = 11
_BITS_BELOW_VPC = 4


@dataclass(frozen=True, kw_only=True)
class Subnets:
    """Two subnets of a VPC: one for hosts, whose addresses are fixed, and one for endpoints, which take any."""

    hosts: str
    endpoints: str

    def host_address(self, number: int) -> str:
        """Return the address of a host in the hosts' subnet."""
        return str(ipaddress.IPv4Network(self.hosts)[number])


def subnets_of(vpc_cidr: str) -> Subnets:
    """Return the subnets of a VPC of size /16 to /24."""
    parts = ipaddress.IPv4Network(vpc_cidr).subnets(prefixlen_diff=_BITS_BELOW_VPC)
    return Subnets(hosts=str(next(parts)), endpoints=str(next(parts)))
