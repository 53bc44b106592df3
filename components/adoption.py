"""Adoption: find a production that is there already, through a session of its own. Plain Python; it only looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import boto3
from botocore.exceptions import BotoCoreError, ClientError

_SESSION_NAME = "understudy-look"


class AdoptionError(Exception):
    """What was to be adopted cannot be found, or cannot be used; the message says which, why and what to do."""


class Ec2(Protocol):
    """The EC2 calls that adoption needs."""

    def describe_instances(self, **arguments: Any) -> Mapping[str, Any]:
        """Describe instances by ids or filters."""

    def describe_volumes(self, **arguments: Any) -> Mapping[str, Any]:
        """Describe volumes by filters."""


@dataclass(frozen=True, kw_only=True)
class Adopted:
    """Production's instances, by id."""

    instance_ids: Sequence[str]


def production_session(region: str, role_arn: str | None, external_id: str | None = None) -> boto3.Session:
    """Return the session through which production is seen.

    Args:
        region: Region of production.
        role_arn: Role to assume, which may be another account's; None for the credentials of whoever runs Pulumi.
        external_id: What the role's trust policy asks for; None where it asks for none.

    Raises:
        AdoptionError: If the role cannot be assumed.
    """
    session = boto3.Session(region_name=region)
    if role_arn is None:
        return session
    try:
        given = {"ExternalId": external_id} if external_id else {}
        answer = session.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=_SESSION_NAME, **given)
    except (BotoCoreError, ClientError) as error:
        asked = "the external id that is given" if external_id else "no external id"
        raise AdoptionError(
            f"production_role_arn: {role_arn} cannot be assumed ({reason_of(error)}); "
            f"its trust policy has to name whoever runs this, with {asked} (production_external_id)"
        ) from None
    credentials = answer["Credentials"]
    return boto3.Session(
        region_name=region,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


def find_production(ec2: Ec2, instance_ids: Sequence[str], tags: Mapping[str, str]) -> Adopted:
    """Find production's instances by their ids or by their tags.

    Args:
        ec2: Client of production's account and region.
        instance_ids: Ids; each must be there.
        tags: Where no ids are given: an instance with all of them is meant.

    Returns:
        The instances, sorted.

    Raises:
        AdoptionError: If an instance is not there, or none is found.
    """
    try:
        found = _instances(ec2, instance_ids, tags)
    except (BotoCoreError, ClientError) as error:
        named = ", ".join(instance_ids) or _written(tags)
        raise AdoptionError(f"production: {named} cannot be looked up ({reason_of(error)})") from None
    missing = sorted(set(instance_ids) - set(found))
    if missing:
        raise AdoptionError(
            f"production_instance_ids: {', '.join(missing)} is not there, or is terminated; "
            "check the ids, production_region and production_role_arn"
        )
    if not found:
        raise AdoptionError(
            f"production_tags: no instance carries {_written(tags)}; check the tags, production_region and "
            "production_role_arn"
        )
    return Adopted(instance_ids=tuple(sorted(found)))


def find_keys(ec2: Ec2, instance_ids: Sequence[str]) -> tuple[str, ...]:
    """Find the KMS keys of the instances' volumes: whoever copies their snapshots has to be allowed to use them.

    Args:
        ec2: Client of production's account and region.
        instance_ids: The instances.

    Returns:
        ARNs, sorted; none for volumes that are not encrypted.

    Raises:
        AdoptionError: If the volumes cannot be looked up.
    """
    arguments: dict[str, Any] = {"Filters": [{"Name": "attachment.instance-id", "Values": list(instance_ids)}]}
    keys: set[str] = set()
    while True:
        try:
            page = ec2.describe_volumes(**arguments)
        except (BotoCoreError, ClientError) as error:
            named = ", ".join(instance_ids)
            raise AdoptionError(
                f"production: the volumes of {named} cannot be looked up ({reason_of(error)})"
            ) from None
        keys |= {one["KmsKeyId"] for one in page["Volumes"] if one.get("KmsKeyId")}
        if not page.get("NextToken"):
            return tuple(sorted(keys))
        arguments["NextToken"] = page["NextToken"]


def _instances(ec2: Ec2, instance_ids: Sequence[str], tags: Mapping[str, str]) -> list[str]:
    states = [{"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]
    by_tag = [{"Name": f"tag:{name}", "Values": [value]} for name, value in tags.items()]
    by_id = [{"Name": "instance-id", "Values": list(instance_ids)}] if instance_ids else []
    arguments: dict[str, Any] = {"Filters": [*states, *(by_id or by_tag)]}
    found: list[str] = []
    while True:
        page = ec2.describe_instances(**arguments)
        found += [one["InstanceId"] for reservation in page["Reservations"] for one in reservation["Instances"]]
        if not page.get("NextToken"):
            return found
        arguments["NextToken"] = page["NextToken"]


def _written(tags: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in tags.items())


def reason_of(error: Exception) -> str:
    """Return AWS's code for an error, or its kind where it is none of AWS's."""
    if isinstance(error, ClientError):
        return str(error.response["Error"].get("Code", "unknown error"))
    return type(error).__name__
