"""A whole world in memory: production of three members, a worker, staging, a bucket, and the inputs that name them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from refresh import serve_session, session
from refresh.aws import Aws
from refresh.holdings import ROLE_TAG, SPACE_TAG, Instance, Snapshot, Volume
from refresh.places import Place
from refresh.process import ProcessIdentity
from refresh.session import World
from tests.refresh.fake_cloud import FakeClock, FakeEc2, FakeObjects, Fate, Killed
from tests.refresh.fake_hosts import Copy, FakeHosts, Member
from tests.refresh.fake_telling import FakeTelling

ZONE = "eu-west-1a"
SPACE = "understudy/staging"
STAGING, WORKER = "i-000000000000000a1", "i-000000000000000b1"
PRODUCTION = ("i-0000000000000001", "i-0000000000000002", "i-0000000000000003")
VERBS = (
    "production-check toolkit-install quarantine-open candidate-open rules-draft anonymize verify job-status "
    "job-discard volume-close staging-status staging-deliver staging-cutover staging-stop"
).split()
RULES = {
    "version": 1.0,
    "databases": {"shop": {"customers": {"mode": "mask", "fields": {"_id": "keep", "name": "name"}}}},
}


def inputs(**changes: Any) -> dict[str, Any]:
    """Return inputs as Pulumi hands them over: every number a float."""
    values: dict[str, Any] = {
        "trigger": "march",
        "space": SPACE,
        "region": "eu-west-1",
        "production": {
            "instance_ids": list(PRODUCTION),
            "role_arn": "",
            "user_parameter": "/production/mongo/understudy",
            "password_parameter": "/production/mongo/understudy/password",
        },
        "worker": {"instance_id": WORKER, "cache_mib": 256.0},
        "staging": {
            "instance_id": STAGING,
            "address": "10.1.0.10",
            "replica_set": "staging",
            "volume_gib": 0.0,
            "kms_key_id": "arn:aws:kms:eu-west-1:111111111111:key/k",
            "availability_zone": ZONE,
            "user_parameter": "/mongo/admin",
            "password_parameter": "/mongo/admin/password",
        },
        "rules": copy.deepcopy(RULES),
        "documents": {verb: {"name": f"understudy-staging-{verb}", "hash": "d0c" + "0" * 61} for verb in VERBS},
        "toolkit": {"bucket": "toolkit", "key": "toolkit/t.tar", "sha256": "7001" * 16},
        "reports_bucket": "reports",
        "pseudonym_key_parameter": "/understudy/pseudonym-key",
        "limits": {"source_lag_seconds": 30.0, "step_timeout_minutes": {}, "quarantine_expiry_hours": 24.0},
        "retention": {"previous_volumes": 1.0, "retain_live_volume": False},
        "serve": "live",
        "golden": {"keep": True, "source": "production", "accepted_rules": ""},
        "smoke": {"commands": ["./smoke.sh"], "endpoint": "10.1.0.10:27017"},
    }
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = values
        for parent in parents:
            place = place[parent]
        place[last] = value
    return values


class FakeParameters:
    """Parameters by name and version."""

    def __init__(self, fate: Fate) -> None:
        self.fate = fate
        self.versions = {"/mongo/admin": 1, "/mongo/admin/password": 1, "/understudy/pseudonym-key": 1}

    def version(self, name: str) -> int | None:
        self.fate.alive()
        return self.versions.get(name)


class FakeWorld:
    """Everything, and a way to run a refresh in it as `pulumi up` would."""

    def __init__(self, folder: Path, production_place: Place | None = None) -> None:
        self.clock, self.fate, self.folder = FakeClock(), Fate(), folder
        self.ec2 = FakeEc2(self.clock, self.fate)
        self.source = FakeEc2(self.clock, self.fate, production_place) if production_place else self.ec2
        self.ec2.others = [self.source]
        self.objects = FakeObjects(self.clock, self.fate)
        self.hosts = FakeHosts(self.clock, self.fate, self.ec2, self.objects)
        self.hosts.source = self.source
        self.parameters = FakeParameters(self.fate)
        self.telling = FakeTelling()
        self.lines: list[str] = []
        self.roles: list[str] = []
        self.tested: list[tuple[str, dict[str, str], str]] = []
        self.test_ends: list[str] = []
        for number, instance_id in enumerate(PRODUCTION):
            volume_id = f"vol-0000000{number}"
            self.source.instances[instance_id] = Instance(
                instance_id=instance_id,
                state="running",
                zone=ZONE,
                root_device="/dev/sda1",
                devices={"/dev/sda1": f"vol-0000ff0{number}", "/dev/sdb": volume_id},
            )
            self.source.add_disk(volume_id, instance_id, 100, "production's data")
            self.source.add_disk(f"vol-0000ff0{number}", instance_id, 8, "a root disk")
            self.hosts.members[instance_id] = Member(f"shop-prod-{number}:27017", "SECONDARY", volume_id)
        self.hosts.members[PRODUCTION[0]].state = "PRIMARY"
        self.hosts.members[PRODUCTION[2]].hidden = True
        for instance_id, state in ((STAGING, "running"), (WORKER, "stopped")):
            self.ec2.instances[instance_id] = Instance(
                instance_id=instance_id,
                state=state,
                zone=ZONE,
                root_device="/dev/sda1",
                devices={"/dev/sda1": "vol-root"},
            )

    def connect(self, _region: str, production: Any) -> Aws:
        self.roles.append(production)
        return Aws(
            source_compute=self.source,
            source_commands=self.hosts,
            compute=self.ec2,
            commands=self.hosts,
            parameters=self.parameters,
            objects=self.objects,
            telling=self.telling,
        )

    def world(self) -> World:
        dead_by_then = ProcessIdentity(
            host="here", boot_id=ProcessIdentity.current().boot_id, pid=2**22 + 1, pid_started="1"
        )
        return World(
            connect=self.connect,
            clock=self.clock,
            say=self.lines.append,
            reports_folder=self.folder,
            lease_beats=False,
            identity=dead_by_then,
            shell=self._shell,
        )

    def _shell(self, command: str, environment: Mapping[str, str], _seconds: float, _say: object) -> str:
        """Run a smoke test: what it is told is kept, and how it ends was said before."""
        with self.fate.effect("smoke test"):
            self.tested.append((command, dict(environment), self.hosts.live))
            return self.test_ends.pop(0) if self.test_ends else ""

    def up(self, **changes: Any) -> dict[str, Any]:
        """Run a refresh as `pulumi up` would."""
        return session.perform(inputs(**changes), self.world())

    def serve(self, value: str, **changes: Any) -> dict[str, Any]:
        """Switch as `pulumi up` would."""
        return serve_session.serve(inputs(serve=value, **changes), self.world())

    def serve_and_die(self, value: str) -> bool:
        """Switch, and perhaps be killed. Says whether it was."""
        try:
            self.serve(value)
        except Killed:
            self.fate.revive()
            return True
        return False

    def up_and_die(self, **changes: Any) -> bool:
        """Run a refresh that may be killed; the world goes on without it. Says whether it was."""
        try:
            self.up(**changes)
        except Killed:
            self.fate.revive()
            return True
        return False

    def of_space(self, role: str = "") -> list[Volume]:
        return [each for each in self.ec2.volumes({SPACE_TAG: SPACE}) if role in ("", each.role)]

    def golden(self) -> list[Snapshot]:
        return self.ec2.snapshots({SPACE_TAG: SPACE, ROLE_TAG: "golden"})

    def live_copy(self) -> Copy:
        content = self.ec2.disks[self.hosts.live].content
        assert isinstance(content, Copy)
        return content

    def give_every_member_a_journal_volume(self) -> None:
        """Put the journal of each member on a volume of its own, mounted through a link."""
        for number, (instance_id, member) in enumerate(self.hosts.members.items()):
            journal = f"vol-0000aa0{number}"
            self.source.add_disk(journal, instance_id, 10, "production's journal")
            old = self.source.instances[instance_id]
            self.source.instances[instance_id] = replace(old, devices={**old.devices, "/dev/sdc": journal})
            member.more["volume_ids"] = [member.volume_id, journal]
            member.more["places"] = [
                {"volume_id": member.volume_id, "inside": "db", "path": ""},
                {"volume_id": journal, "inside": "mongo/journal", "path": "journal"},
            ]

    def assert_nothing_left(self, previous: int = 0) -> None:
        """Staging serves a whole copy, and nothing else of any refresh is there."""
        self.clock.sleep(60)
        live = self.of_space("live")
        assert [each.volume_id for each in live] == [self.hosts.live]
        assert self.live_copy().source == "production's data"
        assert len(self.of_space("previous")) == previous
        assert len(self.of_space()) == 1 + previous
        golden = self.golden()
        assert self.ec2.snapshots({SPACE_TAG: SPACE}) == golden
        assert len(golden) <= 1
        assert self.source is self.ec2 or self.source.snapshots({SPACE_TAG: SPACE}) == []
        assert self.hosts.jobs == {}
        worker = self.ec2.instance(WORKER)
        assert worker is not None
        assert worker.state == "stopped"
        assert set(worker.devices) == {"/dev/sda1"}
