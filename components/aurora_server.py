"""The Aurora cluster as everything around it sees it, made or adopted."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class Server:
    """The cluster as the tasks and a restore see it.

    Attributes:
        endpoint: The writer's address.
        port: Its port.
        subnet_group: Its subnet group.
        parameter_group: Its cluster parameter group.
        security_group_ids: Its security groups.
        task_security_group_ids: Groups in which a task has to be, to reach it.
        secret_arn: The administrator's secret.
        ready: What has to be there before it can be used.
    """

    endpoint: pulumi.Input[str]
    port: pulumi.Input[int]
    subnet_group: pulumi.Input[str]
    parameter_group: pulumi.Input[str]
    security_group_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    task_security_group_ids: Sequence[pulumi.Input[str]]
    secret_arn: pulumi.Input[str]
    ready: Sequence[pulumi.Resource]
