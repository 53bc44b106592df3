"""SmokeTests: the user's own checks of staging, run after each refresh."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_command import local


@dataclass(frozen=True, kw_only=True)
class SmokeTestsArgs:
    """Arguments of SmokeTests.

    Attributes:
        commands: Shell commands, run where Pulumi runs, one at a time, in this order.
        refresh_id: A new one runs them again.
        environment: What they are told, besides what Pulumi's own environment holds.
    """

    commands: Sequence[str]
    refresh_id: pulumi.Input[str]
    environment: Mapping[str, pulumi.Input[str]]


class SmokeTests(pulumi.ComponentResource):
    """One command resource for each test; one that fails fails the `pulumi up`, and the next `up` runs it again."""

    def __init__(self, name: str, args: SmokeTestsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the commands; see SmokeTestsArgs."""
        super().__init__("understudy:components:SmokeTests", name, None, opts)
        before: list[pulumi.Resource] = []
        for number, command in enumerate(args.commands, start=1):
            test = local.Command(
                f"{name}-{number}",
                create=command,
                environment=dict(args.environment),
                triggers=[args.refresh_id],
                # The former run's output is of no use to the next one.
                add_previous_output_in_env=False,
                opts=pulumi.ResourceOptions(parent=self, depends_on=before),
            )
            before = [test]
        self.register_outputs({"count": len(args.commands)})
