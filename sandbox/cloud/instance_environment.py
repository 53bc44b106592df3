"""What an instance's processes know of AWS: endpoint and credentials, the stand-in for the metadata service."""

import time
from typing import Any

from sandbox.cloud import roles
from sandbox.environment import way_to_api

_CREDENTIAL_SECONDS = 7 * 24 * 3600
_PROFILE_SECONDS = 2.0


def environment_of(backend: Any, instance: Any, endpoint: str) -> dict[str, str]:
    """Return the environment that a host boots with.

    Args:
        backend: moto's EC2 of the instance's account and region.
        instance: The instance.
        endpoint: The API's address inside each host.

    Returns:
        Endpoint and region; with a profile, credentials of its role.
    """
    environment = way_to_api(endpoint, backend.region_name)
    role = _awaited_role(backend, instance)
    if role is None:
        return environment
    own = roles.credentials(backend.account_id, backend.region_name, role.arn, instance.id, _CREDENTIAL_SECONDS)
    return {**environment, **own}


def _awaited_role(backend: Any, instance: Any) -> Any:
    """Return the profile's role; moto associates the profile of RunInstances only after the instance is made."""
    deadline = time.monotonic() + _PROFILE_SECONDS
    while instance.wants_profile and instance_role(backend, instance.id) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    return instance_role(backend, instance.id)


def instance_role(backend: Any, instance_id: str) -> Any:
    """Return the role of an instance's profile, None when it has no profile."""
    association = backend.iam_instance_profile_associations.get(instance_id)
    profile = association.iam_instance_profile if association else None
    return profile.roles[0] if profile is not None and profile.roles else None
