"""Staging: its network, its host, and the worker that masks for it."""

from dataclasses import dataclass

import pulumi

from components.access import Access, HostRole
from components.host_policies import Place
from components.mongo_host import MongoHost, MongoHostArgs
from components.network import MONGO_PORT, HostAccess, IsolatedNetwork, IsolatedNetworkArgs
from components.settings import Settings
from components.subnets import STAGING_HOST, WORKER_HOST


@dataclass(frozen=True, kw_only=True)
class StagingArgs:
    """Arguments of Staging: the stack's settings, where it is, and the roles and key of its hosts."""

    settings: Settings
    place: Place
    access: Access


class Staging(pulumi.ComponentResource):
    """The staging host and, unless the settings say that staging does its own masking, a worker beside it.

    The worker takes no connection from anywhere. A refresh stops it when it is done; that it is stopped is no drift.
    """

    def __init__(self, name: str, args: StagingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make network and hosts; see StagingArgs."""
        super().__init__("understudy:components:Staging", name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)
        settings = args.settings
        dedicated = settings.worker == "dedicated"
        kinds = {
            "staging": HostAccess(cidrs=settings.staging_access_cidrs),
            **({"worker": HostAccess()} if dedicated else {}),
        }
        self.network = IsolatedNetwork(
            f"{name}-network",
            IsolatedNetworkArgs(
                cidr=settings.vpc_cidr,
                availability_zone=settings.availability_zone,
                region=settings.region,
                account_id=args.place.account_id,
                hosts=kinds,
                tags=settings.tags,
            ),
            self._child,
        )
        self.host = self._host(
            f"{name}-host", "staging", settings.staging_instance_type, STAGING_HOST, args.access.staging
        )
        self.worker = self.host
        self.worker_instance_type = settings.staging_instance_type
        if dedicated:
            self.worker_instance_type = settings.worker_instance_type
            self.worker = self._host(
                f"{name}-worker", "worker", self.worker_instance_type, WORKER_HOST, args.access.worker
            )
        self.endpoint: pulumi.Output[str] = pulumi.Output.concat(self.host.address, f":{MONGO_PORT}")
        self.register_outputs({"endpoint": self.endpoint})

    def _host(self, name: str, kind: str, instance_type: str, number: int, role: HostRole) -> MongoHost:
        settings = self._args.settings
        return MongoHost(
            name,
            MongoHostArgs(
                ami_id=settings.ami_id,
                instance_type=instance_type,
                availability_zone=settings.availability_zone,
                subnet_id=self.network.hosts_subnet_id,
                private_ip=self.network.addresses.host_address(number),
                security_group_id=self.network.security_group_id(kind),
                instance_profile=role.profile_name,
                kms_key_arn=self._args.access.volumes_key.arn,
                tags={**settings.tags, "understudy:host": kind},
            ),
            self._child,
        )
