"""The way in to a switch by hand: inputs and stored outputs to new outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refresh import session
from refresh.aws import Aws
from refresh.commands import Commands
from refresh.errors import RequestError, SwitchedBackError
from refresh.mongo.servable import Servable
from refresh.mongo.serving import LEDGERS, SERVE, Switching, refuse, what_staging_serves
from refresh.poller import Poller
from refresh.records import ledgers, provenance
from refresh.records.ledger import Ledger
from refresh.request import RefreshRequest
from refresh.runner import run_steps
from refresh.watch.telling import told

_ID = "serve-"


def serve(inputs: Mapping[str, Any], world: session.World | None = None) -> dict[str, Any]:
    """Have staging serve what `serve` says, or finish the switch that was interrupted.

    Args:
        inputs: The inputs of StagingRefresh.
        world: What to meet; the real one when left out.

    Returns:
        Those outputs of StagingRefresh that a switch changes.

    Raises:
        RefreshError: What failed, why, and what to do next.
    """
    world = world or session.World()
    request = RefreshRequest.from_inputs(inputs)
    aws = world.connect(request.region, "")
    with (
        told("serve", f"{_ID}{request.serve}", request, aws, world.clock, world.say, LEDGERS) as telling,
        world.lease(aws, request.reports_bucket, f"serve {request.serve}") as lease,
    ):
        servable = Servable.look(aws, request.reports_bucket, request.space)
        try:
            wanted = servable.wanted(request.serve)
        except RequestError as error:
            raise refuse(request, error.reason) from None
        poller = Poller(world.clock, lease.check)
        hosts = Commands(port=aws.commands, poller=poller, documents=request.documents)
        status = what_staging_serves(request, hosts)
        served = wanted.volume.volume_id if status.is_well_on(wanted.volume.volume_id) else ""
        context = Switching(
            request=request,
            aws=aws,
            ledger=_event(request, aws, world, lease.fencing, served),
            clock=world.clock,
            poller=poller,
            say=telling.say,
            wanted=wanted,
            status=status,
            way_back=servable.other_than(wanted),
        )
        telling.named(context.ledger.refresh_id)
        return telling.finished(_switched(context, world, servable))


def is_interrupted(outputs: Mapping[str, Any], world: session.World | None = None) -> bool:
    """Say whether the latest switch did not end.

    Args:
        outputs: Inputs and outputs of StagingRefresh as stored.
        world: What to meet; the real one when left out.
    """
    aws = (world or session.World()).connect(str(outputs["region"]), "")
    last = _latest(aws, str(outputs["reports_bucket"]))
    return last is not None and last["state"] == ledgers.RUNNING


def _switched(context: Switching, world: session.World, servable: Servable) -> dict[str, Any]:
    """Switch, and tell it."""
    from refresh.mongo import publishing  # noqa: PLC0415 (what makes reports is more than a preview should load)

    ledger, wanted = context.ledger, context.wanted
    try:
        with publishing.also_of_failure(context, world.reports_folder, is_switch=True):
            run_steps(context, SERVE, _abandon_nothing)
    except SwitchedBackError:
        ledger.close(ledgers.ABANDONED)
        raise
    if ledger.state != ledgers.FINISHED:
        ledger.close(ledgers.FINISHED)
    built, place = publishing.publish_switch(context, world.reports_folder)
    away = built.unavailable_ms
    context.say(
        f"{ledger.refresh_id}: staging serves {wanted}; it was away for "
        f"{'a time that was not measured' if away is None else f'{away} ms'}; report {place}"
    )
    return {
        "live_volume_id": wanted.volume.volume_id,
        "previous_volume_ids": [each.volume.volume_id for each in servable.all if each != wanted],
        "data_as_of": wanted.data_as_of,
        "serving": context.request.serve,
        "serving_refresh_id": wanted.volume.refresh_id,
    }


def _event(request: RefreshRequest, aws: Aws, world: session.World, fencing: int, served_volume_id: str) -> Ledger:
    """Open the ledger of a switch: the one whose record is missing, where it was to serve the same, else a new one.

    Args:
        request: What was asked for.
        aws: Our own side.
        world: The time.
        fencing: The lease's fencing number.
        served_volume_id: The wanted volume, where staging serves it already and well; else empty.
    """
    last = _latest(aws, request.reports_bucket)
    if last is None:
        return _open(request, aws, world, fencing, 1, request.serve)
    number, serve = _number(str(last["refresh_id"])), str(last["serve"])
    if last["state"] == ledgers.RUNNING:
        if serve == request.serve:
            return _open(request, aws, world, fencing, number, serve)
        _open(request, aws, world, fencing, number, serve).close(ledgers.ABANDONED)
    settled = str(last["steps"].get("settle", {}).get("facts", {}).get("live_volume_id") or "")
    if last["state"] == ledgers.FINISHED and serve == request.serve and settled and settled == served_volume_id:
        return _open(request, aws, world, fencing, number, serve)  # killed before Pulumi recorded it
    return _open(request, aws, world, fencing, number + 1, request.serve)


def _open(request: RefreshRequest, aws: Aws, world: session.World, fencing: int, number: int, serve: str) -> Ledger:
    return Ledger.open(
        aws.objects,
        request.reports_bucket,
        world.clock,
        refresh_id=f"{_ID}{number}",
        fencing=fencing,
        about={"space": request.space, "serve": serve, "ran_by": provenance.runner(aws.compute.caller_arn)},
        prefix=LEDGERS,
    )


def _latest(aws: Aws, bucket: str) -> dict[str, Any] | None:
    names = [key[len(LEDGERS) : -len(".json")] for key in aws.objects.keys(bucket, LEDGERS) if key.endswith(".json")]
    last = max(names, key=_number, default=None)
    return ledgers.read(aws.objects, bucket, last, LEDGERS) if last else None


def _number(event_id: str) -> int:
    digits = event_id.removeprefix(_ID)
    return int(digits) if digits.isdigit() else 0


def _abandon_nothing(_context: Switching) -> None:
    """A switch makes nothing that would have to go."""
