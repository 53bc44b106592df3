"""What can be known of production's place, keys and permissions before anything is made; one sentence each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from refresh.errors import PermanentError, PreflightError, RefreshError
from refresh.holdings import Volume
from refresh.mongo import production, taken
from refresh.mongo.checks import StagingStatus, size_refusals, version_refusals
from refresh.mongo.context import Context
from refresh.mongo.production import Member, ReplicaSet
from refresh.places import Key

_GUIDE = "docs/production-elsewhere.md"


def require_access(context: Context) -> None:
    """Take production's role and look through it: whatever is asked there afterwards needs it.

    Args:
        context: The refresh.

    Raises:
        PreflightError: The role cannot be taken, or may not look.
    """
    session = context.request.production.session
    if session.role_arn:
        try:
            context.aws.source_compute.place()
        except PermanentError as error:
            external_id = "the one of understudy:production_external_id" if session.external_id else "none"
            reason = (
                f"the role {session.role_arn} (understudy:production_role_arn) cannot be taken: {error}. Its trust "
                f"policy has to name {context.aws.compute.place()} or whoever runs this there; the external id given "
                f"is {external_id}: see {_GUIDE}"
            )
            raise PreflightError(context.refresh_id, [reason]) from None
    try:
        context.aws.source_compute.instance(context.request.production.instance_ids[0])
    except PermanentError as error:
        who = session.role_arn or "whoever runs this"
        reason = f"{who} may not look at production's instances: {error}. What it needs stands in {_GUIDE}"
        raise PreflightError(context.refresh_id, [reason]) from None


def begin_observing(context: Context) -> Callable[[], ReplicaSet]:
    """Start what `production.observe` does; a document that may not be run at all refuses the refresh.

    Args:
        context: The refresh.

    Returns:
        What waits for the members' answers.

    Raises:
        PreflightError: Production's document is not there, is another text than ours, or may not be run.
    """
    try:
        return production.begin_observing(context)
    except PermanentError as error:
        name = context.request.documents[production.CHECK].name
        place = context.aws.source_compute.place()
        reason = (
            f"the document {name} cannot be run on production's hosts ({place}): {error}. It has to be there with the "
            f"very text of ours, and the role has to allow it on these hosts: see {_GUIDE}"
        )
        raise PreflightError(context.refresh_id, [reason]) from None


def fitting_refusals(context: Context, source: Member, status: StagingStatus) -> list[str]:
    """Compare what would be read with what is to hold it, and with who may read it.

    Args:
        context: The refresh.
        source: The member whose snapshot would be taken.
        status: Staging's answer.

    Returns:
        One sentence each; empty when volumes, keys, size and version fit.
    """
    reasons, whole = volumes(context, source)
    if whole is None:
        return reasons
    return [
        *reasons,
        *size_refusals(context.request, whole, int(source.answer.get("data_bytes") or 0)),
        *version_refusals(source, status),
    ]


def volumes(context: Context, source: Member) -> tuple[list[str], Volume | None]:
    """Look at the volumes that a snapshot will be taken of, at their keys, and whether it may be asked for.

    Args:
        context: The refresh.
        source: The member.

    Returns:
        Every reason to refuse; and one volume that stands for all of them, as large as they are together, or None
        where one cannot be seen.
    """
    reasons, found = _described(context, source)
    if len(found) < len(source.volume_ids):
        return reasons, None
    reasons += [
        *_on_root(context, source),
        *_unencrypted(context, source, found),
        *_keys(context, found),
        *_own_key(context),
        *_permission(context, source),
    ]
    return reasons, replace(found[0], size_gib=sum(each.size_gib for each in found))


def _described(context: Context, source: Member) -> tuple[list[str], list[Volume]]:
    reasons, found = [], []
    for volume_id in source.volume_ids:
        try:
            volume = context.aws.source_compute.volume(volume_id)
        except RefreshError as error:
            reasons.append(f"production volume {volume_id} of {source.name} cannot be described: {error}")
            continue
        if volume is None:
            place = context.aws.source_compute.place()
            reasons.append(
                f"production volume {volume_id} of {source.name} is not in {place}: check "
                "understudy:production_role_arn and understudy:production_region"
            )
        else:
            found.append(volume)
    return reasons, found


def _on_root(context: Context, source: Member) -> Iterator[str]:
    instance = context.aws.source_compute.instance(source.instance_id)
    data = instance.data_volume_ids if instance else ()
    for volume_id in source.volume_ids:
        if instance and volume_id not in data:
            yield (
                f"production member {source.name} keeps its data on {volume_id}, which is the root volume of "
                f"{source.instance_id}: snapshots are taken of data volumes only. Move the data to a volume of its own"
            )


def _unencrypted(context: Context, source: Member, found: Sequence[Volume]) -> Iterator[str]:
    if context.request.production.accept_unencrypted:
        return
    for volume in found:
        if not volume.kms_key_id:
            yield (
                f"production volume {volume.volume_id} of {source.name} is not encrypted, and its snapshot would not "
                "be: whoever may make volumes there could read production. Give a hidden secondary an encrypted volume "
                "(copy a snapshot with --encrypted and a customer managed key), or accept it with pulumi config set "
                "understudy:production_unencrypted accept"
            )


def _keys(context: Context, found: Sequence[Volume]) -> Iterator[str]:
    there, here = context.aws.source_compute.place(), context.aws.compute.place()
    for key_id in dict.fromkeys(each.kms_key_id for each in found if each.kms_key_id):
        as_they_see_it = context.aws.source_compute.key(key_id)
        if there.account_id == here.account_id:
            yield from _state(as_they_see_it, "production's volumes")
        elif as_they_see_it is not None and as_they_see_it.is_aws_managed:
            yield (
                f"production's volumes are encrypted under {key_id}, which AWS manages for {there}: what it encrypts "
                f"cannot be shared with account {here.account_id}. Give a hidden secondary a volume under a customer "
                f"managed key: see {_GUIDE}"
            )
        else:
            yield from _shared_key(context, key_id)


def _shared_key(context: Context, key_id: str) -> Iterator[str]:
    here = context.aws.compute.place()
    as_we_see_it = context.aws.compute.key(key_id)
    if as_we_see_it is None:
        yield (
            f"the key {key_id} of production's volumes may not be used from account {here.account_id}: its key "
            f"policy has to allow that account, and the policy of whoever runs this the key. Both stand in {_GUIDE}"
        )
    yield from _state(as_we_see_it, "production's volumes")


def _own_key(context: Context) -> Iterator[str]:
    yield from _state(context.aws.compute.key(context.request.staging.kms_key_id), "staging's volumes")


def _state(key: Key | None, whose: str) -> Iterator[str]:
    if key is not None and key.state not in ("", "Enabled"):
        yield (
            f"the key {key.arn} of {whose} is in state {key.state}: nothing that it encrypts can be read. Enable it, "
            "or cancel its deletion (aws kms enable-key, aws kms cancel-key-deletion)"
        )


def _permission(context: Context, source: Member) -> Iterator[str]:
    """Ask with a dry run whether the snapshot may be asked for."""
    try:
        context.aws.source_compute.try_create_snapshots(taken.source_order(context, source, taken.next_take(context)))
    except PermanentError as error:
        yield f"a snapshot of {source.name} may not be asked for: {error}. What that needs stands in {_GUIDE}"
