"""The way in: inputs to outputs. What the dynamic resources call, and what a test without Pulumi calls as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from refresh.aws import Aws
from refresh.boto import sessions
from refresh.context import Say
from refresh.ebs import sweep
from refresh.errors import RequestError
from refresh.holdings import SPACE_TAG, Volume
from refresh.mongo import draft_rules
from refresh.mongo.context import Context
from refresh.mongo.examination import session as examination
from refresh.mongo.examination.boto import BotoQuestions
from refresh.mongo.examination.case import Case
from refresh.mongo.examination.questions import Questions
from refresh.mongo.steps.retire import abandon
from refresh.mongo.workflow import steps_left
from refresh.places import ProductionSession
from refresh.poller import Clock, Poller, SystemClock
from refresh.process import ProcessIdentity
from refresh.records import ledgers, provenance
from refresh.records.lease import Lease
from refresh.records.ledger import Ledger
from refresh.request import RefreshRequest, SpaceRequest
from refresh.runner import run_steps
from refresh.shell import Shell
from refresh.shell import run as run_shell
from refresh.watch.telling import told


def say(line: str) -> None:
    """Print a line at once: Pulumi shows what its plugin prints."""
    print(line, flush=True)  # noqa: T201 - the one way to the user


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything that a session meets; tests bring their own.

    Attributes:
        connect: Opens both sides of AWS for the stack's region and the way to production.
        clock: The time.
        say: Tells the user.
        reports_folder: Where reports go on this machine.
        lease_beats: Whether a thread keeps the lease alive; else every wait does.
        identity: Who takes the lease; this process when left out.
        shell: Runs the user's smoke tests.
        questions: Asks both sides what only an examination wants to know.
    """

    connect: Callable[[str, ProductionSession | str], Aws] = sessions.connect
    clock: Clock = field(default_factory=SystemClock)
    say: Say = say
    reports_folder: Path = Path("reports")
    lease_beats: bool = True
    identity: ProcessIdentity | None = None
    shell: Shell = run_shell
    questions: Callable[[str, ProductionSession], Questions] = BotoQuestions

    def lease(self, aws: Aws, bucket: str, purpose: str) -> Lease:
        """Return the lease of a space, not yet taken."""
        return Lease(aws.objects, bucket, purpose, self.clock, identity=self.identity, beats=self.lease_beats)


def perform(inputs: Mapping[str, Any], world: World | None = None) -> dict[str, Any]:
    """Make a refresh happen, or finish the one that was interrupted.

    Args:
        inputs: The inputs of StagingRefresh.
        world: What to meet; the real one when left out.

    Returns:
        The outputs of StagingRefresh.

    Raises:
        RefreshError: What failed, why, and what to do next.
    """
    from refresh.mongo import publishing  # noqa: PLC0415 (what makes reports is more than a preview should load)

    world = world or World()
    request = RefreshRequest.from_inputs(inputs)
    aws = world.connect(request.region, "" if request.is_reset else request.production.session)
    if request.until == "preflight":  # looks only, so it takes no lease and leaves no ledger
        asked = world.questions(request.region, request.production.session)
        examination.run(Case(request=request, aws=aws, questions=asked, clock=world.clock), world.say)
        return {}
    with (
        told(_kind(request), request.refresh_id, request, aws, world.clock, world.say) as telling,
        world.lease(aws, request.reports_bucket, request.refresh_id) as lease,
    ):
        ledger = _open_ledger(request, aws, world.clock, lease.fencing)
        _settle_former_end(request, aws, ledger)
        context = Context(
            request=request,
            aws=aws,
            ledger=ledger,
            clock=world.clock,
            poller=Poller(world.clock, lease.check),
            say=telling.say,
            shell=world.shell,
        )
        with publishing.also_of_failure(context, world.reports_folder):
            run_steps(context, steps_left(context), abandon)
        ended = _drafted if request.until_scan else _outputs
        return telling.finished(ended(context, world.reports_folder))


def live_volume(space: str, staging_instance_id: str, aws: Aws) -> Volume | None:
    """Look up the volume that staging serves, by tags and attachment.

    Args:
        space: The space.
        staging_instance_id: Where it has to be attached.
        aws: Both sides.

    Returns:
        The volume; None when it is missing or detached.
    """
    for volume in aws.compute.volumes({SPACE_TAG: space}):
        on_staging = any(each.instance_id == staging_instance_id for each in volume.attachments)
        if volume.role == "live" and on_staging:
            return volume
    return None


