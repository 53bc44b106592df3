"""The hosts: whether they are there, their agents online, their mongods fit, and production can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from refresh.errors import RefreshError
from refresh.holdings import Instance
from refresh.mongo import production, source_checks
from refresh.mongo.checks import StagingStatus, host_refusals, production_host_refusals
from refresh.mongo.examination.case import Case
from refresh.mongo.examination.finding import Finding, in_order, unasked, wrong
from refresh.mongo.examination.questions import Side
from refresh.mongo.production import Member, ReplicaSet

_ONLINE = "Online"
_NO_AGENT = "has no SSM agent that ever registered"


def instances(case: Case) -> Iterator[Finding]:
    """Say whether the hosts are there, in the right zone and state."""
    if not case.is_up:
        yield unasked("hosts", "staging and worker are not there yet: pulumi up makes them")
        yield from (wrong("hosts", reason) for reason in production_host_refusals(case.aws, case.request))
        return
    refusals = host_refusals(case.context)
    yield from (wrong("hosts", reason) for reason in refusals)
    if not refusals:
        yield in_order("hosts", f"{len(case.production_ids)} of production, staging and worker are there")


def agents(case: Case) -> Iterator[Finding]:
    """Say whether each host's SSM agent is online; a stopped worker's is not, and need not be."""
    yield from _agents(case, case.source_side, case.production_ids, "production host")
    if case.is_up:
        staging, worker = case.request.staging.instance_id, case.request.worker.instance_id
        awake = [each for each in dict.fromkeys((staging, worker)) if _runs(case, each)]
        yield from _agents(case, Side.OWN, awake, "host")
        if worker not in awake:
            yield in_order("agents", f"worker {worker} is stopped, as between refreshes")


def _runs(case: Case, instance_id: str) -> bool:
    instance: Instance | None = case.aws.compute.instance(instance_id)
    return instance is not None and instance.state == "running"


def _agents(case: Case, side: Side, instance_ids: Sequence[str], what: str) -> Iterator[Finding]:
    if not instance_ids:
        return
    status: Mapping[str, str] = case.questions.agents(side, instance_ids)
    silent = [each for each in instance_ids if status.get(each) != _ONLINE]
    for each in silent:
        yield wrong(
            "agents",
            f"{what} {each} {'is ' + status[each] if each in status else _NO_AGENT}",
            "start the agent; its role needs AmazonSSMManagedInstanceCore, its network the endpoints of SSM",
        )
    if not silent:
        yield in_order("agents", f"online on {', '.join(instance_ids)}")


def databases(case: Case) -> Iterator[Finding]:
    """Say what production's and staging's servers are, by the read-only documents that preflight runs."""
    if not case.is_up:
        yield unasked("production", "asked by a document that is not there yet: pulumi up makes it")
        return
    try:
        observed = production.begin_observing(case.context)
        status = StagingStatus.ask(case.context) if _runs(case, case.request.staging.instance_id) else None
        members = observed()
    except RefreshError as error:
        yield wrong("production", str(error))
        return
    yield from _production(case, members)
    yield from _staging(case, members, status)


def _production(case: Case, members: ReplicaSet) -> Iterator[Finding]:
    limit_seconds = case.request.limits.source_lag_seconds
    refusals = members.refusals(limit_seconds)
    yield from (wrong("production", reason) for reason in refusals)
    if refusals:
        return
    for instance_id, reason in members.silent.items():
        yield wrong("production", f"host {instance_id} does not answer, a refresh leaves it out: {reason}")
    source = members.sources(limit_seconds)[0]
    yield in_order(
        "production",
        f"{len(members.members)} members answer; {source.name} (MongoDB {source.answer.get('version')}) would be read, "
        f"{members.lag_seconds(source) or 0:.0f} s behind",
    )


def _staging(case: Case, members: ReplicaSet, status: StagingStatus | None) -> Iterator[Finding]:
    if status is None:
        yield unasked("staging", f"{case.request.staging.instance_id} does not run, so its mongod was not asked")
        return
    yield from (wrong("staging", reason) for reason in status.refusals)
    source = _source(case, members)
    refusals = source_checks.fitting_refusals(case.context, source, status) if source else []
    yield from (wrong("staging", reason) for reason in refusals)
    if status.refusals or refusals:
        return
    serves = f"serves {status.live_volume_id}" if status.live_volume_id else "serves nothing yet"
    yield in_order("staging", f"mongod {status.version}, {serves}")


def _source(case: Case, members: ReplicaSet) -> Member | None:
    limit_seconds = case.request.limits.source_lag_seconds
    return None if members.refusals(limit_seconds) else members.sources(limit_seconds)[0]
