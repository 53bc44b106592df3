"""The secrets of a container: variables whose values come from Secrets Manager or Parameter Store when it starts."""

import json
from collections.abc import Mapping, Sequence

from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends


class SecretNotFound(Exception):
    """A secret cannot be had; the message names it, never its value."""


def resolve(account_id: str, region: str, secrets: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return the variables.

    Args:
        account_id: The account.
        region: The region.
        secrets: The container definition's: `name` and `valueFrom`, which is the ARN of a secret (perhaps with
            `:json-key:version-stage:version-id`), or the ARN or name of a parameter.

    Returns:
        Name to value.

    Raises:
        SecretNotFound: There is no such secret, version, key or parameter.
    """
    return {one["name"]: _value(account_id, region, one["valueFrom"]) for one in secrets}


def _value(account_id: str, region: str, source: str) -> str:
    if source.startswith("arn:") and source.split(":")[2] == "secretsmanager":
        return _secret(account_id, region, source)
    found = ssm_backends[account_id][region].get_parameters([source])
    for parameter in found.values():
        return str(parameter.decrypt(parameter.value))
    raise SecretNotFound(f"there is no parameter {source}.")


def _secret(account_id: str, region: str, source: str) -> str:
    # arn:aws:secretsmanager:region:account:secret:name[:json-key:version-stage:version-id]
    parts = source.split(":")
    arn, (key, stage, version) = ":".join(parts[:7]), [*parts[7:], "", "", ""][:3]
    try:
        answer = secretsmanager_backends[account_id][region].get_secret_value(
            secret_id=arn, version_id=version or None, version_stage=stage or None
        )
    except Exception as error:  # noqa: BLE001 - whatever moto says, the task cannot start for want of this secret
        raise SecretNotFound(f"the secret {arn} cannot be read: {type(error).__name__}.") from None
    text = str(answer.get("SecretString", ""))
    if not key:
        return text
    try:
        return str(json.loads(text)[key])
    except (ValueError, KeyError, TypeError):
        raise SecretNotFound(f"the secret {arn} has no key {key}.") from None