def is_live(outputs: Mapping[str, Any], world: World | None = None) -> bool:
    """Say whether the live volume that the outputs name is there and attached to staging.

    Where a switch was made and its record died, another volume of the space is live: that is no loss.

    Args:
        outputs: Inputs and outputs of StagingRefresh as stored.
        world: What to meet; the real one when left out.

    Returns:
        False when it is missing or detached.
    """
    world = world or World()
    aws = world.connect(str(outputs["region"]), "")
    volume = aws.compute.volume(str(outputs["live_volume_id"]))
    staging = outputs["staging"]["instance_id"]
    there = volume is not None and any(each.instance_id == staging for each in volume.attachments)
    return there or live_volume(str(outputs["space"]), str(staging), aws) is not None


def remove(inputs: Mapping[str, Any], world: World | None = None) -> None:
    """Remove every volume and snapshot that was ever made for a space.

    Args:
        inputs: The inputs of RefreshSpace.
        world: What to meet; the real one when left out.

    Raises:
        RefreshError: A refresh is under way, or something could not be removed.
    """
    world = world or World()
    request = SpaceRequest.from_inputs(inputs)
    aws = world.connect(request.region, request.production)
    with world.lease(aws, request.reports_bucket, f"removal of {request.space}") as lease:
        sweep.sweep_space(request, aws, Poller(world.clock, lease.check), world.say)


def _kind(request: RefreshRequest) -> str:
    return "reset" if request.is_reset else "scan" if request.until_scan else "refresh"


def _open_ledger(request: RefreshRequest, aws: Aws, clock: Clock, fencing: int) -> Ledger:
    about = {
        "trigger": request.trigger,
        "space": request.space,
        "rules_sha256": request.rules_sha256,
        "ran_by": provenance.runner(aws.compute.caller_arn),
    }
    return Ledger.open(
        aws.objects, request.reports_bucket, clock, refresh_id=request.refresh_id, fencing=fencing, about=about
    )


def _settle_former_end(request: RefreshRequest, aws: Aws, ledger: Ledger) -> None:
    """Decide what the end of an earlier run of the same refresh means.

    Raises:
        RequestError: It finished, and staging has been refreshed again since.
    """
    if ledger.state == ledgers.ABANDONED:
        ledger.start_over()
    if ledger.state != ledgers.FINISHED:
        return
    live = live_volume(request.space, request.staging.instance_id, aws)
    if live is None or request.until_scan:
        ledger.start_over()
    elif live.refresh_id != request.refresh_id:
        raise RequestError(
            "trigger",
            f"{request.trigger!r} is that of refresh {request.refresh_id}, finished at {ledger.values['finished_at']}; "
            f"staging serves refresh {live.refresh_id} by now. Give a trigger that was not used before: "
            "pulumi config set understudy:refresh_trigger <new value>",
        )


def _drafted(context: Context, folder: Path) -> dict[str, Any]:
    """Hand out the draft and close the ledger; what the resource records stays as it was."""
    draft_rules.hand_out(context, folder)
    context.ledger.close(ledgers.FINISHED)
    return {}


def _outputs(context: Context, folder: Path) -> dict[str, Any]:
    """Write the report, close the ledger, and return what the resource records."""
    from refresh.mongo import event_report, publishing  # noqa: PLC0415 (as above)

    ledger = context.ledger
    if ledger.state != ledgers.FINISHED:
        ledger.close(ledgers.FINISHED)
    built, place = publishing.publish(context, folder)
    if context.request.is_reset:
        return event_report.outputs_of_reset(context, built, place)
    context.say(f"refresh {context.refresh_id}: staging serves data as of {built.data_as_of}; report {place}")
    return {
        **event_report.served(ledger.values),
        "source_member": ledger.facts("snapshot")["source_member"],
        "phases": built.phases,
        "collections": ledger.facts("anonymize")["collections"],
        "findings": ledger.facts("verify")["findings"],
        "report": place,
        "rules_sha256": built.hashes["rules"],
        "anonymizer_sha256": built.hashes["anonymizer_code"],
    }
