"""What preflight asks of hosts, parameters and staging; each check answers with reasons, one sentence each."""

from __future__ import annotations

from dataclasses import dataclass

from refresh.aws import Aws
from refresh.commands import Commands
from refresh.errors import DeadlineError, HostError
from refresh.holdings import Volume
from refresh.mongo.context import Context
from refresh.mongo.production import Member
from refresh.request import RefreshRequest
from refresh.values import UNKNOWN

_STATUS_SECONDS = 180.0
_GIB = 1024**3
_USABLE_SHARE = 0.9  # of a volume: XFS keeps its own, mongod its journal and room to work


@dataclass(frozen=True, kw_only=True)
class StagingAnswer:
    """What staging's host says of its server.

    Attributes:
        live_volume_id: What it serves; empty for none.
        healthy: Whether the server answers staging's user.
        version: That of the mongod installed there.
        reason: Why it is not healthy; empty where the host does not know.
    """

    live_volume_id: str
    healthy: bool
    version: str
    reason: str

    def is_well_on(self, volume_id: str) -> bool:
        """Say whether it serves a volume, and well."""
        return self.healthy and self.live_volume_id == volume_id


def ask_staging(request: RefreshRequest, hosts: Commands) -> StagingAnswer:
    """Ask staging's host.

    Args:
        request: What was asked for.
        hosts: Commands on our own hosts.

    Returns:
        Its answer.

    Raises:
        HostError: It cannot be asked.
        DeadlineError: It does not answer.
    """
    staging = request.staging
    answer = hosts.run(
        staging.instance_id,
        "staging-status",
        at_most_seconds=_STATUS_SECONDS,
        user_parameter=staging.user_parameter,
        password_parameter=staging.password_parameter,
    )
    return StagingAnswer(
        live_volume_id=str(answer.get("live_volume_id") or ""),
        healthy=bool(answer.get("healthy")),
        version=str(answer.get("mongod_version") or ""),
        reason=str(answer.get("reason") or ""),
    )


@dataclass(frozen=True, kw_only=True)
class StagingStatus:
    """What staging says of itself, or why it says nothing; `version` is that of the mongod installed there."""

    live_volume_id: str = ""
    version: str = ""
    refusals: tuple[str, ...] = ()

    @classmethod
    def ask(cls, context: Context) -> StagingStatus:
        """Ask staging's host.

        Args:
            context: The refresh.

        Returns:
            Its answer; an unhealthy server is a reason to refuse, since its users could not be carried on.
        """
        try:
            answer = ask_staging(context.request, context.hosts)
        except (HostError, DeadlineError) as error:
            return cls(refusals=(f"staging host: {error}",))
        refusals: tuple[str, ...] = ()
        if answer.live_volume_id and not answer.healthy and not _may_be_mended(context, answer.live_volume_id):
            why = answer.reason or "its server does not answer to the user of understudy:staging_user_parameter"
            serves = f"staging ({context.request.staging.instance_id}) serves {answer.live_volume_id}"
            refusals = (f"{serves} but is not healthy: {why}",)
        return cls(live_volume_id=answer.live_volume_id, version=answer.version, refusals=refusals)


def _may_be_mended(context: Context, live_volume_id: str) -> bool:
    """Say whether to go on with an unhealthy server: its volume is lost, or this refresh's cutover was interrupted."""
    return context.ledger.is_done("deliver") or is_lost(context, live_volume_id)


def is_lost(context: Context, live_volume_id: str) -> bool:
    """Say whether the volume that staging names as live is gone, or not attached to it any more.

    Args:
        context: The refresh.
        live_volume_id: What staging said.

    Returns:
        True when there is nothing to carry on from.
    """
    volume = context.aws.compute.volume(live_volume_id)
    staging = context.request.staging.instance_id
    return volume is None or all(each.instance_id != staging for each in volume.attachments)


def host_refusals(context: Context) -> list[str]:
    """Look every host up, production's and our own."""
    return [*production_host_refusals(context.aws, context.request), *own_host_refusals(context)]


def own_host_refusals(context: Context) -> list[str]:
    """Look staging's and the worker's host up."""
    request = context.request
    reasons = []
    wanted = {request.staging.instance_id: "staging", request.worker.instance_id: "worker"}
    for instance_id, role in wanted.items():
        instance = context.aws.compute.instance(instance_id)
        zone = request.staging.availability_zone
        if instance is None:
            reasons.append(
                f"{role} host {instance_id} does not exist in {request.region}: run pulumi refresh, then pulumi up"
            )
        elif instance.zone != zone:
            reasons.append(
                f"{role} host {instance_id} is in {instance.zone}, but volumes are made in {zone}: use one zone"
            )
        elif role == "staging" and instance.state != "running":
            reasons.append(
                f"staging host {instance_id} is {instance.state}: aws ec2 start-instances --instance-ids {instance_id}"
            )
    return reasons


def production_host_refusals(aws: Aws, request: RefreshRequest) -> list[str]:
    """Look production's hosts up, as far as they are known."""
    return [
        f"production host {instance_id} does not exist in {aws.source_compute.place()}: is this the right role, "
        "account and region (understudy:production_role_arn, understudy:production_region)?"
        for instance_id in request.production.instance_ids
        if instance_id != UNKNOWN and aws.source_compute.instance(instance_id) is None
    ]


def parameter_refusals(context: Context) -> list[str]:
    """Look up that our own parameters exist; their values are never read here."""
    request = context.request
    names = {
        request.staging.user_parameter: "understudy:staging_user_parameter",
        request.staging.password_parameter: "understudy:staging_password_parameter",
        request.pseudonym_key_parameter: "understudy:pseudonym_key_parameter",
    }
    return [
        f"the SSM parameter {name} ({key}) does not exist. Make it: aws ssm put-parameter --type SecureString "
        f"--name {name} --value ..."
        for name, key in names.items()
        if context.aws.parameters.version(name) is None
    ]


def size_refusals(request: RefreshRequest, source: Volume, data_bytes: int) -> list[str]:
    """Compare the candidate's size with what it has to hold.

    Args:
        request: What was asked for.
        source: Production's data volume.
        data_bytes: What the data takes there.

    Returns:
        A reason, or none.
    """
    size_gib = candidate_gib(request, source)
    if data_bytes <= size_gib * _GIB * _USABLE_SHARE:
        return []
    needed_gib = int(data_bytes / _USABLE_SHARE / _GIB) + 1
    reason = f"is too small for {data_bytes / _GIB:.1f} GiB of data in {source.volume_id}"
    remedy = f"pulumi config set understudy:staging_volume_gib {needed_gib}"
    return [f"a candidate volume of {size_gib} GiB {reason}: {remedy}"]


def candidate_gib(request: RefreshRequest, source: Volume) -> int:
    """Return how large the candidate is to be: as asked for, or as the source's volume."""
    return request.staging.volume_gib or source.size_gib


def version_refusals(source: Member, status: StagingStatus) -> list[str]:
    """Compare MongoDB versions: the copy is logical, so staging's may be newer, never older.

    Args:
        source: The member whose snapshot is taken.
        status: Staging's answer.

    Returns:
        A reason, or none.
    """
    theirs = str(source.answer.get("version") or "")
    if not status.version or release(status.version) >= release(theirs):
        return []
    reason = f"mongod {status.version}, older than production's {theirs} on {source.name}"
    series = ".".join(map(str, release(theirs)))
    return [f"staging's host has {reason}: take an AMI with MongoDB {series} (understudy:ami_id)"]


def release(version: str) -> tuple[int, ...]:
    """Return a version's release series: (6, 0) of 6.0.5."""
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
