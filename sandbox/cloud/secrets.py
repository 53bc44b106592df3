"""Secrets Manager's RotateSecret: the password really changes, on the cluster's server and then in the secret.

AWS calls a Lambda function for it, or RDS does it itself. Here a built-in rotation for a single user stands in for
both: a function's ARN is recorded, and asked for where AWS asks for it, but the function is not called.
"""

import json
import re
import secrets
import threading
import time
import uuid
from typing import Any

from moto.rds.models import rds_backends
from moto.secretsmanager.exceptions import InvalidParameterException, InvalidRequestException, SecretNotFoundException
from moto.secretsmanager.models import SecretsManagerBackend

from sandbox.cloud.databases.clusters import Databases
from sandbox.cloud.replacement import replace_operations
from sandbox.cloud.world import in_background

PENDING, CURRENT, PREVIOUS = "AWSPENDING", "AWSCURRENT", "AWSPREVIOUS"
STEP_SECONDS = 0.3  # a rotation takes a moment, in which both versions can be seen
LONGEST_DAYS = 1000
DAY_SECONDS = 86_400
PASSWORD_BYTES = 24
FUNCTION = re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?")
CLUSTER_TAG = "aws:rds:primaryDBClusterArn"


class Rotation:
    """The operation that replaces moto's.

    Args:
        databases: The clusters whose passwords change.
    """

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._lock = threading.Lock()

    def rotate_secret(
        self,
        backend: Any,
        secret_id: str,
        client_request_token: str | None = None,
        rotation_lambda_arn: str | None = None,
        rotation_rules: dict[str, Any] | None = None,
        rotate_immediately: bool = True,  # noqa: FBT001, FBT002 - moto's signature
    ) -> str:
        """Configure a secret's rotation, and rotate it unless that is to wait for its day."""
        secret = _find(backend, secret_id)
        self._configure(secret, rotation_lambda_arn, rotation_rules)
        if not rotate_immediately:
            return str(secret.to_short_dict())
        version = self._begin(backend, secret, client_request_token)
        in_background(lambda: self._rotate(backend, secret, version))
        return str(secret.to_short_dict(version_id=version))

    @staticmethod
    def _configure(secret: Any, function: str | None, rules: dict[str, Any] | None) -> None:
        if function and not FUNCTION.fullmatch(function):
            raise InvalidParameterException("RotationLambdaARN is no ARN of a Lambda function.")
        if not function and not secret.rotation_lambda_arn and _managed_by(secret) is None:
            raise InvalidRequestException("No Lambda rotation function ARN is associated with this secret.")
        days = (rules or {}).get("AutomaticallyAfterDays")
        if rules and (set(rules) - {"AutomaticallyAfterDays"} or not 1 <= int(days or 0) <= LONGEST_DAYS):
            raise InvalidParameterException(f"the sandbox knows RotationRules of 1 to {LONGEST_DAYS} days only.")
        secret.rotation_requested = secret.rotation_enabled = True
        secret.rotation_lambda_arn = function or secret.rotation_lambda_arn
        if days:
            secret.auto_rotate_after_days = int(days)
            secret.next_rotation_date = int(time.time()) + int(days) * DAY_SECONDS

    def _begin(self, backend: Any, secret: Any, token: str | None) -> str:
        """Make the version with the next password; one that an earlier rotation left is taken again."""
        with self._lock:
            pending = _version_with(secret, PENDING)
            if pending:
                return pending
            value = json.loads(_string(secret, _version_with(secret, CURRENT)))
            value["password"] = secrets.token_urlsafe(PASSWORD_BYTES)
            version = token or str(uuid.uuid4())
            backend.put_secret_value(secret.arn, json.dumps(value), "", version, [PENDING])
            return version

    def _rotate(self, backend: Any, secret: Any, version: str) -> None:
        time.sleep(STEP_SECONDS)
        try:
            value = json.loads(_string(secret, version))
            record = _cluster(backend, secret, value)
            self._databases.change_password(record, value["password"])
        except Exception as error:  # noqa: BLE001 - AWS tells of it in the function's log only; AWSPENDING stays
            print(f"rotation of {secret.name} failed: {type(error).__name__}: {error}", flush=True)
            return
        time.sleep(STEP_SECONDS)
        with self._lock:
            for stage, to in ((PREVIOUS, _version_with(secret, CURRENT)), (CURRENT, version)):
                secret.remove_version_stages_from_old_versions([stage])
                if to:
                    secret.versions[to]["version_stages"].append(stage)
            secret.remove_version_stages_from_old_versions([PENDING])
            secret.set_default_version_id(version)
            secret.secret_string = secret.versions[version]["secret_string"]
            secret.last_rotation_date = int(time.time())


def _find(backend: Any, secret_id: str) -> Any:
    secret = backend.secrets.get(secret_id)
    if secret is None:
        raise SecretNotFoundException
    if secret.is_deleted():
        raise InvalidRequestException("You tried to perform the operation on a secret that's marked deleted.")
    return secret


def _version_with(secret: Any, stage: str) -> str:
    return next((name for name, one in secret.versions.items() if stage in one["version_stages"]), "")


def _string(secret: Any, version: str) -> str:
    if not version:
        raise InvalidRequestException("The secret has no value to rotate.")
    return str(secret.versions[version]["secret_string"])


def _managed_by(secret: Any) -> str | None:
    """Return the ARN of the cluster whose secret RDS keeps itself."""
    return next((tag["Value"] for tag in secret.tags or [] if tag["Key"] == CLUSTER_TAG), None)


def _cluster(backend: Any, secret: Any, value: dict[str, Any]) -> Any:
    """Find the cluster that a secret is for: RDS's own mark, its identifier in the secret, or its endpoint."""
    arn = _managed_by(secret)
    for record in rds_backends[backend.account_id][backend.region_name].clusters.values():
        names = {record.arn: arn, record.db_cluster_identifier: value.get("dbClusterIdentifier")}
        if record.endpoint == value.get("host") or any(name == wanted for name, wanted in names.items()):
            if value["username"] != record.master_username:
                raise InvalidRequestException("the sandbox rotates the password of a cluster's master user only.")
            return record
    raise InvalidRequestException("no cluster of the sandbox has the secret's host or dbClusterIdentifier.")


def install(rotation: Rotation) -> None:
    """Put this operation in the place of moto's."""
    replace_operations(SecretsManagerBackend, rotation, ("rotate_secret",))
