"""The real AWS behind the Protocols of `aws.py`: one session for each side."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

import boto3
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.session import get_session

from refresh.aws import Aws
from refresh.boto.ec2 import Ec2
from refresh.boto.errors import wrapped
from refresh.boto.s3 import S3
from refresh.boto.ssm import Ssm
from refresh.boto.telling import Telling
from refresh.places import ProductionSession


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
