"""What the plan is made of: everything is looked up once, by describe calls and from the buckets; nothing is run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from refresh.aws import Aws
from refresh.holdings import SPACE_TAG, Instance, Snapshot, Volume
from refresh.mongo.jobs import rules_key_of
from refresh.mongo.planning import duration, runs, sizes
from refresh.mongo.planning.duration import Estimate
from refresh.mongo.planning.runs import Run
from refresh.mongo.planning.sizes import Expected
from refresh.mongo.servable import Servable, ServableVolume
from refresh.poller import Clock
from refresh.records import ledgers
from refresh.request import RefreshRequest
from refresh.values import UNKNOWN


@dataclass(frozen=True, kw_only=True)
class LookUp:
    """Looks things up when a part of the plan first asks; each raises a RefreshError where it cannot."""

    request: RefreshRequest
    aws: Aws
    clock: Clock

    @cached_property
    def past(self) -> Sequence[Mapping[str, Any]]:
        """Every ledger; none where there is no bucket yet."""
        if self.request.reports_bucket == UNKNOWN:
            return []
        return ledgers.read_all(self.aws.objects, self.request.reports_bucket)

    @cached_property
    def runs(self) -> list[Run]:
        """Refreshes that finished, the newest first."""
        return runs.finished(self.past)

    @cached_property
    def live(self) -> ServableVolume | None:
        """What staging serves, where a refresh or a reset made it."""
        return Servable.among(self.past, self.own_volumes).live

    @property
    def last(self) -> Run | None:
        """The last refresh that finished."""
        return self.runs[0] if self.runs else None

    @cached_property
    def last_rules(self) -> Mapping[str, Any] | None:
        """The rules of the last refresh; None where the toolkit's bucket does not have them any more."""
        if self.last is None or self.request.toolkit.bucket == UNKNOWN:
            return None
        stored = self.aws.objects.get(self.request.toolkit.bucket, rules_key_of(self.last.rules_sha256))
        try:
            rules = json.loads(stored.body) if stored else None
        except ValueError:
            return None
        return rules if isinstance(rules, Mapping) else None

    @cached_property
    def members(self) -> dict[str, Instance | None]:
        """Production's instances, as far as they are known."""
        known = [each for each in self.request.production.instance_ids if each != UNKNOWN]
        return {each: self.aws.source_compute.instance(each) for each in known}

    @cached_property
    def data_volumes(self) -> dict[str, list[Volume]]:
        """The data volumes of each of production's instances."""
        found = {}
        for instance_id, instance in self.members.items():
            volumes = [self.aws.source_compute.volume(each) for each in instance.data_volume_ids] if instance else []
            found[instance_id] = [each for each in volumes if each]
        return found

    @cached_property
    def source(self) -> Volume | None:
        """The volume to be copied, as far as it can be foreseen: that of the last refresh, else any member's."""
        volumes = [each for found in self.data_volumes.values() for each in found]
        same = [each for each in volumes if self.last and each.volume_id in self.last.source_volume_ids]
        return next(iter(same or volumes), None)

    @cached_property
    def backup(self) -> Snapshot | None:
        """The newest snapshot of production's data that says how much of it there is."""
        return sizes.newest_backup(self.request, self.aws, self.last)

    @cached_property
    def expected(self) -> Expected | None:
        """How many documents will be read; None before the first refresh."""
        return sizes.expected(runs.typical(self.runs), self.backup)

    @cached_property
    def estimate(self) -> Estimate | None:
        """How long it should take; None before the first refresh."""
        if self.expected is None:
            return None
        return duration.estimate(runs.typical(self.runs), self.expected.documents)

    @cached_property
    def own_volumes(self) -> list[Volume]:
        """Every volume that a refresh of this space made, the newest first."""
        found = self.aws.compute.volumes({SPACE_TAG: self.request.space})
        return sorted(found, key=lambda each: each.created_at, reverse=True)

    @cached_property
    def worker(self) -> Instance | None:
        """The worker's instance, where there is one yet."""
        instance_id = self.request.worker.instance_id
        return None if instance_id == UNKNOWN else self.aws.compute.instance(instance_id)

    @property
    def candidate_gib(self) -> int | None:
        """How large the new volume will be; None where that is not known."""
        if self.request.staging.volume_gib:
            return self.request.staging.volume_gib
        return self.source.size_gib if self.source else None
