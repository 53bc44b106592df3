"""moto's records of clusters and instances, with states that somebody else sets and passwords that nobody can guess."""

import json
import re
import secrets
from typing import Any

from moto.rds import models
from moto.rds.exceptions import RDSClientError

PASSWORD_BYTES = 24
IDENTIFIER = re.compile(r"(?=.{1,63}$)[A-Za-z](-?[A-Za-z0-9])*")
PASSWORD = re.compile(r'[^/"@\x00-\x1f\x7f-\U0010ffff]{8,41}')


class Refused(RDSClientError):
    """An RDS error with its code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)


def unsupported(what: str) -> Refused:
    """Return the refusal of something that AWS can do and this sandbox cannot."""
    return Refused("InvalidParameterCombination", f"the sandbox does not do this: {what}")


class MasterUserSecret(models.MasterUserSecret):
    """The secret that RDS keeps itself; moto's holds one password for all."""

    def _generate_secret_string(self) -> str:
        username = getattr(self.resource, "master_username", "admin")
        return json.dumps({"username": username, "password": secrets.token_urlsafe(PASSWORD_BYTES)})


class DBCluster(models.DBCluster):
    """moto's cluster without the state that changes by being looked at."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.engine != "aurora-mysql":
            raise unsupported(f"clusters of engine {self.engine}; it has aurora-mysql.")
        self.sandbox_status = "creating"

    @property
    def status(self) -> str:
        """`creating`, `available`, `resetting-master-credentials`, `deleting`."""
        return getattr(self, "sandbox_status", "creating")

    @status.setter
    def status(self, value: str) -> None:
        self._status = value  # moto sets `available` before anything is; the sandbox says when

    def save_automated_backup(self) -> None:
        """Record no automated snapshot: the way back to a point in time has its own copies."""


class DBInstanceClustered(models.DBInstanceClustered):
    """moto's instance of a cluster, which is there when its cluster's server answers."""

    def save_automated_backup(self) -> None:
        """Record no automated snapshot: instances of clusters have none."""


def check_identifier(name: str) -> None:
    """Refuse an identifier of a cluster that AWS refuses.

    Raises:
        Refused: It does not have the form.
    """
    if not IDENTIFIER.fullmatch(name):
        raise Refused(
            "InvalidParameterValue",
            f"{name} is no identifier: 1 to 63 letters, digits and single hyphens, a letter first, no hyphen last.",
        )


def check_password(password: str) -> None:
    """Refuse a master user's password that AWS refuses.

    Raises:
        Refused: It does not have the form; it is not shown.
    """
    if not PASSWORD.fullmatch(password):
        raise Refused(
            "InvalidParameterValue",
            'The parameter MasterUserPassword must have 8 to 41 printable ASCII characters, none of them / " or @.',
        )


def password_of(cluster: Any) -> str:
    """Return the master user's password that a cluster is to be made with."""
    if cluster.manage_master_user_password:
        return str(json.loads(cluster.master_user_secret.secret.secret_string)["password"])
    return str(cluster._master_user_password)
