"""Production as the rest of the stack sees it, adopted or made."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.operator_policy import ProductionSource


@dataclass(frozen=True, kw_only=True)
class Production:
    """Production as the refresh sees it.

    Attributes:
        instance_ids: Members of the replica set.
        other_account_ids: The account that it is in, where that is not the stack's but runs the stack's document.
        role_arn: Role through which it is reached, or None.
        source: Where it is, and the keys of its volumes.
    """

    instance_ids: pulumi.Output[Sequence[str]]
    other_account_ids: Sequence[str]
    role_arn: str | None
    source: ProductionSource
