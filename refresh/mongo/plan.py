"""The plan of a refresh for the preview, from describe calls and the ledger alone: nothing is run, nothing is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from refresh import ledger as ledgers
from refresh.aws import SPACE_TAG, Aws, Volume
from refresh.errors import RefreshError
from refresh.lease import holder_in
from refresh.mongo.workflow import STEPS
from refresh.places import Side
from refresh.poller import Clock
from refresh.request import RefreshRequest
from refresh.sweep import UNFINISHED_ROLES
from refresh.values import UNKNOWN

_MODES = ("mask", "copy", "empty", "drop")
_SECONDS_AN_HOUR = 3600


def lines(request: RefreshRequest, connect: Callable[[str, Side | str], Aws], clock: Clock) -> list[str]:
    """Say what a refresh will do; what cannot be found out is said to be so, and never an error.

    Args:
        request: What is asked for, perhaps with parts that are not known yet.
        connect: Opens both sides of AWS.
        clock: The time.

    Returns:
        Lines to print.
    """
    known = UNKNOWN not in {request.trigger, *request.production.instance_ids}
    told = [f"A refresh is due: {request.refresh_id if known else request.trigger}", *_collections(request.rules)]
    try:
        aws = connect(request.region, request.production.side)
    except RefreshError as error:
        return [*told, f"  (nothing could be looked up: {error})"]
    for part in (_source, _staging_now, _volumes, _obstacles):
        told += _softly(part, request, aws, clock)
    told += [f"  {number}. {step.plan(request)}" for number, step in enumerate(STEPS, start=1)]
    return told


def _softly(
    part: Callable[[RefreshRequest, Aws, Clock], Iterator[str]], request: RefreshRequest, aws: Aws, clock: Clock
) -> list[str]:
    try:
        return list(part(request, aws, clock))
    except RefreshError as error:
        return [f"  (part of the plan could not be looked up: {error})"]


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


def _source(request: RefreshRequest, aws: Aws, _clock: Clock) -> Iterator[str]:
    for instance_id in request.production.instance_ids:
        if instance_id == UNKNOWN:
            yield "  source: production's hosts are not known yet"
            continue
        instance = aws.source_compute.instance(instance_id)
        if instance is None:
            yield f"  source: {instance_id} does not exist on production's side"
            continue
        volumes = [aws.source_compute.volume(each) for each in instance.data_volume_ids]
        sizes = ", ".join(f"{each.volume_id} of {each.size_gib} GiB" for each in volumes if each) or "no data volume"
        yield f"  source: {instance_id} ({instance.state}), {sizes}"


def _staging_now(request: RefreshRequest, aws: Aws, clock: Clock) -> Iterator[str]:
    if request.reports_bucket == UNKNOWN:
        yield "  staging serves nothing yet"
        return
    past = ledgers.read_all(aws.objects, request.reports_bucket)
    finished = [each for each in past if each.get("state") == ledgers.FINISHED and "snapshot" in each["steps"]]
    if not finished:
        yield "  staging serves nothing of a finished refresh yet"
        return
    last = max(finished, key=lambda each: str(each["finished_at"]))
    as_of = str(last["steps"]["snapshot"]["facts"]["data_as_of"])
    age_hours = (clock.now() - datetime.fromisoformat(as_of)).total_seconds() / _SECONDS_AN_HOUR
    yield f"  staging serves {last['refresh_id']}, data as of {as_of}, {age_hours:.1f} h old"
    seconds = {name: float(record.get("seconds", 0.0)) for name, record in last["steps"].items()}
    longest = max(seconds, key=lambda name: seconds[name])
    yield f"  the last refresh took {sum(seconds.values()):.0f} s, {seconds[longest]:.0f} s of them {longest}"
    if any(each["refresh_id"] == request.refresh_id for each in finished) and last["refresh_id"] != request.refresh_id:
        yield f"  ! {request.refresh_id} has finished before: it will be refused. Give a trigger that was not used yet"


def _volumes(request: RefreshRequest, aws: Aws, _clock: Clock) -> Iterator[str]:
    volumes = sorted(aws.compute.volumes({SPACE_TAG: request.space}), key=lambda each: each.created_at, reverse=True)
    live = [each for each in volumes if each.role == "live"]
    previous = [each for each in volumes if each.role == "previous"]
    kept = [*live, *previous][: request.retention.previous_volumes]
    gone = [each for each in [*live, *previous] if each not in kept]
    left = [each for each in volumes if each.role in UNFINISHED_ROLES and each.refresh_id != request.refresh_id]
    size = f"{request.staging.volume_gib} GiB" if request.staging.volume_gib else "the source volume's size"
    yield f"  makes: a quarantine volume, deleted in the end, and a candidate volume of {size}"
    yield f"  keeps as the way back: {_named(kept)}"
    yield f"  deletes: {_named([*gone, *left])}"


def _obstacles(request: RefreshRequest, aws: Aws, _clock: Clock) -> Iterator[str]:
    if request.reports_bucket != UNKNOWN:
        held = holder_in(aws.objects, request.reports_bucket)
        if held:
            yield f"  ! {held}"


def _named(volumes: list[Volume]) -> str:
    return ", ".join(f"{each.volume_id} ({each.role} of {each.refresh_id})" for each in volumes) or "nothing"
