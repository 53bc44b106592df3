"""The real AWS behind the Protocols of `aws.py`: one session for each side, every error wrapped where it comes in."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from typing import Any

import boto3
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import ClientError
from botocore.session import get_session

from refresh.aws import Aws, Outcome, Stored
from refresh.boto_ec2 import Ec2
from refresh.boto_errors import is_code, wrapped
from refresh.boto_telling import Telling
from refresh.places import ProductionSession
from refresh.request import Document

# A browser shows what says that it is a page, and saves all else.
_CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
}


class Ssm:
    """Run Command and parameters."""

    def __init__(self, once: Any, patient: Any) -> None:
        """Take a client that tries once, for sending, and one that retries, for looking."""
        self._once = once
        self._patient = patient

    def send(self, instance_id: str, document: Document, parameters: Mapping[str, str]) -> str:
        """Send a document by name, with its content pinned by hash."""
        pinned = {"DocumentHash": document.hash, "DocumentHashType": "Sha256"} if document.hash else {}
        with wrapped(f"SendCommand {document.name} to {instance_id}"):
            answer = self._once.send_command(
                DocumentName=document.name,
                InstanceIds=[instance_id],
                Parameters={name: [value] for name, value in parameters.items()},
                **pinned,
            )
            return str(answer["Command"]["CommandId"])

    def outcome(self, command_id: str, instance_id: str) -> Outcome | None:
        """Ask what became of a command."""
        with wrapped(f"GetCommandInvocation {command_id} on {instance_id}"):
            try:
                answer = self._patient.get_command_invocation(CommandId=command_id, InstanceId=instance_id)
            except ClientError as error:
                if is_code(error, "InvocationDoesNotExist"):
                    return None  # normal just after SendCommand
                raise
        return Outcome(
            status=answer["Status"],
            detail=answer.get("StatusDetails", ""),
            exit_code=int(answer.get("ResponseCode", -1)),
            stdout=answer.get("StandardOutputContent", ""),
            stderr=answer.get("StandardErrorContent", ""),
        )

    def version(self, name: str) -> int | None:
        """Look a parameter's version up by DescribeParameters, which never sees its value."""
        wanted = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
        with wrapped(f"DescribeParameters {name}"):
            for page in self._patient.get_paginator("describe_parameters").paginate(ParameterFilters=wanted):
                for parameter in page["Parameters"]:
                    if parameter["Name"] == name:
                        return int(parameter["Version"])
        return None


class S3:
    """Objects, with conditional writes."""

    def __init__(self, client: Any) -> None:
        """Take a client."""
        self._client = client

    def get(self, bucket: str, key: str) -> Stored | None:
        """Read an object and its age by the bucket's clock."""
        with wrapped(f"GetObject s3://{bucket}/{key}"):
            try:
                answer = self._client.get_object(Bucket=bucket, Key=key)
                body = answer["Body"].read()
            except ClientError as error:
                if is_code(error, "NoSuchKey", "404"):
                    return None
                raise
        told = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        now = parsedate_to_datetime(told) if told else datetime.now(timezone.utc)
        age = now - answer["LastModified"]
        return Stored(body=body, etag=answer["ETag"], age_seconds=max(0.0, age.total_seconds()))

    def put(self, bucket: str, key: str, body: bytes, *, etag: str | None = None, absent: bool = False) -> str | None:
        """Write an object under a condition; an answer that was lost on the way counts by what is stored."""
        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"} if absent else {}
        with wrapped(f"PutObject s3://{bucket}/{key}"):
            try:
                kind = _CONTENT_TYPES.get(PurePosixPath(key).suffix, "application/octet-stream")
                answer = self._client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=kind, **condition)
                return str(answer["ETag"])
            except ClientError as error:
                if not is_code(error, "PreconditionFailed", "ConditionalRequestConflict", "412", "NoSuchKey"):
                    raise
        stored = self.get(bucket, key)
        return stored.etag if stored is not None and stored.body == body else None

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """List keys."""
        return list(self.etags(bucket, prefix))

    def etags(self, bucket: str, prefix: str) -> dict[str, str]:
        """List keys and etags; a page holds a thousand."""
        with wrapped(f"ListObjectsV2 s3://{bucket}/{prefix}"):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            return {entry["Key"]: entry["ETag"] for page in pages for entry in page.get("Contents", [])}


def connect(region: str, production: ProductionSession | str = "") -> Aws:
    """Open a session for each side; endpoints and credentials come from the environment.

    Args:
        region: The stack's region.
        production: How production's side is reached; a text is the ARN of a role in the stack's region.

    Returns:
        Both sides.
    """
    access = production if isinstance(production, ProductionSession) else ProductionSession(role_arn=production)
    own = boto3.Session(region_name=region)
    with wrapped("reading the AWS credentials of this environment"):
        theirs = assumed(own, access) if access.role_arn else boto3.Session(region_name=access.region or region)
    return assemble(own, theirs)


def assemble(own: Any, production: Any) -> Aws:
    """Put the sides together from two sessions.

    Args:
        own: Session of staging's side.
        production: Session of production's side.

    Returns:
        Both sides.
    """
    ssm = Ssm(*_clients(own, "ssm"))
    return Aws(
        source_compute=Ec2(*_clients(production, "ec2"), client=production.client),
        source_commands=Ssm(*_clients(production, "ssm")),
        compute=Ec2(*_clients(own, "ec2"), client=own.client),
        commands=ssm,
        parameters=ssm,
        objects=S3(_clients(own, "s3")[1]),
        telling=Telling(own),
        session_ends_at=lambda: ends_at(own, os.environ),
    )


def ends_at(session: Any, environment: Mapping[str, str]) -> datetime | None:
    """Say when credentials end that nothing renews: those of a session, given by environment variables.

    Args:
        session: Whose credentials.
        environment: `AWS_CREDENTIAL_EXPIRATION` is in it where the one who gave them says so.

    Returns:
        The time; None where they do not end, renew themselves, or do not say.
    """
    with wrapped("reading the AWS credentials of this environment"):
        credentials = session.get_credentials()
    told = environment.get("AWS_CREDENTIAL_EXPIRATION", "")
    if credentials is None or credentials.method != "env" or not told:
        return None
    try:
        moment = datetime.fromisoformat(told.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _clients(session: Any, service: str) -> tuple[Any, Any]:
    """Return a client that tries once and one that retries: what has no token is never sent twice unseen."""
    once = Config(retries={"total_max_attempts": 1})
    patient = Config(retries={"mode": "standard", "total_max_attempts": 5})
    return session.client(service, config=once), session.client(service, config=patient)


def assumed(own: Any, access: ProductionSession) -> Any:
    """Make a session that assumes the role anew whenever its credentials run out."""
    external_id = {"ExternalId": access.external_id} if access.external_id else {}
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=_creator(own),
        source_credentials=own.get_credentials(),
        role_arn=access.role_arn,
        extra_args={"RoleSessionName": "understudy", **external_id},
    )
    session = get_session()
    session._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")  # noqa: SLF001 - botocore has no public way
    return boto3.Session(botocore_session=session, region_name=access.region or own.region_name)


def _creator(own: Any) -> Callable[..., Any]:
    def create(service: str, **options: Any) -> Any:
        return own.client(service, **options)

    return create
