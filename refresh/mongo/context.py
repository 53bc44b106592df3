"""What a step of the MongoDB refresh is given to work with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from refresh.aws import Aws
from refresh.commands import Commands
from refresh.context import Say
from refresh.ebs.release import Releaser
from refresh.ebs.volumes import Volumes
from refresh.holdings import EXPIRES_TAG, REFRESH_TAG, ROLE_TAG, SPACE_TAG, Volume
from refresh.poller import Clock, Poller
from refresh.records.ledger import Ledger
from refresh.request import RefreshRequest
from refresh.shell import Shell
from refresh.shell import run as run_shell


@dataclass(frozen=True, kw_only=True)
class Context:
    """One refresh at work: what was asked, both sides of AWS, the ledger, the time, and a way to say something."""

    request: RefreshRequest
    aws: Aws
    ledger: Ledger
    clock: Clock
    poller: Poller
    say: Say
    shell: Shell = run_shell

    @property
    def refresh_id(self) -> str:
        """The refresh that is worked on."""
        return self.request.refresh_id

    def minutes_of(self, step: str, default: int) -> int:
        """Return how long a step may take."""
        return self.request.limits.step_timeout_minutes.get(step, default)

    @property
    def how_to_go_on(self) -> str:
        """Say which setting gives a step more time, and what goes on from where it ended."""
        return "Its limit is understudy:step_timeout_minutes; pulumi up goes on from here"

    @property
    def volumes(self) -> Volumes:
        """Our own volumes."""
        return Volumes(self.aws.compute, self.poller)

    @property
    def hosts(self) -> Commands:
        """Commands on worker and staging."""
        return Commands(port=self.aws.commands, poller=self.poller, documents=self.request.documents)

    @property
    def releaser(self) -> Releaser:
        """The way volumes and snapshots are let go."""
        return Releaser(
            aws=self.aws,
            hosts=self.hosts,
            volumes=self.volumes,
            region=self.request.region,
            worker_instance_id=self.request.worker.instance_id,
        )

    @property
    def production_hosts(self) -> Commands:
        """Commands on production: the read-only document, through production's session."""
        check = {verb: each for verb, each in self.request.documents.items() if verb == "production-check"}
        return Commands(port=self.aws.source_commands, poller=self.poller, documents=check)

    def tags(self, role: str) -> dict[str, str]:
        """Return the tags that name a thing of this refresh.

        Args:
            role: snapshot, golden, quarantine, candidate, live or previous.

        Returns:
            The tags to look it up by.
        """
        return {SPACE_TAG: self.request.space, REFRESH_TAG: self.refresh_id, ROLE_TAG: role}

    def raw_tags(self, role: str) -> dict[str, str]:
        """Return the tags of something that holds production's data: with the time when it has to go.

        Counted from the attempt's beginning: CreateVolume refuses a token that comes with other tags the second time.
        """
        expires_at = self.ledger.started_at + timedelta(hours=self.request.limits.quarantine_expiry_hours)
        return {**self.tags(role), EXPIRES_TAG: expires_at.isoformat(timespec="seconds")}

    def find_volume(self, role: str) -> Volume | None:
        """Look up this refresh's volume of a role."""
        return self.volumes.find(self.tags(role))
