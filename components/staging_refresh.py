"""StagingRefresh and RefreshSpace, the two dynamic resources. What happens is in `refresh/`; here is when.

The providers are stored in the stack's state by reference: their dotted paths are a contract with every stored state.
They keep nothing on `self`, no client and no secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

from components.due import LOST, held, is_due, is_switch_due
from components.dynamic import differs, failures, inputs_of, picked, plainly_spoken, with_unknowns
from components.rules_check import rules_failures
from components.staging_refresh_args import INPUTS, SPACE_INPUTS, RefreshSpaceArgs, StagingRefreshArgs
from refresh import orphan, serve_session, session
from refresh.errors import RequestError
from refresh.keeping import LIVE
from refresh.mongo import plan, serving_plan
from refresh.poller import SystemClock
from refresh.request import RefreshRequest, SpaceRequest

_INTERRUPTED = "(interrupted)"  # neither value of `serve`: the next update finishes or undoes the switch
_STORED_ALONE = ("retention", "smoke", "golden")  # a change of theirs is recorded without a refresh
_OUTPUTS = (
    "refresh_id",
    "source_member",
    "data_as_of",
    "live_volume_id",
    "previous_volume_ids",
    "golden_snapshot_ids",
    "serving",
    "serving_refresh_id",
    "phases",
    "collections",
    "findings",
    "report",
    "rules_sha256",
    "anonymizer_sha256",
    "ca_certificate",
)


_NEXT_SOURCE = "understudy:refresh_source has changed: the next understudy:refresh_trigger goes by it"


class RefreshSpaceProvider(ResourceProvider):
    """Makes nothing; on delete, all that carries the space's tag goes, also after a first refresh that failed."""

    serialize_as_secret_always = False

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Validate."""
        return CheckResult(news, failures(SpaceRequest.from_inputs, news))

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Store any change: deleting has to know today's documents and hosts."""
        return DiffResult(changes=picked(_olds, SPACE_INPUTS) != picked(_news, SPACE_INPUTS))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Remember where to sweep."""
        return CreateResult(str(props["space"]), picked(props, SPACE_INPUTS))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Remember where to sweep from now on."""
        return UpdateResult(picked(_news, SPACE_INPUTS))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Sweep."""
        with plainly_spoken():
            orphan.watch()
            session.remove(picked(_props, SPACE_INPUTS))


class StagingRefreshProvider(ResourceProvider):
    """A refresh is due when trigger, rules or source change, or the live volume is gone; a switch when `serve` does."""

    serialize_as_secret_always = False

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Validate what is known; where a refresh or a switch is due, print its plan."""
        wrong = failures(RefreshRequest.from_inputs, news) or rules_failures(news)
        reason = "" if wrong else held(_olds, news)
        if reason:
            wrong = [CheckFailure("serve", reason)]
        if not wrong:
            wrong = _planned(_olds, news)
        return CheckResult(news, wrong)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Decide from the values alone. Some changes are stored without a refresh: deleting has to know them."""
        lost = not _olds.get("live_volume_id") and not _ends_early(_news)
        stored = any(differs(_olds, _news, name) for name in _STORED_ALONE) or "serving" not in _olds
        return DiffResult(changes=lost or is_due(_olds, _news) or is_switch_due(_olds, _news) or stored)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Run the first refresh."""
        with plainly_spoken():
            orphan.watch()
            return CreateResult(str(props["space"]), _refreshed(props))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Refresh or switch where that is due; return the complete outputs either way."""
        with plainly_spoken():
            orphan.watch()
            switches = is_switch_due(_olds, _news)
            if is_due(_olds, _news) or not (switches or _olds.get("live_volume_id") or _ends_early(_news)):
                return UpdateResult(_refreshed(_news, _olds))
            inputs = picked(_news, INPUTS)
            return UpdateResult({**_outputs(_olds), **inputs, **(serve_session.serve(inputs) if switches else {})})

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Notice a live volume that is missing or detached, and a switch that did not end."""
        with plainly_spoken():
            inputs = picked(props, INPUTS)
            if props.get("live_volume_id") and not session.is_live(props):
                return ReadResult(id_, {**props, "live_volume_id": ""}, {**inputs, LOST: True})
            drift = {"serve": _INTERRUPTED} if serve_session.is_interrupted(props) else {}
            return ReadResult(id_, {**props, **drift}, {**inputs, **drift})

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
    golden_snapshot_ids: pulumi.Output[Sequence[str]]
    serving: pulumi.Output[str]
    serving_refresh_id: pulumi.Output[str]
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


def _refreshed(props: Mapping[str, Any], olds: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Refresh; what a run that ends early does not answer stays as it was."""
    inputs = picked(props, INPUTS)
    return {**dict.fromkeys(_OUTPUTS), **_outputs(olds or {}), **inputs, **session.perform(inputs)}


def _ends_early(news: Mapping[str, Any]) -> bool:
    return (news.get("until") or "end") != "end"


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


def _outputs(olds: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stored outputs, with those that a state of before does not know."""
    known: dict[str, Any] = {"serving": LIVE, "serving_refresh_id": olds.get("refresh_id"), "golden_snapshot_ids": []}
    return {**known, **picked(olds, _OUTPUTS)}


def _planned(olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[CheckFailure]:
    """Print the plan of what is due; return why it cannot be, where that can be known without doing anything."""
    request = RefreshRequest.from_inputs(with_unknowns(news))
    connect = session.World().connect
    try:
        if is_switch_due(olds, news) and not is_due(olds, news):
            lines = serving_plan.switch_lines(request, connect)
        elif not (LOST in olds or is_due(olds, news)):
            changed = bool(olds) and (olds.get("golden") or {}).get("source") != news["golden"].get("source")
            lines = [_NEXT_SOURCE] if changed else []
        elif request.is_reset:
            lines = serving_plan.reset_lines(request, connect)
        else:
            lines = plan.lines(request, connect, SystemClock())
    except RequestError as error:
        return [CheckFailure(error.field, error.reason)]
    for line in lines:
        session.say(line)
    return []
