"""Looks for what should not be in a scrubbed dump: reads it beside its source, with code that is not the scrubber's.

Two passes. The first gathers digests of all identity values of the source. The second goes through both dumps side by
side: it pairs rows by their order, judges each masked and each kept value by its rule, looks through every value, every
definition and every comment of the result for identity values of the source, and records what is to be compared across
rows. The judges, the detectors, the evidence and the controls are the anonymizer's (docs/verify.md).
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, TypeVar

from anonymizer.rules.model import Rules
from anonymizer.verification import digests, evidence
from anonymizer.verification.control import plant_for_detectors
from anonymizer.verification.digests import Digester, DigestSet
from anonymizer.verification.findings import Findings
from anonymizer.verification.joined import Joined
from anonymizer.verification.lookout import Lookout
from anonymizer.verification.records import Places, bucket_bits
from anonymizer.verification.tally import Tally
from anonymizer.verification.task import references
from dumps import crew, verify_rows
from dumps.schema import Collector
from dumps.verify_desk import Found, Plan
from dumps.verify_gather import gather
from dumps.verify_keys import fitted
from dumps.verify_sides import Sides

T = TypeVar("T")


@dataclass
class Outcome:
    """What a verification gives.

    Attributes:
        checks: What each check looked at, and how it showed that it can find.
        findings: What was found: kind, table, column, how often; never a value.
    """

    checks: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)


def verify(
    file: IO[bytes], result: Path, rules: Rules, source: Collector, folder: Path, rows: int, workers: int = 1
) -> Outcome:
    """Verify a scrubbed dump.

    Args:
        file: The source, plain or gzip; it can be read again from its beginning.
        result: The scrubbed dump.
        rules: The rules.
        source: The source's schema, without tables that are dropped.
        folder: Where digests are kept while it goes on: a disk with room.
        rows: About how many rows the source has.
        workers: Processes that look; the outcome is the same for any number.

    Raises:
        CutShortError: One of the dumps ends too early.
        ServerError: A process died, or the disk is full.
    """
    workers = min(workers, rows // verify_rows.PART_ROWS + 1)  # more would have nothing to do
    with tempfile.TemporaryDirectory(prefix=f".{result.name}.digests-", dir=folder) as scratch:
        plan = _plan(rules, source, Path(scratch), rows)
        crew.together(lambda share: _read(file, lambda own: gather(plan, own, share)), workers)
        digests.merge(plan.gathered, plan.folder / "sorted")
        originals = DigestSet(plan.folder / "sorted", plan.digester)
        found = Found()
        plant_for_detectors(Lookout(originals, thrown := Findings(), Tally()), thrown, found.tally)
        for one in crew.together(
            lambda share: _read(file, lambda own: Sides(plan, originals, share).run(own, result)), workers
        ):
            found.merge(one)
        return _concluded(plan, found)


def _plan(rules: Rules, source: Collector, folder: Path, rows: int) -> Plan:
    own = {rule.collection: fitted(rule, rules, source) for rule in rules.collections.values()}
    fit = replace(rules, collections={rule.namespace: rule for rule in own.values()})
    targets, followed = references(fit, {rule.namespace for name, rule in own.items() if name in source.tables})
    plan = Plan(
        fit,
        own,
        source,
        Places(fit),
        Digester(secrets.token_bytes(32)),
        targets,
        followed,
        folder,
        evidence.needed_bits(rows),
        digests.sieve_bits(rows),
        bucket_bits(rows),
    )
    plan.gathered.mkdir()
    plan.records.mkdir()
    return plan


def _read(file: IO[bytes], work: Callable[[IO[bytes]], T]) -> T:
    """Let a process read a file from its beginning, at a place of its own: those that are forked share one."""
    try:
        number = file.fileno()
    except OSError:  # it lies in memory, which each process has for itself
        file.seek(0)
        return work(file)
    with open(f"/proc/self/fd/{number}", "rb") as own:  # noqa: PTH123 (no path: it may have no name any more)
        return work(own)


def _concluded(plan: Plan, found: Found) -> Outcome:
    findings = Findings()
    findings.merge(found.findings)
    joined = Joined(plan.rules, plan.places, plan.records, findings, found.tally)
    joined.pairs(found.words, found.fixed)
    joined.backs()
    joined.references()
    joined.groups()
    for check in found.tally.failed():
        findings.add("control", "", check)
    return Outcome(found.tally.rows(findings.by_kind(), joined.more), findings.rows())
