"""Retire: what held production's data goes, and former copies beyond the retention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh.ebs import snapshots
from refresh.errors import HostError, LeaseError, RefreshError
from refresh.holdings import REFRESH_TAG, SPACE_TAG
from refresh.mongo import golden, material, retention
from refresh.mongo.context import Context
from refresh.mongo.steps.preflight import mark_roles
from refresh.request import RefreshRequest

_ABANDON_SECONDS = 900.0


@dataclass(frozen=True)
class Retire:
    """Mark live and previous, delete quarantine volume and snapshot, keep the retention, stop the worker.

    Idempotent: everything is looked up by its tags, and what is gone is gone. Resumes with what is left. Staging
    already serves the new data; a failure here is repaired by running again.
    """

    name: str = "retire"
    timeout_minutes: int = 60

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        kept = f"keeps {request.retention.previous_volumes} former volumes of staging"
        if request.is_reset:
            return f"retire: {kept}"
        return f"retire: deletes quarantine volume and snapshot, {kept}, stops the worker"

    def is_done(self, context: Context) -> bool:
        """Say whether it was recorded."""
        return context.ledger.is_done(self.name)

    def run(self, context: Context) -> dict[str, Any]:
        """Remove what is not needed any more."""
        live_volume_id = str(context.ledger.facts("cut_over")["live_volume_id"])
        mark_roles(context, live_volume_id)
        remove_raw_data(context)
        asked, now, space = context.request.retention, context.clock.now(), context.request.space
        way_back = str(context.ledger.facts("cut_over").get("from_volume_id") or "")
        volumes = [each for each in context.aws.compute.volumes({SPACE_TAG: space}) if each.role == material.PREVIOUS]
        kept, surplus = retention.former_volumes(volumes, way_back, asked, now)
        golden_kept, golden_surplus = retention.golden_snapshots(golden.all_of(context.aws, space), asked, now)
        context.releaser.release_all(surplus, golden_surplus)
        stop_worker(context)
        return {
            "previous_volume_ids": [each.volume_id for each in kept],
            "deleted_volume_ids": [each.volume_id for each in surplus],
            "golden_snapshot_ids": [each.snapshot_id for each in golden_kept],
            "deleted_golden_snapshot_ids": [each.snapshot_id for each in golden_surplus],
        }


def abandon(context: Context) -> None:
    """Remove all that a refresh made which cannot go on; under a deadline of its own, and never hiding its error.

    Args:
        context: The refresh.
    """
    context.poller.limit(_ABANDON_SECONDS, "The next refresh, or pulumi destroy, removes what is left")
    try:
        remove_raw_data(context)
        candidate = context.find_volume(material.CANDIDATE)
        context.releaser.release_all([candidate] if candidate else [], ())
        stop_worker(context)
        context.say("        quarantine, candidate and snapshot are removed; staging is as it was")
    except LeaseError:
        raise
    except RefreshError as error:
        context.say(f"        could not remove everything: {error}")


def remove_raw_data(context: Context) -> None:
    """Delete whatever of this refresh holds production's data, and the traces of its jobs.

    Args:
        context: The refresh.
    """
    tags = {SPACE_TAG: context.request.space, REFRESH_TAG: context.refresh_id}
    raw = [each for each in context.aws.compute.volumes(tags) if each.role in material.RAW_ROLES]
    if not any(each.attachments for each in raw):  # else releasing it forgets them
        _forget_jobs(context)
    context.releaser.release_all(raw, snapshots.raw(context.aws, tags))


def stop_worker(context: Context) -> None:
    """Stop the worker, unless it is staging itself. Nobody waits for it: the next refresh does.

    Args:
        context: The refresh.
    """
    if context.request.worker_is_staging:
        return
    worker = context.request.worker.instance_id
    instance = context.aws.compute.instance(worker)
    if instance is not None and instance.state == "running":
        context.aws.compute.stop_instance(worker)


def _forget_jobs(context: Context) -> None:
    """Remove the jobs' folders from the worker; where it does not run, results stay on it that hold no values."""
    instance = context.aws.compute.instance(context.request.worker.instance_id)
    if instance is None or instance.state != "running":
        return
    try:
        context.releaser.discard_jobs(context.refresh_id)
    except HostError as error:
        context.say(f"        {error}")
