"""Run Command and the hosts behind it: a small state machine that answers as the scripts do."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from refresh.aws import Outcome
from refresh.errors import UnreachableHostError
from refresh.hosts import Document
from tests.refresh.fake_cloud import FakeClock, FakeEc2, FakeObjects, Fate

COMMAND_SECONDS = 0.5
CHECK = {"check": "identity_values", "documents": 10, "values": 40, "findings": 0}
DRAFT = (
    "version: 1\ndatabases:\n  shop:\n    customers: {mode: mask, fields: {_id: keep, name: DECIDE}}  # was: DECIDE\n"
)
CODE_SHA256 = "c0de" * 16


class RefusedError(Exception):
    """A script exits with a status other than 0 and this as its last line on stderr."""


@dataclass
class Copy:
    """What a candidate holds."""

    source: object = None
    rules_sha256: str = ""
    toolkit_sha256: str = ""
    users: tuple[str, ...] = ()


@dataclass
class Job:
    """A job on the worker."""

    parameters: tuple[str, ...]
    ends_at: float
    exit_code: int | None
    result: Mapping[str, Any] = field(default_factory=dict)
    recorded: bool = False


@dataclass
class Member:
    """A production member, as its document tells of it."""

    host: str
    state: str
    volume_id: str
    hidden: bool = False
    lag_seconds: float = 0.0
    healthy: bool = True
    behind_until: float = 0.0
    stalled: bool = False
    trouble: str = ""
    more: dict[str, Any] = field(default_factory=dict)


class FakeHosts:
    """Every host of both sides, behind one Run Command port."""

    def __init__(self, clock: FakeClock, fate: Fate, ec2: FakeEc2, objects: FakeObjects) -> None:
        self.clock, self.fate, self.ec2, self.objects = clock, fate, ec2, objects
        self.members: dict[str, Member] = {}
        self.mounts: dict[str, str] = {}  # volume -> instance
        self.servers: set[str] = set()  # volumes with a mongod on a socket
        self.jobs: dict[tuple[str, str], Job] = {}
        self.toolkits: dict[str, str] = {}
        self.live = ""
        self.healthy = True
        self.admin = ("admin",)
        self.unhealthy_volumes: set[str] = set()
        self.unclean_volumes: set[str] = set()
        self.anonymize_ends: list[tuple[int | None, dict[str, Any]]] = []
        self.verify_ends: list[tuple[int | None, dict[str, Any]]] = []
        self.draft_ends: list[tuple[int | None, dict[str, Any]]] = []
        self.worker_version = "6.0.5"
        self.staging_version = "6.0.5"
        self.opened = ("", "")
        self.source: FakeEc2 = ec2
        self.commands: dict[str, tuple[float, Outcome]] = {}
        self.sent: list[tuple[str, str, dict[str, str]]] = []
        self._numbers = itertools.count(1)
        ec2.is_mounted = lambda volume_id: volume_id in self.mounts
        ec2.on_stop = self._stopped

    # -- the port ---------------------------------------------------------------------------------------------------

    def send(self, instance_id: str, document: Document, parameters: Mapping[str, str]) -> str:
        self.fate.alive()
        instance = self.ec2.instance(instance_id) or self.source.instance(instance_id)
        if instance is None or instance.state != "running":
            raise UnreachableHostError(f"SendCommand to {instance_id}: InvalidInstanceId")
        verb = document.name.rpartition("/")[2].removeprefix("understudy-staging-")  # a name, or a shared one's ARN
        self.sent.append((instance_id, verb, dict(parameters)))
        command_id = f"command-{next(self._numbers)}"
        run: Callable[..., dict[str, Any] | None] = getattr(self, "_" + verb.replace("-", "_"))
        with self.fate.effect(verb):
            try:
                answer = run(instance_id, **parameters)
                done = Outcome(
                    status="Success", detail="Success", exit_code=0, stdout=f"log\n{json.dumps(answer)}\n", stderr=""
                )
                seconds = COMMAND_SECONDS if answer is not None else float("inf")
            except RefusedError as error:
                text = f"understudy: works\n{error}\nfailed to run commands: exit status 1\n"
                done = Outcome(status="Failed", detail="Failed", exit_code=1, stdout="", stderr=text)
                seconds = COMMAND_SECONDS
            self.commands[command_id] = (self.clock.seconds + seconds, done)
        return command_id

    def outcome(self, command_id: str, instance_id: str) -> Outcome | None:
        self.fate.alive()
        done_at, outcome = self.commands[command_id]
        if self.clock.seconds >= done_at:
            return outcome
        return Outcome(status="InProgress", detail="", exit_code=-1, stdout="", stderr="")

    # -- production -------------------------------------------------------------------------------------------------

    def _production_check(
        self,
        instance_id: str,
        *,
        user_parameter: str,
        password_parameter: str,
        wait_seconds: str = "0",
        optime_seconds: str = "0",
        optime_increment: str = "0",
    ) -> dict[str, Any] | None:
        member = self.members[instance_id]
        if member.trouble:
            raise RefusedError(member.trouble)
        if member.stalled:
            return None  # no answer, ever
        asked = int(optime_seconds) > 0
        seen = [
            {"host": each.host, "state": each.state, "health": int(each.healthy), "lag_seconds": each.lag_seconds}
            for each in self.members.values()
        ]
        answer = {
            "replica_set": "rs0",
            "self": member.host,
            "state": member.state,
            "hidden": member.hidden,
            "members": seen,
            "commit_point": {"seconds": 1_772_366_400 + int(self.clock.seconds), "increment": 3},
            "durable": {"seconds": 1_772_366_400, "increment": 1},
            "reached": not asked or self.clock.seconds + int(wait_seconds) >= member.behind_until,
            "version": "6.0.5",
            "fcv": "6.0",
            "engine": "wiredTiger",
            "encrypted": False,
            "sharded": False,
            "index_builds": 0,
            "directory_per_db": False,
            "directory_for_indexes": False,
            "db_path": "/data/db",
            "volume_ids": [member.volume_id],
            "layout": "plain",
            "data_bytes": 10_000_000,
        }
        return {**answer, **member.more}

    # -- worker -----------------------------------------------------------------------------------------------------

    def _toolkit_install(self, instance_id: str, *, bucket: str, key: str, sha256: str) -> dict[str, Any]:
        self.toolkits[instance_id] = sha256
        return {"path": f"/opt/understudy/toolkit/{sha256}"}

    def _quarantine_open(
        self,
        instance_id: str,
        *,
        refresh_id: str,
        volume_id: str,
        directory_per_db: str,
        directory_for_indexes: str,
        cache_mib: str,
        parts: str = "",
    ) -> dict[str, Any]:
        part_ids = [part.split(":")[0] for part in parts.split(",") if part]
        for each in (volume_id, *part_ids):
            if self.ec2.disks[each].content is None:
                raise RefusedError(f"volume {each} is blank")
            self._mount(instance_id, each)
        self.opened = (volume_id, parts)
        return {"socket": f"/run/understudy/{volume_id}.sock", "version": self.worker_version}

    def _candidate_open(self, instance_id: str, *, refresh_id: str, volume_id: str, cache_mib: str) -> dict[str, Any]:
        disk = self.ec2.disks[volume_id]
        if disk.content is None:
            disk.content = Copy()
        if not isinstance(disk.content, Copy):
            raise RefusedError(f"volume {volume_id} already holds a file system")
        self._mount(instance_id, volume_id)
        return {"socket": f"/run/understudy/{volume_id}.sock", "version": self.worker_version}

    def _anonymize(self, instance_id: str, **parameters: str) -> dict[str, Any]:
        return self._job(instance_id, "anonymize", parameters, self.anonymize_ends, {"unlisted": []})

    def _verify(self, instance_id: str, **parameters: str) -> dict[str, Any]:
        return self._job(instance_id, "verify", parameters, self.verify_ends, {"findings": []})

    def _rules_draft(
        self, instance_id: str, *, refresh_id: str, quarantine_volume_id: str, toolkit_sha256: str, reports_bucket: str
    ) -> dict[str, Any]:
        if (refresh_id, "draft") not in self.jobs:
            if self.mounts.get(quarantine_volume_id) != instance_id:
                raise RefusedError(f"volume {quarantine_volume_id} is not open on this host: open it first")
            self.fate.effects.append("draft started")
            exit_code, result = self.draft_ends.pop(0) if self.draft_ends else (0, {"rules": DRAFT})
            parameters = (quarantine_volume_id, quarantine_volume_id, toolkit_sha256, "")
            ends_at = self.clock.seconds + 30
            self.jobs[refresh_id, "draft"] = Job(parameters, ends_at, exit_code, result)
        return self._job_status(instance_id, refresh_id=refresh_id, step="draft")

    def _job(
        self,
        instance_id: str,
        step: str,
        p: Mapping[str, str],
        ends: list[tuple[int | None, dict[str, Any]]],
        more: dict[str, Any],
    ) -> dict[str, Any]:
        identity = (p["quarantine_volume_id"], p["candidate_volume_id"], p["toolkit_sha256"], p["rules_sha256"])
        job = self.jobs.get((p["refresh_id"], step))
        if job is None:
            if self.toolkits.get(instance_id) != p["toolkit_sha256"]:
                raise RefusedError("the toolkit is not installed")
            for volume_id in identity[:2]:
                if self.mounts.get(volume_id) != instance_id:
                    raise RefusedError(f"volume {volume_id} is not open on this host: open it first")
            assert (p["rules_bucket"], p["rules_key"]) in self.objects.objects
            self.fate.effects.append(f"{step} started")
            exit_code, result = ends.pop(0) if ends else (0, more)
            job = Job(parameters=identity, ends_at=self.clock.seconds + 30, exit_code=exit_code, result=result)
            self.jobs[p["refresh_id"], step] = job
        elif job.parameters != identity:
            raise RefusedError(f"job {step} was started with other rules, toolkit, key or volumes: discard it first")
        return self._job_status(instance_id, refresh_id=p["refresh_id"], step=step)

    def _job_status(self, instance_id: str, *, refresh_id: str, step: str) -> dict[str, Any]:
        job = self.jobs.get((refresh_id, step))
        if job is None:
            return {"state": "failed", "exit_code": None, "reason": "there is no such job on this host", "progress": {}}
        if self.clock.seconds < job.ends_at:
            progress = {"phase": "copy", "collection": "shop.customers", "documents": 5, "total": 10}
            return {"state": "running", "exit_code": None, "progress": progress}
        self._end_of(job, refresh_id, step)
        state = "done" if job.exit_code == 0 else "failed"
        return {"state": state, "exit_code": job.exit_code, "reason": f"ended with {job.exit_code}", "progress": {}}

    def _end_of(self, job: Job, refresh_id: str, step: str) -> None:
        if job.recorded or job.exit_code is None:
            return
        job.recorded = True
        quarantine, candidate, toolkit, rules = job.parameters
        if step == "anonymize" and job.exit_code == 0:
            self.ec2.disks[candidate].content = Copy(self.ec2.disks[quarantine].content, rules, toolkit)
        rows = [
            {"database": "shop", "collection": "customers", "mode": "mask", "read": 10, "written": 10, "masked": 10}
        ]
        result = {
            "collections": rows,
            "findings": [],
            "unlisted": [],
            "engine": "kernel",
            "opt_ins": [{"namespace": "shop.customers", "path": "email", "what": "keeps its real mail domain"}],
            "notes": [{"kind": "view_names_dropped", "collection": "shop.recent", "about": "shop.audit_log"}],
            "checks": [{**CHECK, "control": {"planted": 2, "found": 2}}],
            "rules_sha256": rules,
            "code_sha256": CODE_SHA256,
            "seconds": 30,
            "phase_seconds": {"start": 10.0, "copy": 20.0, "gather": 12.0, "compare": 8.0},
            **job.result,
        }
        key = ("reports", f"jobs/{refresh_id}/{step}.json")
        self.objects.objects[key] = (json.dumps(result).encode(), "etag", self.clock.seconds)

    def _job_discard(self, instance_id: str, *, refresh_id: str, step: str) -> dict[str, Any]:
        self.jobs.pop((refresh_id, step), None)
        return {"discarded": True}

    def _volume_close(self, instance_id: str, *, volume_id: str) -> dict[str, Any]:
        if volume_id == self.live:
            raise RefusedError(f"volume {volume_id} is the one that staging serves")
        for job in self.jobs.values():
            assert self.clock.seconds >= job.ends_at or volume_id not in job.parameters, "closed under a running job"
        self.mounts.pop(volume_id, None)
        self.servers.discard(volume_id)
        return {"unmounted": True}

    # -- staging ----------------------------------------------------------------------------------------------------

    def _staging_status(self, instance_id: str, *, user_parameter: str, password_parameter: str) -> dict[str, Any]:
        serving = bool(self.live) and self.live in self.ec2.disks
        return {
            "live_volume_id": self.live or None,
            "volumes": [each for each, host in self.mounts.items() if host == instance_id],
            "active": serving,
            "healthy": serving and self.healthy,
            "reason": None if serving and self.healthy else "authentication failed",
            "version": self.staging_version if serving else None,
            "mongod_version": self.staging_version,
            "replica_set": "staging" if serving else None,
        }

    def _staging_deliver(
        self,
        instance_id: str,
        *,
        refresh_id: str,
        volume_id: str,
        toolkit_sha256: str,
        served_before: str = "false",
        **_rest: str,
    ) -> dict[str, Any]:
        if self.live and (self.live not in self.ec2.disks or not self.healthy):
            raise RefusedError("live staging cannot be asked for its users")
        if self.toolkits.get(instance_id) != toolkit_sha256:
            raise RefusedError("the toolkit is not installed")
        content = self.ec2.disks[volume_id].content
        assert isinstance(content, Copy)
        self._mount(instance_id, volume_id)
        self.servers.discard(volume_id)
        if served_before == "true" and volume_id in self.unclean_volumes:
            return {"users": 0, "roles": 0, "users_equal": False, "roles_equal": False, "unclean": True}
        live = self.ec2.disks[self.live].content if self.live else None
        content.users = live.users if isinstance(live, Copy) else self.admin
        return {"users": len(content.users), "roles": 0, "users_equal": True, "roles_equal": True}

    def _staging_cutover(
        self, instance_id: str, *, from_volume_id: str, to_volume_id: str, **_rest: str
    ) -> dict[str, Any]:
        if self.live == to_volume_id:
            return {
                "live_volume_id": self.live,
                "switched": True,
                "switched_back": False,
                "reason": None,
                "unavailable_ms": None,
                "ca_certificate": "-----BEGIN CERTIFICATE-----",
            }
        if to_volume_id not in self.mounts:
            self._mount(instance_id, to_volume_id)
        assert self.mounts[to_volume_id] == instance_id
        assert from_volume_id == (self.live or "none")
        self.fate.effects.append("switched")
        if to_volume_id in self.unhealthy_volumes or "*" in self.unhealthy_volumes:
            back = from_volume_id != "none"
            why = f"not healthy on {to_volume_id}"
            return {
                "live_volume_id": self.live or None,
                "switched": False,
                "switched_back": back,
                "reason": why,
                "unavailable_ms": 900,
                "ca_certificate": "-----BEGIN CERTIFICATE-----",
            }
        self.live = to_volume_id
        return {
            "live_volume_id": to_volume_id,
            "switched": True,
            "switched_back": False,
            "reason": None,
            "unavailable_ms": 700,
            "ca_certificate": "-----BEGIN CERTIFICATE-----",
        }

    def _staging_stop(self, instance_id: str) -> dict[str, Any]:
        self.live = ""
        for volume_id in [each for each, host in self.mounts.items() if host == instance_id]:
            del self.mounts[volume_id]
        return {"stopped": True}

    def _mount(self, instance_id: str, volume_id: str) -> None:
        attachments = self.ec2.disks[volume_id].volume.attachments
        if not any(each.instance_id == instance_id and each.state == "attached" for each in attachments):
            raise RefusedError(f"volume {volume_id} did not show up on this host")
        self.mounts[volume_id] = instance_id
        self.servers.add(volume_id)

    def _stopped(self, instance_id: str) -> None:
        for volume_id in [each for each, host in self.mounts.items() if host == instance_id]:
            del self.mounts[volume_id]
