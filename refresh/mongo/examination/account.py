"""The account: who asks, which endpoints answer, whether the key may be used, what quotas leave."""

from __future__ import annotations

from collections.abc import Iterator

from refresh.errors import RefreshError
from refresh.holdings import SPACE_TAG
from refresh.mongo.examination.case import Case
from refresh.mongo.examination.finding import Finding, in_order, unasked, wrong
from refresh.mongo.examination.questions import Side
from refresh.mongo.planning.duration import readable_time
from refresh.values import UNKNOWN

_SHORT_SECONDS = 900.0
_GIB_A_TIB = 1024
GP3_STORAGE, SNAPSHOTS = "L-7A658B76", "L-309BACF6"  # codes of Service Quotas, service ebs
_LEAST_SNAPSHOTS = 10


def credentials(case: Case) -> Iterator[Finding]:
    """Say who asks, and whether that is the account and the region that the stack is in."""
    topic = "credentials"
    try:
        me = case.questions.identity(Side.OWN)
    except RefreshError as error:
        yield wrong(topic, str(error), "log in, or set AWS_PROFILE or the AWS_... variables of a session")
        return
    region, account_id = _home(case)
    if account_id and account_id != me.account_id:
        yield wrong(
            topic,
            f"{me.arn} is of account {me.account_id}, the stack is in account {account_id}",
            f"take a profile or role of account {account_id}",
        )
    elif region and region != case.request.region:
        yield wrong(
            topic,
            f"aws:region is {case.request.region}, the stack was made in {region}",
            f"pulumi config set aws:region {region}",
        )
    else:
        yield in_order(topic, f"{me.arn} in {case.request.region}")


def session(case: Case) -> Iterator[Finding]:
    """Say how long credentials last that nothing renews."""
    ends_at = case.aws.session_ends_at()
    if ends_at is None:
        return
    left = max((ends_at - case.clock.now()).total_seconds(), 0.0)
    if left < _SHORT_SECONDS:
        yield wrong("session", f"these credentials end in {readable_time(left)}", "take new ones before pulumi up")
    else:
        yield in_order("session", f"these credentials end in {readable_time(left)}")


def production_role(case: Case) -> Iterator[Finding]:
    """Say whether production's role can be assumed."""
    role_arn = case.request.production.role_arn
    if not role_arn:
        return
    try:
        them = case.questions.identity(Side.PRODUCTION)
    except RefreshError as error:
        yield wrong(
            "production's role",
            str(error),
            f"the trust policy of {role_arn} has to name whoever runs this (understudy:production_role_arn)",
        )
        return
    yield in_order("production's role", f"{role_arn} is assumed, account {them.account_id}")


def endpoints(case: Case) -> Iterator[Finding]:
    """Say which services answer."""
    answers = case.questions.endpoints()
    silent = {name: trouble for name, trouble in answers.items() if trouble}
    for name, trouble in silent.items():
        yield wrong(
            "endpoints", f"{name} does not answer: {trouble}", "look at the network, proxy and AWS_ENDPOINT_URL"
        )
    if not silent:
        yield in_order("endpoints", f"{', '.join(name.split()[0] for name in answers)} answer")


def key(case: Case) -> Iterator[Finding]:
    """Say whether staging's key is there, enabled, and may be used: a volume made without that only vanishes."""
    key_id = case.request.staging.kms_key_id
    if key_id == UNKNOWN:
        yield unasked("volumes' key", "not there yet: pulumi up makes it")
        return
    found = case.questions.key(Side.OWN, key_id)
    if found is None:
        yield wrong("volumes' key", f"{key_id} does not exist", "pulumi refresh, then pulumi up")
    elif found.state != "Enabled":
        mend = "cancel-key-deletion" if found.state == "PendingDeletion" else "enable-key"
        yield wrong("volumes' key", f"{key_id} is {found.state}", f"aws kms {mend} --key-id {key_id}")
    elif not case.questions.may_use_key(key_id):
        yield wrong(
            "volumes' key",
            f"{key_id} is there, but these credentials may not use it: volumes would vanish, with a reason that only "
            "their state message tells",
            "attach the policies of the outputs operator_policy_arn and operator_source_policy_arn to this role",
        )
    else:
        yield in_order("volumes' key", f"{key_id} is enabled and may be used")


def state_messages(case: Case) -> Iterator[Finding]:
    """Say what AWS wrote into the state of snapshots of this stack that failed."""
    for snapshot in case.aws.compute.snapshots({SPACE_TAG: case.request.space}):
        if snapshot.state == "error":
            yield wrong(
                "snapshots",
                f"{snapshot.snapshot_id} of refresh {snapshot.refresh_id} failed: {snapshot.message or 'no reason'}",
                "often a KMS key that may not be used; the next refresh removes it",
            )


def quotas(case: Case) -> Iterator[Finding]:
    """Say whether two more volumes and a snapshot fit into the account's quotas."""
    topic = "quotas"
    limit_gib = case.questions.quota("ebs", GP3_STORAGE) * _GIB_A_TIB
    used_gib, more_gib = case.questions.gp3_gib(), _new_gib(case)
    if used_gib + more_gib > limit_gib:
        yield wrong(
            topic,
            f"{more_gib} GiB more of gp3 volumes do not fit: {used_gib:,} of {limit_gib:,.0f} GiB are used",
            f"aws service-quotas request-service-quota-increase --service-code ebs --quota-code {GP3_STORAGE} "
            f"--desired-value {(used_gib + 2 * more_gib) // _GIB_A_TIB + 1}",
        )
    else:
        yield in_order(topic, f"gp3 volumes: {used_gib:,} of {limit_gib:,.0f} GiB used, {more_gib} more needed")
    most, count = case.questions.quota("ebs", SNAPSHOTS), case.questions.snapshot_count(case.source_side)
    if case.source_side is Side.PRODUCTION:
        yield unasked(topic, f"production's account has {count:,} snapshots; its own quota is not asked from here")
    elif count + _LEAST_SNAPSHOTS > most:
        yield wrong(topic, f"{count:,} of {most:,.0f} snapshots of this region are used", "delete old ones")
    else:
        yield in_order(topic, f"snapshots: {count:,} of {most:,.0f} used")


def _new_gib(case: Case) -> int:
    """Say how many GiB of volumes a refresh makes, as far as production's volumes are seen."""
    sizes = [0]
    for instance_id in case.production_ids:
        instance = case.aws.source_compute.instance(instance_id)
        volumes = [case.aws.source_compute.volume(each) for each in instance.data_volume_ids] if instance else []
        sizes += [each.size_gib for each in volumes if each]
    return max(sizes) + (case.request.staging.volume_gib or max(sizes))


def _home(case: Case) -> tuple[str, str]:
    """Return region and account of the stack, by its key's ARN; empty where there is none yet."""
    parts = case.request.staging.kms_key_id.split(":")
    return (parts[3], parts[4]) if len(parts) > 5 and parts[2] == "kms" else ("", "")
