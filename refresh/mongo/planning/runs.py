"""Finished refreshes as the plan reckons with them, read from their ledgers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from refresh.records import ledgers

MOST_RUNS = 5  # what is older says little of today's machines and data
# The phases of a job that grow with the data; others (listing, structures, starting) do not.
_GROWING = {"anonymize": ("sample", "copy", "indexes"), "verify": ("gather", "compare", "join")}


@dataclass(frozen=True, kw_only=True)
class Run:
    """A refresh that finished.

    Attributes:
        refresh_id: Its id.
        finished_at: When, ISO 8601.
        data_as_of: The moment that its data is from, ISO 8601.
        rules_sha256: Hash of its rules.
        seconds: What each step took.
        work_seconds: For some steps, how much of that grows with the data.
        documents: What the anonymizer read, by collection.
        data_bytes: What the data took on the source's file system; 0 where the ledger does not say.
        full_bytes: What had ever been written to the source's volume; 0 where AWS did not say.
        source_instance_id: The member that its snapshot was of.
        source_volume_ids: The volumes that its snapshots were of.
        in_one_go: Whether no step had to be run twice, so that its times are those of the work alone.
    """

    refresh_id: str
    finished_at: str
    data_as_of: str
    rules_sha256: str
    seconds: Mapping[str, float]
    work_seconds: Mapping[str, float]
    documents: Mapping[str, int]
    data_bytes: int = 0
    full_bytes: int = 0
    source_instance_id: str = ""
    source_volume_ids: tuple[str, ...] = ()
    in_one_go: bool = True

    @property
    def total_documents(self) -> int:
        """How many documents it read."""
        return sum(self.documents.values())

    @property
    def total_seconds(self) -> float:
        """How long its steps took together."""
        return sum(self.seconds.values())


def finished(past: Sequence[Mapping[str, Any]]) -> list[Run]:
    """Read the refreshes that finished; one that only drafted rules served nothing.

    Args:
        past: Ledgers.

    Returns:
        The newest first; a ledger of an older layout gives what it has.
    """
    ended = [each for each in past if each.get("state") == ledgers.FINISHED and _has_served(each.get("steps", {}))]
    ended.sort(key=lambda each: str(each.get("finished_at", "")), reverse=True)
    return [_run(each) for each in ended]


def _has_served(steps: Mapping[str, Any]) -> bool:
    return "snapshot" in steps and "draft_rules" not in steps


def typical(runs: Sequence[Run]) -> list[Run]:
    """Choose the runs to reckon with.

    Args:
        runs: The newest first.

    Returns:
        The newest of those that went through in one go; of all, where none did.
    """
    smooth = [run for run in runs if run.in_one_go]
    return list(smooth or runs)[:MOST_RUNS]


def _run(ledger: Mapping[str, Any]) -> Run:
    steps: Mapping[str, Mapping[str, Any]] = ledger["steps"]
    facts = {name: record.get("facts", {}) for name, record in steps.items()}
    source, restored = facts["snapshot"], facts.get("restore", {})
    rows = facts.get("anonymize", {}).get("collections") or ()
    return Run(
        refresh_id=str(ledger["refresh_id"]),
        finished_at=str(ledger.get("finished_at", "")),
        data_as_of=str(source.get("data_as_of", "")),
        rules_sha256=str(ledger.get("rules_sha256", "")),
        seconds={name: float(record.get("seconds", 0.0)) for name, record in steps.items()},
        work_seconds=_work(facts),
        documents={f"{row['database']}.{row['collection']}": int(row.get("read") or 0) for row in rows},
        data_bytes=int(source.get("data_bytes") or 0),
        full_bytes=int(restored.get("snapshot_bytes") or 0),
        source_instance_id=str(source.get("source_instance_id", "")),
        source_volume_ids=tuple(source.get("source_volume_ids") or filter(None, [source.get("source_volume_id")])),
        in_one_go=all(int(record.get("runs", 1)) == 1 for name, record in steps.items() if name != "preflight"),
    )


def _work(facts: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Say how much of a step grows with the data, where its record says so."""
    work = {}
    for step, phases in _GROWING.items():
        took = facts.get(step, {}).get("phase_seconds")
        if took:
            work[step] = sum(float(took.get(phase, 0.0)) for phase in phases)
    waited = facts.get("restore", {}).get("snapshot_wait_seconds")
    return work if waited is None else {**work, "restore": float(waited)}
