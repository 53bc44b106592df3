"""Switching staging by hand: to the volume that it served before the latest refresh, and forward again.

Nothing of production is asked, nothing is made and nothing deleted: both volumes are there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh.commands import Commands
from refresh.context import Step
from refresh.errors import DeadlineError, HostError, PreflightError, SwitchedBackError
from refresh.mongo.checks import StagingAnswer, ask_staging, is_lost
from refresh.mongo.context import Context
from refresh.mongo.facts import cut_over_at
from refresh.mongo.servable import Servable, ServableVolume
from refresh.mongo.steps.cut_over import switch
from refresh.mongo.steps.preflight import mark_roles
from refresh.mongo.steps.restore import install_toolkit
from refresh.records import ledgers
from refresh.records.ledger import Ledger
from refresh.request import RefreshRequest

LEDGERS = "serving/"


@dataclass(frozen=True, kw_only=True)
class Switching(Context):
    """A switch at work: what staging serves, as it said in this run, and what it is to serve."""

    wanted: ServableVolume
    status: StagingAnswer
    way_back: str

    @property
    def serves(self) -> str:
        """The volume that staging serves; empty for none."""
        return self.status.live_volume_id

    @property
    def is_served(self) -> bool:
        """Whether staging serves the wanted volume already, and well."""
        return self.status.is_well_on(self.wanted.volume.volume_id)


@dataclass(frozen=True)
class MakeReady:
    """Attach the wanted volume to staging, and carry the users of today's staging into it.

    Idempotent: what is attached stays so, and staging-deliver makes users equal to today's, however often it runs.
    Resumes by doing it again. What staging serves is not touched.
    """

    name: str = "make_ready"
    timeout_minutes: int = 30

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        return (
            f"make ready: mounts the volume on staging {request.staging.instance_id}, with the users of today's staging"
        )

    def is_done(self, context: Switching) -> bool:
        """Say whether staging is past it."""
        return context.serves == context.wanted.volume.volume_id

    def run(self, context: Switching) -> dict[str, Any]:
        """Attach it and carry the users."""
        context.ledger.note(self.name, **{"from": _about(context, context.serves), "to": context.wanted.as_json()})
        if context.serves and is_lost(context, context.serves):
            context.say(f"        staging's volume {context.serves} is lost: its server is stopped")
            context.hosts.run(context.request.staging.instance_id, "staging-stop")
        context.volumes.attach(context.wanted.volume.volume_id, context.request.staging.instance_id)
        return {"users_carried": _carry_users(context)}


@dataclass(frozen=True)
class Switch:
    """Let staging serve the wanted volume; if it is not healthy on it, it switches back by itself.

    Idempotent: the live link on the host says what is served. Resumes by asking for the same again.
    """

    name: str = "switch"
    timeout_minutes: int = 15

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        return f"switch: staging at {request.staging.address} serves it; if its health check fails, it switches back"

    def is_done(self, context: Switching) -> bool:
        """Say whether staging serves it."""
        return context.is_served

    def run(self, context: Switching) -> dict[str, Any]:
        """Switch."""
        wanted, staging = context.wanted.volume.volume_id, context.request.staging.instance_id
        former = context.serves if context.serves != wanted else context.way_back
        if former and is_lost(context, former):
            former = ""  # there is no way back
        answer = switch(context, from_volume_id=former, to_volume_id=wanted)
        if not answer.get("switched"):
            context.ledger.note(self.name, **_measured(answer))
            raise SwitchedBackError(
                f"{context.ledger.refresh_id}: staging ({staging}) was not healthy on {wanted}: "
                f"{answer.get('reason')}. It serves {answer.get('live_volume_id') or 'nothing'}. Look at the log on "
                "that volume, then run pulumi up again, or keep what is served: "
                f"pulumi config set understudy:serve {_other(context.request.serve)}"
            )
        return {"ca_certificate": answer["ca_certificate"], **_measured(answer)}


@dataclass(frozen=True)
class Settle:
    """Write into tags and ledgers what staging serves now.

    Idempotent: it writes what is so. Resumes with what is missing. A refresh that was cut over and did not end before
    staging was switched away from it has that record taken back, so that it tests nothing on other data.
    """

    name: str = "settle"
    timeout_minutes: int = 10

    def plan(self, _request: RefreshRequest) -> str:
        """Say what it will do."""
        return "settle: tags say which volume is live and which is the former one"

    def is_done(self, context: Switching) -> bool:
        """Say whether it was recorded."""
        return context.ledger.is_done(self.name) and context.is_served

    def run(self, context: Switching) -> dict[str, Any]:
        """Write it."""
        wanted = context.wanted.volume
        mark_roles(context, wanted.volume_id)
        for values in ledgers.read_all(context.aws.objects, context.request.reports_bucket):
            if values["state"] == ledgers.RUNNING and cut_over_at(values) and values["refresh_id"] != wanted.refresh_id:
                _take_back(context, str(values["refresh_id"]))
        return {"live_volume_id": wanted.volume_id}


SERVE: tuple[Step[Switching], ...] = (
    MakeReady(),  # beside the live volume, with today's users
    Switch(),  # staging changes here, or switches back by itself
    Settle(),  # tags and records
)


def refuse(request: RefreshRequest, reason: str) -> PreflightError:
    """Return the refusal of a switch."""
    return PreflightError(f"serve: {request.serve}", [reason])


def what_staging_serves(request: RefreshRequest, hosts: Commands) -> StagingAnswer:
    """Ask staging's host.

    Args:
        request: What was asked for.
        hosts: Commands on our own hosts.

    Returns:
        What it serves, and whether it is healthy.

    Raises:
        PreflightError: The host does not answer.
    """
    try:
        return ask_staging(request, hosts)
    except (HostError, DeadlineError) as error:
        raise refuse(request, f"staging host: {error}") from None


def _carry_users(context: Switching) -> bool:
    """Give the wanted volume the users of today's staging, and say whether: where that cannot be, its own hold."""
    if not context.status.healthy:
        context.say("        staging is not healthy and cannot be asked for its users: those of the volume hold")
        return False
    request = context.request
    install_toolkit(context, request.staging.instance_id)()
    answer = context.hosts.run(
        request.staging.instance_id,
        "staging-deliver",
        refresh_id=context.ledger.refresh_id,
        volume_id=context.wanted.volume.volume_id,
        toolkit_sha256=request.toolkit.sha256,
        user_parameter=request.staging.user_parameter,
        password_parameter=request.staging.password_parameter,
        replica_set=request.staging.replica_set,
        cache_mib=request.worker.cache_mib,
        served_before=True,
    )
    if answer.get("unclean"):
        context.say("        its server was not stopped in order, so it has to recover first: its own users hold")
        return False
    if not (answer.get("users_equal") and answer.get("roles_equal")):
        raise HostError(
            f"{context.ledger.refresh_id}: users or roles in {context.wanted.volume.volume_id} are not staging's. "
            "Staging is as it was; pulumi up carries them again"
        )
    return True


def _about(context: Switching, volume_id: str) -> dict[str, str]:
    known = Servable.look(context.aws, context.request.reports_bucket, context.request.space).of(volume_id)
    return known.as_json() if known else {"volume_id": volume_id}


def _measured(answer: dict[str, Any]) -> dict[str, Any]:
    """Return how long staging was away; a run that only finds it switched measured nothing, and takes nothing back."""
    measured = answer.get("unavailable_ms")
    return {} if measured is None else {"unavailable_ms": measured}


def _other(serve: str) -> str:
    return "live" if serve == "previous" else "previous"


def _take_back(context: Switching, refresh_id: str) -> None:
    """Take back that an unfinished refresh was cut over."""
    fencing = int(context.ledger.values["fencing"])
    bucket = context.request.reports_bucket
    ledger = Ledger.open(context.aws.objects, bucket, context.clock, refresh_id=refresh_id, fencing=fencing, about={})
    ledger.reopen("cut_over", going_back="")
