"""StagingRefresh and RefreshSpace, the two dynamic resources. What happens is in `refresh/`; here is when.

The providers are stored in the stack's state by reference: their dotted paths are a contract with every stored state.
They keep nothing on `self`, no client and no secret.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)

from components.dynamic import differs, failures, inputs_of, names_of, picked, plainly_spoken, with_unknowns
from refresh import orphan, session
from refresh.mongo import plan
from refresh.poller import SystemClock
from refresh.request import RefreshRequest, SpaceRequest
from refresh.values import UNKNOWN, plain

_ROOT = Path(__file__).resolve().parent.parent
# The anonymizer's own command can (`--preserve-socket`); in a refresh, live staging is not at hand on the worker.
_NO_PRESERVE = "preserve cannot be used in a refresh yet; take mask, sample, empty or drop"
_RULES_CHECK_SECONDS = 60
_LOST = "live_volume_lost"  # `read` puts it among the inputs, so that a preview shows the drift


@dataclass(frozen=True, kw_only=True)
class RefreshSpaceArgs:
    """What sweeping a space needs.

    Attributes:
        space: `<project>/<stack>`, the tag of everything a refresh makes.
        region: The region of the stack.
        reports_bucket: Where lease and ledger lie.
        staging_instance_id: Staging's host.
        worker_instance_id: The worker's host; staging's where staging is its own worker.
        documents: For each verb a map with name and hash.
        retain_live_volume: Whether the live volume outlives the stack.
        production: role_arn, region, external_id (each may be empty): production's side is swept through them.
    """

    space: pulumi.Input[str]
    region: pulumi.Input[str]
    reports_bucket: pulumi.Input[str]
    staging_instance_id: pulumi.Input[str]
    worker_instance_id: pulumi.Input[str]
    documents: pulumi.Input[Mapping[str, pulumi.Input[Mapping[str, pulumi.Input[str]]]]]
    retain_live_volume: pulumi.Input[bool] = False
    production: pulumi.Input[Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StagingRefreshArgs:
    """What a refresh needs.

    Attributes:
        trigger: A value that was not used before; changing it asks for a refresh.
        production: instance_ids, role_arn, region, external_id (these may be empty), user_parameter,
            password_parameter, accept_unencrypted.
        worker: instance_id, cache_mib.
        staging: instance_id, address, replica_set, volume_gib (0: as the source's), kms_key_id, availability_zone,
            user_parameter, password_parameter.
        rules: The anonymizer's rules, structured.
        documents: For each verb a map with name and hash.
        toolkit: bucket, key, sha256.
        reports_bucket: Where lease, ledger, results and reports lie.
        pseudonym_key_parameter: Name of the SecureString with the key, never the key.
        limits: source_lag_seconds, step_timeout_minutes (a map by step), quarantine_expiry_hours.
        retention: previous_volumes, retain_live_volume.
        space: `<project>/<stack>`, the tag of everything a refresh makes.
        region: The region of the stack.
    """

    trigger: pulumi.Input[str]
    production: pulumi.Input[Mapping[str, Any]]
    worker: pulumi.Input[Mapping[str, Any]]
    staging: pulumi.Input[Mapping[str, Any]]
    rules: pulumi.Input[Mapping[str, Any]]
    documents: pulumi.Input[Mapping[str, pulumi.Input[Mapping[str, pulumi.Input[str]]]]]
    toolkit: pulumi.Input[Mapping[str, Any]]
    reports_bucket: pulumi.Input[str]
    pseudonym_key_parameter: pulumi.Input[str]
    limits: pulumi.Input[Mapping[str, Any]]
    retention: pulumi.Input[Mapping[str, Any]]
    space: pulumi.Input[str]
    region: pulumi.Input[str]


_INPUTS = names_of(StagingRefreshArgs)
_SPACE_INPUTS = names_of(RefreshSpaceArgs)
_OUTPUTS = (
    "refresh_id",
    "source_member",
    "data_as_of",
    "live_volume_id",
    "previous_volume_ids",
    "phases",
    "collections",
    "findings",
    "report",
    "rules_sha256",
    "anonymizer_sha256",
    "ca_certificate",
)


class RefreshSpaceProvider(ResourceProvider):
    """Makes nothing; on delete, all that carries the space's tag goes, also after a first refresh that failed."""

    serialize_as_secret_always = False

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Validate."""
        return CheckResult(news, failures(SpaceRequest.from_inputs, news))

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Store any change: deleting has to know today's documents and hosts."""
        return DiffResult(changes=picked(_olds, _SPACE_INPUTS) != picked(_news, _SPACE_INPUTS))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Remember where to sweep."""
        return CreateResult(str(props["space"]), picked(props, _SPACE_INPUTS))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Remember where to sweep from now on."""
        return UpdateResult(picked(_news, _SPACE_INPUTS))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Sweep."""
        with plainly_spoken():
            orphan.watch()
            session.remove(picked(_props, _SPACE_INPUTS))


class StagingRefreshProvider(ResourceProvider):
    """A refresh is due when trigger, rules or source change, or the live volume is gone; nothing else runs one."""

    serialize_as_secret_always = False

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Validate what is known; where a refresh is due, print its plan."""
        wrong = failures(RefreshRequest.from_inputs, news) or _rules_failures(news)
        if not wrong and (_LOST in _olds or is_due(_olds, news)):
            _print_plan(news)
        return CheckResult(news, wrong)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Decide from the values alone. A changed retention is stored without a refresh: deleting has to know it."""
        lost = not _olds.get("live_volume_id")
        return DiffResult(changes=lost or is_due(_olds, _news) or differs(_olds, _news, "retention"))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Run the first refresh."""
        with plainly_spoken():
            orphan.watch()
            return CreateResult(str(props["space"]), _refreshed(props))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Run a refresh where one is due; return the complete outputs either way."""
        with plainly_spoken():
            orphan.watch()
            if _olds.get("live_volume_id") and not is_due(_olds, _news):
                return UpdateResult({**picked(_olds, _OUTPUTS), **picked(_news, _INPUTS)})
            return UpdateResult(_refreshed(_news))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Notice a live volume that is missing or detached."""
        with plainly_spoken():
            inputs = picked(props, _INPUTS)
            if not props.get("live_volume_id") or session.is_live(props):
                return ReadResult(id_, dict(props), inputs)
            return ReadResult(id_, {**props, "live_volume_id": ""}, {**inputs, _LOST: True})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Remove every volume and snapshot that was ever made, unless told to retain the live one.

        The documents are sent unpinned: the hashes in the state are those of the last refresh, and may be old.
        """
        with plainly_spoken():
            orphan.watch()
            session.remove(_space_of(_props))


class RefreshSpace(Resource, module="understudy", name="RefreshSpace"):
    """The space of a stack's refreshes: made before StagingRefresh, removed after it, it sweeps by its tag."""

    def __init__(self, name: str, args: RefreshSpaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the space; see RefreshSpaceArgs."""
        super().__init__(RefreshSpaceProvider(), name, inputs_of(args), opts)


class StagingRefresh(Resource, module="understudy", name="StagingRefresh"):
    """Staging's data: refreshed when trigger, rules or source change."""

    refresh_id: pulumi.Output[str]
    source_member: pulumi.Output[str]
    data_as_of: pulumi.Output[str]
    live_volume_id: pulumi.Output[str]
    previous_volume_ids: pulumi.Output[Sequence[str]]
    phases: pulumi.Output[Mapping[str, float]]
    collections: pulumi.Output[Sequence[Mapping[str, Any]]]
    findings: pulumi.Output[Sequence[Mapping[str, Any]]]
    report: pulumi.Output[str]
    rules_sha256: pulumi.Output[str]
    anonymizer_sha256: pulumi.Output[str]
    ca_certificate: pulumi.Output[str]

    def __init__(self, name: str, args: StagingRefreshArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the refresh; see StagingRefreshArgs."""
        outputs = dict.fromkeys(_OUTPUTS)
        super().__init__(StagingRefreshProvider(), name, {**inputs_of(args), **outputs}, opts)


def is_due(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Decide whether a refresh is due, from old and new values alone.

    Args:
        olds: Stored inputs or outputs; empty before the first.
        news: Today's inputs, perhaps with parts that are not known yet.

    Returns:
        True when trigger, rules or source differ.
    """
    return differs(olds, news, "trigger") or differs(olds, news, "rules") or _source(olds) != _source(news)


def _source(values: Mapping[str, Any]) -> Any:
    production = values.get("production")
    if not isinstance(production, Mapping):
        return production
    ids = production.get("instance_ids")
    return sorted(ids) if isinstance(ids, list) else ids, production.get("role_arn") or ""


def _refreshed(props: Mapping[str, Any]) -> dict[str, Any]:
    inputs = picked(props, _INPUTS)
    return {**inputs, **session.perform(inputs)}


def _space_of(props: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "space": props["space"],
        "region": props["region"],
        "reports_bucket": props["reports_bucket"],
        "staging_instance_id": props["staging"]["instance_id"],
        "worker_instance_id": props["worker"]["instance_id"],
        "documents": {verb: {"name": each["name"]} for verb, each in props["documents"].items()},
        "retain_live_volume": bool(props["retention"].get("retain_live_volume")),
        "production": props["production"],
    }


def _rules_failures(news: Mapping[str, Any]) -> list[CheckFailure]:
    """Have the anonymizer judge the rules: as a command, since only the hosts' side may know its inside."""
    rules = with_unknowns(plain(news["rules"]))
    if UNKNOWN in json.dumps(rules):
        return []
    done = subprocess.run(
        [sys.executable, "-m", "anonymizer", "rules", "-", "--json"],
        input=json.dumps(rules),
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=_RULES_CHECK_SECONDS,
        check=False,
    )
    try:
        answer = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        return [
            CheckFailure("rules", f"could not be checked: {done.stderr.strip()[-300:] or 'no answer'}. Run: make setup")
        ]
    wrong = [CheckFailure(f"rules.{each['where']}", each["message"]) for each in answer["errors"]]
    preserved = [name for name, mode in answer["collections"].items() if mode == "preserve"]
    return wrong + [CheckFailure(f"rules.databases.{name}.mode", _NO_PRESERVE) for name in preserved]


def _print_plan(news: Mapping[str, Any]) -> None:
    request = RefreshRequest.from_inputs(with_unknowns(news))
    for line in plan.lines(request, session.World().connect, SystemClock()):
        session.say(line)
