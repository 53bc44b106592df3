"""The demonstration's stack as a user sees it: its outputs, and what lies in its reports bucket."""

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
        ledger: the record of its latest refresh, from the reports bucket.
        report: the report of its latest refresh, from the reports bucket.
    """

    outputs: Mapping[str, Any]
    ledger: Mapping[str, Any]
    report: Mapping[str, Any]

    @classmethod
    def read(cls, terminal: Terminal, world: World) -> Stack:
        """Ask Pulumi for the outputs and the bucket for the rest."""
        outputs = json.loads(terminal.ask("pulumi", "stack", "output", "--json"))
        s3, bucket, refresh_id = world.session().client("s3"), outputs["reports_bucket"], outputs["refresh_id"]

        def read(key: str) -> Any:
            return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())

        return cls(outputs, read(f"ledger/{refresh_id}.json"), read(f"reports/{refresh_id}/report.json"))

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
        return str(self.ledger["steps"]["cut_over"]["facts"]["ca_certificate"])

    @property
    def commit_point(self) -> tuple[int, int]:
        """What production's majority had acknowledged when the refresh asked: seconds and increment."""
        point = self.ledger["steps"]["snapshot"]["facts"]["commit_point"]
        return int(point["seconds"]), int(point["increment"])
