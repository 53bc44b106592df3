"""Roles that services assume: credentials for tasks and automations, given only where a role trusts the service."""

import json
from typing import Any
from urllib.parse import unquote

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

SESSION_SECONDS = 12 * 3600


class NotAssumable(Exception):
    """A role is not there, or does not trust the service; the message says which."""


def assume(account_id: str, region: str, role_arn: str, service: str, session_name: str) -> dict[str, str]:
    """Assume a role for a service.

    Args:
        account_id: The account.
        region: The region.
        role_arn: The role.
        service: Who assumes it, as `ecs-tasks.amazonaws.com`.
        session_name: Shows in `sts get-caller-identity`.

    Returns:
        The environment variables of the session's credentials.

    Raises:
        NotAssumable: There is no such role, or its trust policy does not name the service.
    """
    check(account_id, role_arn, service)
    return credentials(account_id, region, role_arn, session_name, SESSION_SECONDS)


def credentials(account_id: str, region: str, role_arn: str, session_name: str, seconds: int) -> dict[str, str]:
    """Return the environment variables of a session of a role, for who may assume it."""
    session = sts_backends[account_id]["aws"].assume_role(
        region_name=region,
        role_session_name=session_name,
        role_arn=role_arn,
        policy=None,
        duration=seconds,
        external_id=None,
    )
    return {
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
    }


def check(account_id: str, role_arn: str, service: str) -> None:
    """Refuse a role that a service could not assume.

    Raises:
        NotAssumable: There is no such role, or its trust policy does not name the service.
    """
    roles = list(iam_backends[account_id]["aws"].roles.values())
    role = next((one for one in roles if one.arn == role_arn), None)
    if role is None:
        raise NotAssumable(f"there is no role {role_arn}.")
    if service not in _trusted(role.assume_role_policy_document):
        raise NotAssumable(f"role {role_arn} does not trust {service}.")


def _trusted(policy: Any) -> set[str]:
    document = json.loads(unquote(policy)) if isinstance(policy, str) else policy
    statements = document.get("Statement", [])
    trusted: set[str] = set()
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        if statement.get("Effect") == "Allow":
            trusted |= {services} if isinstance(services, str) else set(services)
    return trusted
