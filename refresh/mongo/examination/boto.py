"""The real questions of an examination: reads and dry runs, every error wrapped where it comes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import boto3
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from refresh.boto.errors import is_code, wrapped
from refresh.boto.sessions import assumed
from refresh.mongo.examination.questions import Identity, Side, Simulated
from refresh.places import Key, ProductionSession

_SERVICES = ("sts", "ec2", "ssm", "s3", "kms")  # what a refresh cannot do without
_CONNECT_SECONDS = 5
_QUICK = Config(retries={"total_max_attempts": 2}, connect_timeout=_CONNECT_SECONDS, read_timeout=20)


class BotoQuestions:
    """Both sides' sessions.

    Args:
        region: The stack's region.
        production: How production's side is reached.
    """

    def __init__(self, region: str, production: ProductionSession | None = None) -> None:
        self._region = region
        self._production = production or ProductionSession()
        self._clients: dict[tuple[Side, str], Any] = {}

    def identity(self, side: Side) -> Identity:
        """Ask STS who this is."""
        with wrapped("GetCallerIdentity"):
            answer = self._client(side, "sts").get_caller_identity()
        return Identity(account_id=answer["Account"], arn=answer["Arn"])

    def endpoints(self) -> Mapping[str, str]:
        """Send each endpoint a request without a signature: any answer, a refusal too, is one."""
        urls = {service: self._client(Side.OWN, service).meta.endpoint_url for service in _SERVICES}
        return {f"{service} ({url})": _trouble_at(url) for service, url in urls.items()}

    def agents(self, side: Side, instance_ids: Sequence[str]) -> Mapping[str, str]:
        """Ask Systems Manager for PingStatus."""
        wanted = [{"Key": "InstanceIds", "Values": list(instance_ids)}]
        with wrapped(f"DescribeInstanceInformation of {', '.join(instance_ids)}"):
            pages = self._client(side, "ssm").get_paginator("describe_instance_information").paginate(Filters=wanted)
            found = [entry for page in pages for entry in page["InstanceInformationList"]]
        return {entry["InstanceId"]: entry["PingStatus"] for entry in found}

    def key(self, side: Side, key_id: str) -> Key | None:
        """Describe a key."""
        with wrapped(f"DescribeKey {key_id}"):
            try:
                found = self._client(side, "kms").describe_key(KeyId=key_id)["KeyMetadata"]
            except ClientError as error:
                if is_code(error, "NotFoundException"):
                    return None
                raise
        return Key(arn=found["Arn"], state=found["KeyState"], manager=found.get("KeyManager", "CUSTOMER"))

    def may_use_key(self, key_id: str) -> bool:
        """Ask for a data key as a DryRun."""
        with wrapped(f"GenerateDataKeyWithoutPlaintext of {key_id} as a DryRun"):
            try:
                self._client(Side.OWN, "kms").generate_data_key_without_plaintext(
                    KeyId=key_id, KeySpec="AES_256", DryRun=True
                )
            except ClientError as error:
                return _allowed(error, "DryRunOperationException", "AccessDeniedException")
        return True

    def quota(self, service: str, code: str) -> float:
        """Ask Service Quotas."""
        with wrapped(f"GetServiceQuota {service} {code}"):
            answer = self._client(Side.OWN, "service-quotas").get_service_quota(ServiceCode=service, QuotaCode=code)
        return float(answer["Quota"]["Value"])

    def gp3_gib(self) -> int:
        """Add up the account's gp3 volumes."""
        with wrapped("DescribeVolumes of type gp3"):
            paginator = self._client(Side.OWN, "ec2").get_paginator("describe_volumes")
            pages = paginator.paginate(Filters=[{"Name": "volume-type", "Values": ["gp3"]}])
            return sum(int(entry["Size"]) for page in pages for entry in page["Volumes"])

    def snapshot_count(self, side: Side) -> int:
        """Count the account's snapshots."""
        with wrapped("DescribeSnapshots of the account"):
            pages = self._client(side, "ec2").get_paginator("describe_snapshots").paginate(OwnerIds=["self"])
            return sum(len(page["Snapshots"]) for page in pages)

    def dry_run(self, side: Side, operation: str, arguments: Mapping[str, Any]) -> bool:
        """Call EC2 with DryRun, which always ends in an error: DryRunOperation where it would have worked."""
        call: Callable[..., Any] = getattr(self._client(side, "ec2"), operation)
        with wrapped(f"{operation} as a DryRun"):
            try:
                call(**arguments, DryRun=True)
            except ClientError as error:
                return _allowed(error, "DryRunOperation", "UnauthorizedOperation")
        return True

    def simulate(self, arn: str, asked: Simulated) -> bool:
        """Ask IAM's simulator."""
        context = [
            {
                "ContextKeyName": name,
                "ContextKeyType": "boolean" if value in {"true", "false"} else "string",
                "ContextKeyValues": [value],
            }
            for name, value in asked.context.items()
        ]
        with wrapped(f"SimulatePrincipalPolicy of {arn}"):
            answer = self._client(Side.OWN, "iam").simulate_principal_policy(
                PolicySourceArn=arn,
                ActionNames=[asked.action],
                ResourceArns=[asked.resource],
                ContextEntries=context,
            )
        return all(each["EvalDecision"] == "allowed" for each in answer["EvaluationResults"])

    def bucket_exists(self, bucket: str) -> bool:
        """Ask for a bucket's head."""
        with wrapped(f"HeadBucket {bucket}"):
            try:
                self._client(Side.OWN, "s3").head_bucket(Bucket=bucket)
            except ClientError as error:
                if is_code(error, "404", "NoSuchBucket"):
                    return False
                raise
        return True

    def document_hash(self, side: Side, name: str) -> str | None:
        """Describe an SSM document."""
        with wrapped(f"DescribeDocument {name}"):
            try:
                return str(self._client(side, "ssm").describe_document(Name=name)["Document"]["Hash"])
            except ClientError as error:
                if is_code(error, "InvalidDocument"):
                    return None
                raise

    @cached_property
    def _sessions(self) -> Mapping[Side, Any]:
        own, there = boto3.Session(region_name=self._region), self._production
        apart = boto3.Session(region_name=there.region) if there.region else own
        return {Side.OWN: own, Side.PRODUCTION: assumed(own, there) if there.role_arn else apart}

    def _client(self, side: Side, service: str) -> Any:
        if (side, service) not in self._clients:
            self._clients[side, service] = self._sessions[side].client(service, config=_QUICK)
        return self._clients[side, service]


def _allowed(error: ClientError, yes: str, no: str) -> bool:
    """Read the answer of a DryRun; any other error is no answer."""
    if is_code(error, yes):
        return True
    if is_code(error, no):
        return False
    raise error


def _trouble_at(url: str) -> str:
    """Say why an endpoint does not answer; empty where it does. Proxies of the environment are used, as by boto3."""
    http = URLLib3Session(timeout=_CONNECT_SECONDS, proxies=get_environ_proxies(url))
    try:
        http.send(AWSRequest("GET", url).prepare())
    except (HTTPClientError, BotoCoreError) as error:
        return type(error).__name__
    finally:
        http.close()
    return ""
