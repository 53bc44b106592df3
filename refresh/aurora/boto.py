"""The real AWS behind the Protocols of `ports.py`; every error is wrapped where it comes in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from refresh.aurora.ports import Head, Ports, Stream
from refresh.boto.ec2 import SOON
from refresh.boto.errors import is_code, wrapped
from refresh.boto.s3 import S3
from refresh.boto.telling import Telling
from refresh.errors import PermanentError

_ENDED = frozenset(
    {
        "Success", "Failed", "TimedOut", "Cancelled", "CompletedWithSuccess", "CompletedWithFailure", "Rejected",
        "ChangeCalendarOverrideRejected", "Exited",
    }
)  # fmt: skip


class Dumps(S3):
    """S3, with tags and streams."""

    def __init__(self, client: Any) -> None:
        """Take a client."""
        super().__init__(client)
        self._s3 = client

    def head(self, bucket: str, key: str) -> Head | None:
        """Look an object and its tags up."""
        with wrapped(f"HeadObject s3://{bucket}/{key}"):
            try:
                found = self._s3.head_object(Bucket=bucket, Key=key)
            except ClientError as error:
                if is_code(error, "NoSuchKey", "404", "NotFound"):
                    return None
                raise
            tags = self._s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
        return Head(
            size=int(found["ContentLength"]), etag=found["ETag"], tags={each["Key"]: each["Value"] for each in tags}
        )

    def open(self, bucket: str, key: str, etag: str) -> Stream:
        """Read an object that still has this etag."""
        with wrapped(f"GetObject s3://{bucket}/{key}"):
            return cast("Stream", self._s3.get_object(Bucket=bucket, Key=key, IfMatch=etag)["Body"])

    def tag(self, bucket: str, key: str, tags: Mapping[str, str]) -> None:
        """Write an object's tags."""
        tag_set = [{"Key": name, "Value": value} for name, value in tags.items()]
        with wrapped(f"PutObjectTagging s3://{bucket}/{key}"):
            self._s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": tag_set})


class Secrets:
    """Secrets Manager."""

    def __init__(self, client: Any) -> None:
        """Take a client."""
        self._client = client

    def credentials(self, secret_arn: str) -> tuple[str, str]:
        """Read user and password."""
        with wrapped(f"GetSecretValue {secret_arn}"):
            text = self._client.get_secret_value(SecretId=secret_arn)["SecretString"]
        try:
            values = json.loads(text)
            return str(values["username"]), str(values["password"])
        except (ValueError, KeyError, TypeError):
            raise PermanentError(
                f"the secret {secret_arn} must be a JSON object with username and password, as RDS's rotation keeps it"
            ) from None


class Clusters:
    """RDS."""

    def __init__(self, client: Any) -> None:
        """Take a client."""
        self._client = client

    def clone_status(self, clone_id: str) -> str | None:
        """Return a cluster's status."""
        with wrapped(f"DescribeDBClusters {clone_id}"):
            try:
                found = self._client.describe_db_clusters(DBClusterIdentifier=clone_id)["DBClusters"]
            except ClientError as error:
                if is_code(error, "DBClusterNotFoundFault", "DBClusterNotFound"):
                    return None
                raise
        return str(found[0]["Status"]) if found else None

    def clone(self, cluster_id: str, clone_id: str, tags: Mapping[str, str]) -> None:
        """Ask for a copy-on-write clone with the cluster's own groups; it has no instance until somebody needs it."""
        with wrapped(f"RestoreDBClusterToPointInTime {cluster_id} to {clone_id}"):
            source = self._client.describe_db_clusters(DBClusterIdentifier=cluster_id)["DBClusters"][0]
            try:
                self._client.restore_db_cluster_to_point_in_time(
                    DBClusterIdentifier=clone_id,
                    SourceDBClusterIdentifier=cluster_id,
                    RestoreType="copy-on-write",
                    UseLatestRestorableTime=True,
                    DBSubnetGroupName=source["DBSubnetGroup"],
                    DBClusterParameterGroupName=source["DBClusterParameterGroup"],
                    VpcSecurityGroupIds=[each["VpcSecurityGroupId"] for each in source.get("VpcSecurityGroups", [])],
                    Tags=[{"Key": name, "Value": value} for name, value in tags.items()],
                )
            except ClientError as error:
                if not is_code(error, "DBClusterAlreadyExistsFault"):
                    raise


class Automations:
    """Systems Manager's automations."""

    def __init__(self, client: Any) -> None:
        """Take a client."""
        self._client = client

    def is_over(self, execution_id: str) -> bool | None:
        """Ask what became of an execution; one that is forgotten is over."""
        with wrapped(f"GetAutomationExecution {execution_id}"):
            try:
                found = self._client.get_automation_execution(AutomationExecutionId=execution_id)
            except ClientError as error:
                if is_code(error, "AutomationExecutionNotFoundException"):
                    return True
                if is_code(error, "AccessDenied", "AccessDeniedException"):
                    return None
                raise
        return found["AutomationExecution"]["AutomationExecutionStatus"] in _ENDED


def connect(region: str) -> Ports:
    """Open a session; endpoints and credentials come from the environment.

    Args:
        region: The region.

    Returns:
        The ports.
    """
    session = boto3.Session(region_name=region)
    patient = Config(retries={"mode": "standard", "total_max_attempts": 5})

    def client(service: str) -> Any:
        return session.client(service, config=patient)

    return Ports(
        objects=Dumps(client("s3")),
        secrets=Secrets(client("secretsmanager")),
        outcomes=Telling(session),
        clusters=Clusters(client("rds")),
        automations=Automations(client("ssm")),
        caller_arn=lambda: _caller_arn(session),
    )


def _caller_arn(session: Any) -> str:
    with wrapped("GetCallerIdentity"):
        return str(session.client("sts", config=SOON).get_caller_identity()["Arn"])
