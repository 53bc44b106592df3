"""The plan of a refresh for the preview, from describe calls and the ledger alone: nothing is run, nothing is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from refresh.aws import Aws
from refresh.ebs.sweep import UNFINISHED_ROLES
from refresh.errors import RefreshError
from refresh.holdings import Snapshot, Volume
from refresh.mongo import golden, retention
from refresh.mongo.planning import cost, limits
from refresh.mongo.planning.duration import readable_time
from refresh.mongo.planning.look_up import LookUp
from refresh.mongo.planning.runs import Run
from refresh.mongo.workflow import steps_of
from refresh.places import ProductionSession
from refresh.poller import Clock
from refresh.records.lease import holder_in
from refresh.request import RefreshRequest
from refresh.values import UNKNOWN

_MODES = ("mask", "copy", "empty", "drop")
_SECONDS_AN_HOUR = 3600
_MOST_CHANGES = 40
_MOST_COLLECTIONS = 12
_GIB = 1024**3
_WITHOUT_VOLUMES = frozenset({"preflight", "snapshot"})  # steps before there is anything that costs


def lines(request: RefreshRequest, connect: Callable[[str, ProductionSession | str], Aws], clock: Clock) -> list[str]:
    """Say what a refresh will do; what cannot be found out is said to be so, and never an error.

    Args:
        request: What is asked for, perhaps with parts that are not known yet.
        connect: Opens both sides of AWS.
        clock: The time.

    Returns:
        Lines to print.
    """
    if request.until == "preflight":
        return ["An examination is due: pulumi up asks what a refresh stands on, and changes nothing"]
    known = UNKNOWN not in {request.trigger, *request.production.instance_ids}
    told = [f"A refresh is due: {request.refresh_id if known else request.trigger}", *_collections(request.rules)]
    try:
        found = LookUp(request=request, aws=connect(request.region, request.production.session), clock=clock)
    except RefreshError as error:
        return [*told, f"  (nothing could be looked up: {error})"]
    for part in (_rules, _source, _staging_now, _documents, _volumes, _duration, _cost, _obstacles):
        told += [line for line in _softly(part, found) if line not in told]  # one reason may keep several from telling
    return told + _steps(found)


def _softly(part: Callable[[LookUp], Iterator[str]], found: LookUp) -> list[str]:
    try:
        return list(part(found))
    except RefreshError as error:
        return [f"  (part of the plan could not be looked up: {error})"]
    except (KeyError, TypeError, ValueError) as error:  # a ledger written by another version: no reason to fail
        return [f"  (part of the plan could not be read from the reports bucket: {type(error).__name__})"]


def _collections(rules: Mapping[str, Any]) -> Iterator[str]:
    """List collections by mode."""
    by_mode: dict[str, list[str]] = {}
    databases = rules.get("databases")
    for database, collections in databases.items() if isinstance(databases, Mapping) else ():
        for collection, rule in collections.items() if isinstance(collections, Mapping) else ():
            mode = str(rule.get("mode", UNKNOWN)) if isinstance(rule, Mapping) else UNKNOWN
            by_mode.setdefault(mode, []).append(f"{database}.{collection}")
    for mode in sorted(by_mode, key=lambda each: (_MODES.index(each) if each in _MODES else len(_MODES), each)):
        yield f"  {mode}: {', '.join(sorted(by_mode[mode]))}"


def _rules(found: LookUp) -> Iterator[str]:
    """Say what changed in the rules since the last refresh."""
    from refresh.reporting.rules import changes  # noqa: PLC0415 (only where there is something to compare)

    if found.last is None:
        return
    if found.last.rules_sha256 == found.request.rules_sha256:
        yield f"  rules: as in {found.last.refresh_id}"
        return
    if found.last_rules is None:
        yield f"  rules: others than in {found.last.refresh_id}, whose own are not kept any more"
        return
    told = changes(found.last_rules, found.request.rules)
    yield f"  rules: {len(told)} {'change' if len(told) == 1 else 'changes'} since {found.last.refresh_id}"
    yield from (f"    {line}" for line in told[:_MOST_CHANGES])
    if len(told) > _MOST_CHANGES:
        yield f"    and {len(told) - _MOST_CHANGES} more: pulumi preview --diff shows all"


def _source(found: LookUp) -> Iterator[str]:
    if UNKNOWN in found.request.production.instance_ids:
        yield "  source: production's hosts are not known yet"
    for instance_id, instance in found.members.items():
        if instance is None:
            yield f"  source: {instance_id} does not exist on production's side"
            continue
        volumes = found.data_volumes[instance_id]
        sizes = ", ".join(f"{each.volume_id} of {each.size_gib} GiB" for each in volumes) or "no data volume"
        last = " (the last refresh's)" if found.last and found.last.source_instance_id == instance_id else ""
        yield f"  source: {instance_id} ({instance.state}), {sizes}{last}"
    if found.members:
        yield "  source: preflight takes the member that is hidden, or else the least behind"


def _staging_now(found: LookUp) -> Iterator[str]:
    if found.request.reports_bucket == UNKNOWN:
        yield "  staging serves nothing yet"
        return
    last = found.last
    if last is None:
        yield "  staging serves nothing of a finished refresh yet"
        return
    yield _served(found, last)
    longest = max(last.seconds, key=lambda name: last.seconds[name])
    took, most = readable_time(last.total_seconds), readable_time(last.seconds[longest])
    yield f"  the last refresh took {took}, {most} of them {longest}"
    used = any(run.refresh_id == found.request.refresh_id for run in found.runs)
    if used and last.refresh_id != found.request.refresh_id:
        yield (
            f"  ! {found.request.refresh_id} has finished before: it will be refused. Give a trigger that was not "
            "used yet"
        )


def _served(found: LookUp, last: Run) -> str:
    """Say what staging serves: another than the last refresh after a switch or a reset."""
    refresh_id, as_of = last.refresh_id, last.data_as_of
    live = found.live
    if live is not None and not live.data_as_of:
        serves = live.volume.refresh_id
        return f"  staging serves {serves}, which is no refresh from production; the last one was {refresh_id}"
    if live is not None:
        refresh_id, as_of = live.volume.refresh_id, live.data_as_of
    age_hours = (found.clock.now() - datetime.fromisoformat(as_of)).total_seconds() / _SECONDS_AN_HOUR
    return f"  staging serves {refresh_id}, data as of {as_of}, {age_hours:.1f} h old"


def _documents(found: LookUp) -> Iterator[str]:
    """Say how much there will be to read, by collection as it was in the last refresh."""
    if found.last is None or found.expected is None:
        yield "  documents: not known before the first refresh"
        return
    yield f"  documents: about {found.expected.documents:,} expected ({found.expected.based_on})"
    rows = sorted(found.last.documents.items(), key=lambda row: -row[1])
    shown = [f"{name} {number:,}" for name, number in rows[:_MOST_COLLECTIONS]]
    rest = rows[_MOST_COLLECTIONS:]
    more = [f"{len(rest)} others {sum(number for _, number in rest):,}"] if rest else []
    if shown:
        yield f"    in {found.last.refresh_id}: {', '.join([*shown, *more])}"


def _volumes(found: LookUp) -> Iterator[str]:
    request, volumes = found.request, found.own_volumes
    kept, gone = _kept_and_gone(found)
    left = [each for each in volumes if each.role in UNFINISHED_ROLES and each.refresh_id != request.refresh_id]
    size = f"{found.candidate_gib} GiB" if found.candidate_gib else "the source volume's size"
    source = f" of {found.source.size_gib} GiB" if found.source else ""
    yield f"  makes: a snapshot and a quarantine volume{source}, deleted in the end, and a candidate volume of {size}"
    yield f"  keeps as the way back: {_named(kept)}"
    yield f"  deletes: {_named([*gone, *left])}"
    golden_kept, golden_gone = _golden(found)
    if request.golden.keep or golden_gone:
        new = "makes a new one, " if request.golden.keep else ""
        yield f"  golden: {new}keeps {_ids(golden_kept)}, deletes {_ids(golden_gone)}"


def _kept_and_gone(found: LookUp) -> tuple[list[Volume], list[Volume]]:
    """Return the volumes of staging that will be kept as the way back, and those that will be deleted."""
    former = [each for each in found.own_volumes if each.role in {"live", "previous"}]
    way_back = next((each.volume_id for each in former if each.role == "live"), "")
    return retention.former_volumes(former, way_back, found.request.retention, found.clock.now())


def _golden(found: LookUp) -> tuple[list[Snapshot], list[Snapshot]]:
    """Return the golden snapshots of today that will be kept, and those that will be deleted."""
    asked = found.request.retention
    room = max(asked.golden_snapshots - int(found.request.golden.keep), 0)  # the new one takes a place
    today = golden.all_of(found.aws, found.request.space)
    return retention.golden_snapshots(today, replace(asked, golden_snapshots=room), found.clock.now())


def _duration(found: LookUp) -> Iterator[str]:
    if found.estimate is None:
        yield "  how long it takes is not known before the first refresh"
        return
    yield f"  takes about {readable_time(found.estimate.total_seconds)}, from {found.estimate.based_on}"
    yield from limits.lines(found.request, found.estimate, found.aws.session_ends_at(), found.clock.now())


def _cost(found: LookUp) -> Iterator[str]:
    if found.source is None or found.candidate_gib is None:
        yield "  what it costs is not known before production's volume is"
        return
    seconds = found.estimate.seconds if found.estimate else {}
    if not seconds:
        yield "  what an hour of it costs:"
    kept, _ = _kept_and_gone(found)
    use = cost.Use(
        seconds=sum(each for step, each in seconds.items() if step not in _WITHOUT_VOLUMES) or _SECONDS_AN_HOUR,
        worker_kind="" if found.request.worker_is_staging or found.worker is None else found.worker.kind,
        quarantine_gib=found.source.size_gib,
        candidate_gib=found.candidate_gib,
        snapshot_gib=found.backup.full_bytes / _GIB if found.backup else found.source.size_gib,
        kept_gib=[found.candidate_gib, *(each.size_gib for each in kept)],
        golden_gib=[found.candidate_gib] * (int(found.request.golden.keep) + len(_golden(found)[0])),
    )
    yield from cost.lines(use, found.request.region)


def _obstacles(found: LookUp) -> Iterator[str]:
    if found.request.reports_bucket != UNKNOWN:
        held = holder_in(found.aws.objects, found.request.reports_bucket)
        if held:
            yield f"  ! {held}"


def _steps(found: LookUp) -> list[str]:
    """List the steps, each with how long it should take."""
    try:
        seconds: Mapping[str, float] = found.estimate.seconds if found.estimate else {}
    except (RefreshError, KeyError, TypeError, ValueError):  # said above by the part that needed it
        seconds = {}
    return [
        f"  {number}. {step.plan(found.request)}"
        + (f" (about {readable_time(seconds[step.name])})" if step.name in seconds else "")
        for number, step in enumerate(steps_of(found.request), start=1)
    ]


def _ids(snapshots: list[Snapshot]) -> str:
    return ", ".join(f"{each.snapshot_id} ({each.refresh_id})" for each in snapshots) or "none"


def _named(volumes: list[Volume]) -> str:
    return (
        ", ".join(f"{each.volume_id} ({each.role} of {each.refresh_id}, {each.size_gib} GiB)" for each in volumes)
        or "nothing"
    )
