"""Several accounts: who may take a role, use a key and see a snapshot of another account. moto grants all of it."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.kms.exceptions import AccessDeniedException
from moto.kms.models import kms_backends
from moto.kms.responses import KmsResponse
from moto.sts.exceptions import STSClientError
from moto.sts.responses import TokenResponse

# AWS Organizations makes this role in each member account, and lets the organization's own account take it.
MEMBER_ROLE = "role/OrganizationAccountAccessRole"
KEY_REFUSED = "Given key ID is not accessible. You must have DescribeKey permissions on the default CMK."
_EBS_ALIAS = "alias/aws/ebs"
_EXTERNAL_ID = "sts:ExternalId"


class AccessDenied(STSClientError):
    """A role does not let somebody take it."""

    code = 403

    def __init__(self, message: str) -> None:
        super().__init__("AccessDenied", message)


def install() -> None:
    """Put these refusals before moto's answers."""
    plain_assume: Callable[[Any], ActionResult] = TokenResponse.assume_role
    plain_describe: Callable[[Any], str] = KmsResponse.describe_key

    def assume_role(response: Any) -> ActionResult:
        role_arn, external_id = response._get_param("RoleArn"), response._get_param("ExternalId")
        if not _may_assume(response.current_account, role_arn, external_id):
            who = f"arn:aws:iam::{response.current_account}:root"
            raise AccessDenied(f"User: {who} is not authorized to perform: sts:AssumeRole on resource: {role_arn}")
        return plain_assume(response)

    def describe_key(response: Any) -> Any:
        return _described(response) or plain_describe(response)

    TokenResponse.assume_role = assume_role
    KmsResponse.describe_key = describe_key


def find_snapshot(account_id: str, region: str, snapshot_id: str) -> Any:
    """Find a snapshot that an account owns, or that another one shares with it.

    Args:
        account_id: Who looks.
        region: Where.
        snapshot_id: The snapshot.

    Returns:
        moto's snapshot; None where there is none for this account.
    """
    for owner_id in list(ec2_backends):
        snapshot = ec2_backends[owner_id][region].snapshots.get(snapshot_id)
        if snapshot is not None and (owner_id == account_id or is_shared(snapshot, account_id)):
            return snapshot
    return None


def is_shared(snapshot: Any, account_id: str) -> bool:
    """Say whether a snapshot's owner lets an account make volumes of it."""
    shared: bool = account_id in snapshot.create_volume_permission_userids
    return shared or "all" in snapshot.create_volume_permission_groups


def may_use(account_id: str, region: str, key_id: str | None) -> bool:
    """Say whether an account may encrypt and decrypt by a key; what has no key needs none.

    Args:
        account_id: Who.
        region: Where a key is that is not named by its ARN.
        key_id: The key: an ARN, an id or an alias.

    Returns:
        False where the key is not there or not enabled, or its policy does not allow the account.
    """
    if not key_id:
        return True
    key = _key(key_id) if key_id.startswith("arn:") else _own_key(account_id, region, key_id)
    return key is not None and key.key_state == "Enabled" and _allows(key, account_id, "kms:CreateGrant")


def is_aws_managed(key_arn: str | None) -> bool:
    """Say whether a key is AWS's own for EBS."""
    key = _key(key_arn) if key_arn else None
    return key is not None and _EBS_ALIAS in key.aliases


def _key(key_arn: str) -> Any:
    if not key_arn.startswith("arn:"):
        return None
    _, _, _, region, account_id, resource = key_arn.split(":", 5)
    return kms_backends[account_id][region].keys.get(resource.removeprefix("key/"))


def _own_key(account_id: str, region: str, key_id: str) -> Any:
    backend = kms_backends[account_id][region]
    return backend.keys.get(backend.any_id_to_key_id(key_id))


def _described(response: Any) -> str | None:
    """Describe another account's key, or AWS's own; leave all others to moto."""
    key_id = str(response._get_param("KeyId"))
    key = _key(key_id)
    if key is None or (key.account_id == response.current_account and not is_aws_managed(key_id)):
        return None
    if not _allows(key, response.current_account, "kms:DescribeKey"):
        raise AccessDeniedException(
            f"User: {response.current_account} is not authorized to perform: kms:DescribeKey on {key_id}"
        )
    described = key.to_dict()
    if is_aws_managed(key_id):
        described["KeyMetadata"]["KeyManager"] = "AWS"
    return json.dumps(described)


def _allows(key: Any, account_id: str, action: str) -> bool:
    if is_aws_managed(key.arn):
        return bool(key.account_id == account_id)
    policy = json.loads(key.policy) if isinstance(key.policy, str) and key.policy else key.policy or {}
    return any(
        _names(statement.get("Principal"), account_id) and _covers(statement.get("Action"), action)
        for statement in _statements(policy)
        if statement.get("Effect") == "Allow"
    )


def _may_assume(account_id: str, role_arn: str, external_id: str | None) -> bool:
    owner_id, resource = role_arn.split(":", 5)[4:]
    if resource == MEMBER_ROLE:
        return True
    roles = list(iam_backends[owner_id]["aws"].roles.values())
    role = next((one for one in roles if one.arn == role_arn), None)
    if role is None:
        return False
    policy = role.assume_role_policy_document
    document = json.loads(unquote(policy)) if isinstance(policy, str) else policy
    return any(
        _names(statement.get("Principal"), account_id)
        and _covers(statement.get("Action"), "sts:AssumeRole")
        and _meets(statement.get("Condition", {}), external_id)
        for statement in _statements(document)
        if statement.get("Effect") == "Allow"
    )


def _meets(condition: Mapping[str, Any], external_id: str | None) -> bool:
    wanted = condition.get("StringEquals", {}).get(_EXTERNAL_ID)
    return wanted is None or external_id in ([wanted] if isinstance(wanted, str) else wanted)


def _statements(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    found = document.get("Statement", [])
    yield from found if isinstance(found, list) else [found]


def _names(principal: Any, account_id: str) -> bool:
    """Say whether a statement is about an account: as a whole, by one of its roles, or as everybody."""
    given = principal.get("AWS", []) if isinstance(principal, Mapping) else principal
    named = [given] if isinstance(given, str) else given or []
    return any(one in ("*", account_id) or one.split(":")[4:5] == [account_id] for one in named)


def _covers(actions: Any, action: str) -> bool:
    listed = [actions] if isinstance(actions, str) else actions or []
    return any(one in ("*", action) or (one.endswith("*") and action.startswith(one[:-1])) for one in listed)
