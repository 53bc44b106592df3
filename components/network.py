"""IsolatedNetwork: a VPC with no way out but to AWS's own services, and no way in but the one that is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.subnets import Subnets, subnets_of

MONGO_PORT = 27017
HTTPS_PORT = 443

# What hosts without internet need (facts: SSM): the SSM agent's two, keys for SecureStrings, and logs.
INTERFACE_SERVICES = ("ssm", "ssmmessages", "kms", "logs")


@dataclass(frozen=True, kw_only=True)
class HostAccess:
    """Who may open a connection to MongoDB on a kind of host; by default nobody."""

    cidrs: Sequence[str] = ()
    from_each_other: bool = False


@dataclass(frozen=True, kw_only=True)
class IsolatedNetworkArgs:
    """Arguments of an IsolatedNetwork.

    Attributes:
        cidr: Address range of the VPC, /16 to /24.
        availability_zone: The zone of everything in it; volumes move between hosts only within a zone.
        region: For the names of AWS's services.
        account_id: The only account whose buckets can be reached from inside.
        hosts: A security group is made for each kind of host named here.
        tags: Tags of everything in it.
    """

    cidr: str
    availability_zone: str
    region: str
    account_id: pulumi.Input[str]
    hosts: Mapping[str, HostAccess]
    tags: Mapping[str, str]


class IsolatedNetwork(pulumi.ComponentResource):
    """A VPC without internet gateway, peering or NAT: private subnets, endpoints of AWS services, security groups."""

    def __init__(self, name: str, args: IsolatedNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the network; see IsolatedNetworkArgs."""
        super().__init__("understudy:components:IsolatedNetwork", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.addresses: Subnets = subnets_of(args.cidr)
        self.vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._tags("vpc"),
            opts=self._child,
        )
        self.route_table = aws.ec2.RouteTable(
            f"{name}-routes", vpc_id=self.vpc.id, tags=self._tags("routes"), opts=self._child
        )
        hosts = self._subnet("hosts", self.addresses.hosts)
        endpoints = self._subnet("endpoints", self.addresses.endpoints)
        s3 = self._gateway_endpoint()
        self._interface_endpoints(endpoints)
        self._groups = {kind: self._host_group(kind, access, s3) for kind, access in args.hosts.items()}
        self.hosts_subnet_id: pulumi.Output[str] = hosts.id
        self.register_outputs({"vpc_id": self.vpc.id, "hosts_subnet_id": hosts.id})

    def security_group_id(self, kind: str) -> pulumi.Output[str]:
        """Return the id of the security group of a kind of host."""
        return self._groups[kind].id

    def _tags(self, role: str) -> dict[str, str]:
        return {**self._args.tags, "Name": f"{self._name}-{role}"}

    def _subnet(self, role: str, cidr: str) -> aws.ec2.Subnet:
        subnet = aws.ec2.Subnet(
            f"{self._name}-{role}",
            vpc_id=self.vpc.id,
            cidr_block=cidr,
            availability_zone=self._args.availability_zone,
            map_public_ip_on_launch=False,
            tags=self._tags(role),
            opts=self._child,
        )
        aws.ec2.RouteTableAssociation(
            f"{self._name}-{role}-routes", subnet_id=subnet.id, route_table_id=self.route_table.id, opts=self._child
        )
        return subnet

    def _gateway_endpoint(self) -> aws.ec2.VpcEndpoint:
        """Let hosts reach S3, and there only the buckets of this account: no copy of anything goes elsewhere."""
        policy = pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "s3:*",
                        "Resource": "*",
                        "Condition": {"StringEquals": {"aws:ResourceAccount": self._args.account_id}},
                    }
                ],
            }
        )
        return aws.ec2.VpcEndpoint(
            f"{self._name}-s3",
            vpc_id=self.vpc.id,
            service_name=f"com.amazonaws.{self._args.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=[self.route_table.id],
            policy=policy,
            tags=self._tags("s3"),
            opts=self._child,
        )

    def _interface_endpoints(self, subnet: aws.ec2.Subnet) -> None:
        group = aws.ec2.SecurityGroup(
            f"{self._name}-endpoints",
            description="Endpoints of AWS services, for the hosts of this network",
            vpc_id=self.vpc.id,
            ingress=[_rule("HTTPS from the hosts", HTTPS_PORT, cidr_blocks=[self.addresses.hosts])],
            egress=[],
            tags=self._tags("endpoints"),
            opts=self._child,
        )
        for service in INTERFACE_SERVICES:
            aws.ec2.VpcEndpoint(
                f"{self._name}-{service}",
                vpc_id=self.vpc.id,
                service_name=f"com.amazonaws.{self._args.region}.{service}",
                vpc_endpoint_type="Interface",
                subnet_ids=[subnet.id],
                security_group_ids=[group.id],
                private_dns_enabled=True,
                tags=self._tags(service),
                opts=self._child,
            )

    def _host_group(self, kind: str, access: HostAccess, s3: aws.ec2.VpcEndpoint) -> aws.ec2.SecurityGroup:
        """Make the group of a kind of host. Rules stand in it, not beside it, so that a rule added by hand is drift."""
        ingress, egress = (
            [],
            [
                _rule("AWS services", HTTPS_PORT, cidr_blocks=[self.addresses.endpoints]),
                _rule("S3", HTTPS_PORT, prefix_list_ids=[s3.prefix_list_id]),
            ],
        )
        if access.cidrs:
            ingress.append(_rule("Clients of MongoDB", MONGO_PORT, cidr_blocks=list(access.cidrs)))
        if access.from_each_other:
            ingress.append(_rule("Members of the replica set", MONGO_PORT, self=True))
            egress.append(_rule("Members of the replica set", MONGO_PORT, self=True))
        return aws.ec2.SecurityGroup(
            f"{self._name}-{kind}-host",
            description=f"The {kind} host",
            vpc_id=self.vpc.id,
            ingress=ingress,
            egress=egress,
            tags=self._tags(f"{kind}-host"),
            opts=self._child,
        )


def _rule(description: str, port: int, **peers: object) -> dict[str, object]:
    """Return a rule for one TCP port, as both ingress and egress take it."""
    return {"description": description, "protocol": "tcp", "from_port": port, "to_port": port, **peers}
