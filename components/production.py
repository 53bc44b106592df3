"""Production: adopted as it is, or made by the stack."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pulumi
import pulumi_aws as aws

from components import host_policies as policies
from components.access import HostRole
from components.adoption import AdoptionError, find_keys, find_production, production_session
from components.host_policies import Place
from components.mongo_host import DataVolume, MongoHost, MongoHostArgs
from components.network import HostAccess, IsolatedNetwork, IsolatedNetworkArgs
from components.operator_policy import ProductionSource
from components.production_found import Production
from components.settings import Settings

MEMBERS = 3
_FIRST_ADDRESS = 10
_DATA_VOLUME_GIB = 100


def production_of(settings: Settings, place: Place) -> Production:
    """Find the production that the settings name, or make the one that they ask for.

    Args:
        settings: The stack's settings.
        place: Partition, region and account of the stack.

    Raises:
        pulumi.RunError: If the production to adopt cannot be found; it is told without a traceback.
    """
    if settings.production == "create":
        made = MadeProduction("production", settings, place)
        source = ProductionSource(place=place)
        return Production(instance_ids=made.instance_ids, other_account_ids=(), role_arn=None, source=source)
    there = production_place(settings, place)
    try:
        session = production_session(there.region, settings.production_role_arn, settings.production_external_id)
        ec2 = session.client("ec2")
        adopted = find_production(ec2, settings.production_instance_ids, settings.production_tags)
        keys = find_keys(ec2, adopted.instance_ids)
    except AdoptionError as error:
        raise pulumi.RunError(str(error)) from None
    is_shared = there.account_id != place.account_id and not settings.production_document
    return Production(
        instance_ids=pulumi.Output.from_input(list(adopted.instance_ids)),
        other_account_ids=(there.account_id,) if is_shared else (),
        role_arn=settings.production_role_arn,
        source=ProductionSource(place=there, key_arns=keys),
    )


def production_place(settings: Settings, place: Place) -> Place:
    """Return where production is: the account of its role, and its own region, or else the stack's.

    Args:
        settings: The stack's settings.
        place: Partition, region and account of the stack.
    """
    match = re.fullmatch(r"arn:[^:]+:iam::(\d{12}):role/.+", settings.production_role_arn or "")
    return replace(
        place,
        region=settings.production_region or place.region,
        account_id=match[1] if match else place.account_id,
    )


class MadeProduction(pulumi.ComponentResource):
    """Three hosts that can become a replica set: a network of their own, and data volumes with their key, protected.

    MongoDB on them (members, key file, users) is their owner's work, after which a refresh can be asked for. They are
    all in one zone. Their network has the addresses of staging's and no way to it: two networks with the same addresses
    cannot even be peered.
    """

    def __init__(self, name: str, settings: Settings, place: Place) -> None:
        """Make key, network, role and hosts."""
        super().__init__("understudy:components:Production", name)
        child = pulumi.ResourceOptions(parent=self)
        tags: Mapping[str, str] = {**settings.tags, "Environment": "production", "Role": "mongodb"}
        key = aws.kms.Key(
            f"{name}-volumes",
            description=f"Volumes of production of {settings.space}",
            enable_key_rotation=True,
            tags={**tags, "Name": f"{name}-volumes"},
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        network = IsolatedNetwork(f"{name}-network", _network(settings, place, tags), child)
        parameters = [settings.production_user_parameter, settings.production_password_parameter]
        role = HostRole(f"{name}-member", policies.production(place, parameters), tags, child)
        members = [_member(number, settings, network, role, key.arn, tags) for number in range(MEMBERS)]
        hosts = [MongoHost(f"{name}-{number}", member, child) for number, member in enumerate(members)]
        self.instance_ids: pulumi.Output[Sequence[str]] = pulumi.Output.all(*[host.instance_id for host in hosts])
        self.register_outputs({"instance_ids": self.instance_ids})


def _network(settings: Settings, place: Place, tags: Mapping[str, str]) -> IsolatedNetworkArgs:
    return IsolatedNetworkArgs(
        cidr=settings.vpc_cidr,
        availability_zone=settings.availability_zone,
        region=settings.region,
        account_id=place.account_id,
        hosts={"member": HostAccess(from_each_other=True)},
        tags=tags,
    )


def _member(
    number: int,
    settings: Settings,
    network: IsolatedNetwork,
    role: HostRole,
    key_arn: pulumi.Input[str],
    tags: Mapping[str, str],
) -> MongoHostArgs:
    return MongoHostArgs(
        ami_id=settings.ami_id,
        instance_type=settings.staging_instance_type,
        availability_zone=settings.availability_zone,
        subnet_id=network.hosts_subnet_id,
        private_ip=network.addresses.host_address(_FIRST_ADDRESS + number),
        security_group_id=network.security_group_id("member"),
        instance_profile=role.profile_name,
        kms_key_arn=key_arn,
        tags=tags,
        data_volume=DataVolume(size_gib=_DATA_VOLUME_GIB),
    )
