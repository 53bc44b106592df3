"""Where things lie and how production's side is reached: account, region, role, keys, copies from there to here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from refresh.values import Reader


@dataclass(frozen=True, kw_only=True)
class ProductionSession:
    """How production's side is reached.

    Attributes:
        role_arn: The role to assume; empty for the credentials of whoever runs the refresh.
        region: Its region; empty for the stack's own.
        external_id: What the role's trust policy asks for; empty where it asks for none.
    """

    role_arn: str = ""
    region: str = ""
    external_id: str = ""

    @classmethod
    def read(cls, values: Reader) -> ProductionSession:
        """Read it of the inputs about production; what was declared before it could lie elsewhere says nothing."""
        return cls(
            role_arn=values.text("role_arn", ""),
            region=values.text("region", ""),
            external_id=values.text("external_id", ""),
        )


@dataclass(frozen=True, kw_only=True)
class Production:
    """The replica set to read from, and the session it is read through."""

    instance_ids: tuple[str, ...]
    session: ProductionSession
    user_parameter: str
    password_parameter: str
    accept_unencrypted: bool = False

    @classmethod
    def read(cls, values: Reader) -> Production:
        """Read the inputs about production."""
        return cls(
            instance_ids=tuple(values.texts("instance_ids")),
            session=ProductionSession.read(values),
            user_parameter=values.text("user_parameter"),
            password_parameter=values.text("password_parameter"),
            accept_unencrypted=values.flag("accept_unencrypted"),
        )

    @property
    def role_arn(self) -> str:
        """The role that it is reached through; empty where there is none."""
        return self.session.role_arn

    def source(self) -> dict[str, Any]:
        """Return what decides whether two refreshes have the same source."""
        return {"instance_ids": sorted(self.instance_ids), "role_arn": self.role_arn}


@dataclass(frozen=True, kw_only=True)
class Place:
    """The account and the region that a side acts in."""

    account_id: str
    region: str

    def __str__(self) -> str:
        return f"account {self.account_id}, {self.region}"


@dataclass(frozen=True, kw_only=True)
class Key:
    """A KMS key as DescribeKey shows it to a side that may look at it."""

    arn: str
    state: str
    manager: str

    @property
    def is_aws_managed(self) -> bool:
        """Whether it is AWS's own for a service, such as `aws/ebs`: what it encrypts cannot be shared."""
        return self.manager == "AWS"


@dataclass(frozen=True, kw_only=True)
class CopyOrder:
    """What CopySnapshot is asked for: a snapshot of another place, under a key of our own."""

    snapshot_id: str
    region: str
    kms_key_id: str
    description: str
    tags: Mapping[str, str]
