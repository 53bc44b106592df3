"""What a refresh costs in dollars, from a table of list prices with its date: `prices.json` beside this module."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).with_name("prices.json")
_LEAST_SHOWN = 0.01
_HOURS_A_MONTH = 730.0  # as AWS reckons
_LEAST_BILLED_SECONDS = 60.0
_XLARGES = {"medium": 0.25, "large": 0.5, "xlarge": 1.0}  # within a family prices grow with the size


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Prices of a region.

    Attributes:
        region: The region that they are of.
        as_of: The day that they were typed in, ISO 8601.
        gp3_gib_month: A GiB of a gp3 volume for a month.
        snapshot_gib_month: A GiB of snapshots for a month.
        xlarge_hour: For a family of instances, an hour of its `xlarge`.
    """

    region: str
    as_of: str
    gp3_gib_month: float
    snapshot_gib_month: float
    xlarge_hour: Mapping[str, float]

    def instance_hour(self, kind: str) -> float | None:
        """Return an hour of an instance type; None where the table does not have its family."""
        family, _, size = kind.partition(".")
        multiple = re.fullmatch(r"(\d+)xlarge", size)
        xlarges = float(multiple[1]) if multiple else _XLARGES.get(size)
        price = self.xlarge_hour.get(family)
        return price * xlarges if price is not None and xlarges is not None else None


@dataclass(frozen=True, kw_only=True)
class Use:
    """What a refresh uses.

    Attributes:
        seconds: How long volumes and worker are there.
        worker_kind: The worker's instance type; empty where staging is its own worker.
        quarantine_gib: Size of the quarantine volume.
        candidate_gib: Size of the candidate volume.
        snapshot_gib: What is written in the snapshot, or the volume's size where nobody knows.
        kept_gib: Sizes of the volumes of staging that stay: the live one and those kept.
        golden_gib: Sizes of the volumes that golden snapshots are of; what is written of them, at most, is paid.
    """

    seconds: float
    worker_kind: str
    quarantine_gib: float
    candidate_gib: float
    snapshot_gib: float
    kept_gib: Sequence[float]
    golden_gib: Sequence[float] = ()


def prices(region: str) -> Prices:
    """Return a region's prices, or those of the table's own first region where it is not in it."""
    table = _table()
    found = region if region in table["regions"] else table["unlisted_region"]
    return Prices(region=found, as_of=table["as_of"], **table["regions"][found])


def lines(use: Use, region: str) -> list[str]:
    """Say what a refresh costs, and what staging's volumes cost from then on.

    Args:
        use: What it uses.
        region: Where.

    Returns:
        Lines for the plan.
    """
    price = prices(region)
    hours = max(use.seconds, _LEAST_BILLED_SECONDS) / 3600
    share = hours / _HOURS_A_MONTH
    volumes = (use.quarantine_gib + use.candidate_gib) * price.gp3_gib_month * share
    snapshot = use.snapshot_gib * price.snapshot_gib_month * share
    parts = [
        f"volumes of {use.quarantine_gib:.0f} and {use.candidate_gib:.0f} GiB {_dollars(volumes)}",
        f"snapshot of {use.snapshot_gib:.1f} GiB {_dollars(snapshot)}",
    ]
    worker = price.instance_hour(use.worker_kind) if use.worker_kind else 0.0
    if use.worker_kind:
        priced = _dollars(worker * hours) if worker is not None else "not in the price table"
        parts.insert(0, f"worker {use.worker_kind} {priced}")
    total = volumes + snapshot + (worker or 0.0) * hours
    kept = sum(use.kept_gib) * price.gp3_gib_month
    elsewhere = "" if price.region == region else f"; {region} is not in the table"
    without = " and the worker" if worker is None else ""
    table = f"list prices of {price.region}, {price.as_of}{elsewhere}"
    golden = sum(use.golden_gib) * price.snapshot_gib_month
    kept_golden = f", golden snapshots up to {_dollars(golden)}" if golden else ""
    return [
        f"  costs {_about(total)}{without} for {hours:.2f} h: {', '.join(parts)}",
        f"  staging's {len(use.kept_gib)} volumes cost {_dollars(kept)} a month from then on{kept_golden} ({table})",
    ]


def _about(amount: float) -> str:
    return f"about {_dollars(amount)}" if amount >= _LEAST_SHOWN else _dollars(amount)


def _dollars(amount: float) -> str:
    return "less than $0.01" if 0 < amount < _LEAST_SHOWN else f"${amount:.2f}"


@cache
def _table() -> Any:
    return json.loads(_TABLE.read_text(encoding="utf-8"))
