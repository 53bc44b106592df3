"""The demonstration's stack as a user sees it: its outputs, and the report in its reports bucket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.demo.databases import World
from sandbox.demo.terminal import Terminal


@dataclass(frozen=True)
class Stack:
    """What the stack says after a refresh.

    Attributes:
        outputs: the stack's outputs.
        report: the report of its latest refresh, from the reports bucket.
    """

    outputs: Mapping[str, Any]
    report: Mapping[str, Any]

    @classmethod
    def read(cls, terminal: Terminal, world: World) -> Stack:
        """Ask Pulumi for the outputs and the bucket for the report."""
        outputs = json.loads(terminal.ask("pulumi", "stack", "output", "--json"))
        key = f"reports/{outputs['refresh_id']}/report.json"
        stored = world.session().client("s3").get_object(Bucket=outputs["reports_bucket"], Key=key)
        return cls(outputs, json.loads(stored["Body"].read()))

    @property
    def refresh_id(self) -> str:
        """The latest refresh."""
        return str(self.outputs["refresh_id"])

    @property
    def staging_instance_id(self) -> str:
        """The host that serves."""
        return str(self.outputs["staging_instance_id"])

    @property
    def authority(self) -> str:
        """The certificate, in PEM, of the authority that signed staging's."""
        return str(self.outputs["staging_ca_certificate"])

    @property
    def commit_point(self) -> tuple[int, int]:
        """What production's majority had acknowledged when the refresh asked: seconds and increment."""
        point = self.report["source"]["commit_point"]
        return int(point["seconds"]), int(point["increment"])
