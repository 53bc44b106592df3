"""What staging can serve: the volume of the latest refresh, and the one that it served before; by tags and ledgers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from refresh.aws import Aws
from refresh.errors import RequestError
from refresh.holdings import SPACE_TAG, Volume
from refresh.keeping import LIVE
from refresh.mongo import material
from refresh.mongo.facts import cut_over_at, data_as_of, facts_of
from refresh.records import ledgers


@dataclass(frozen=True, kw_only=True)
class ServableVolume:
    """A volume that staging may serve, with the refresh that made it and the moment that its data is from."""

    volume: Volume
    data_as_of: str

    def as_json(self) -> dict[str, str]:
        """Return what a report says of it."""
        return {
            "volume_id": self.volume.volume_id,
            "refresh_id": self.volume.refresh_id,
            "data_as_of": self.data_as_of,
        }

    def __str__(self) -> str:
        return f"{self.volume.volume_id} (refresh {self.volume.refresh_id}, data as of {self.data_as_of or 'unknown'})"


@dataclass(frozen=True, kw_only=True)
class Servable:
    """All of them; `former_volumes` are those that staging served before the latest, the way back first."""

    latest: ServableVolume | None
    former_volumes: tuple[ServableVolume, ...]

    @classmethod
    def look(cls, aws: Aws, bucket: str, space: str) -> Servable:
        """Find them.

        The latest is that of the refresh or reset that was cut over last. The way back from it is what staging served
        when it was cut over; where that is gone, the newest of the others.

        Args:
            aws: Our own side.
            bucket: The reports bucket.
            space: The space.
        """
        return cls.among(ledgers.read_all(aws.objects, bucket), aws.compute.volumes({SPACE_TAG: space}))

    @classmethod
    def among(cls, past: Sequence[Mapping[str, Any]], own_volumes: Sequence[Volume]) -> Servable:
        """Find them in ledgers and volumes that were read.

        Args:
            past: Every ledger.
            own_volumes: The space's volumes.
        """
        served = [each for each in past if cut_over_at(each)]
        by_refresh = {str(each["refresh_id"]): each for each in served}
        last = facts_of(max(served, key=cut_over_at), "cut_over") if served else {}
        volumes = {
            each.volume_id: ServableVolume(
                volume=each, data_as_of=data_as_of(by_refresh.get(each.refresh_id, {"steps": {}}))
            )
            for each in own_volumes
            if each.role in (material.LIVE, material.PREVIOUS) or each.volume_id == last.get("live_volume_id")
        }
        return cls(latest=volumes.get(str(last.get("live_volume_id"))), former_volumes=_former(volumes, last))

    def wanted(self, serve: str) -> ServableVolume:
        """Return what is to be served.

        Args:
            serve: live or previous.

        Raises:
            RequestError: There is no such volume.
        """
        if serve == LIVE:
            if self.latest is None:
                raise RequestError(
                    "serve",
                    "the volume of the latest refresh is not there: there is nothing to go forward to. Ask for a "
                    "refresh: pulumi config set understudy:refresh_trigger <new value>",
                )
            return self.latest
        if not self.former_volumes:
            raise RequestError(
                "serve",
                "previous, but no former volume of staging is there: there is nothing to go back to, and nothing was "
                "changed. One is kept from the second refresh on, if understudy:previous_volumes_kept is 1 or more. "
                "Run: pulumi config set understudy:serve live",
            )
        return self.former_volumes[0]

    @property
    def all(self) -> tuple[ServableVolume, ...]:
        """The latest first."""
        return (*([self.latest] if self.latest else []), *self.former_volumes)

    @property
    def live(self) -> ServableVolume | None:
        """The one that staging serves, by its tag."""
        return next((each for each in self.all if each.volume.role == material.LIVE), None)

    def of(self, volume_id: str) -> ServableVolume | None:
        """Return the one that a volume is."""
        return next((each for each in self.all if each.volume.volume_id == volume_id), None)

    def other_than(self, wanted: ServableVolume) -> str:
        """Return the volume to fall back to from a wanted one; empty when there is none."""
        return next((each.volume.volume_id for each in self.all if each != wanted), "")


def _former(volumes: Mapping[str, ServableVolume], last: Mapping[str, Any]) -> tuple[ServableVolume, ...]:
    former = [each for volume_id, each in volumes.items() if volume_id != last.get("live_volume_id")]
    way_back = last.get("from_volume_id")
    former.sort(
        key=lambda each: (each.volume.volume_id == way_back, each.volume.created_at, each.volume.volume_id),
        reverse=True,
    )
    return tuple(former)
