"""What a worker process of a verification has: servers, files, and what stays between its tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from anonymizer.mongo import Client
from anonymizer.parallel import pool
from anonymizer.rules.model import CollectionRule
from anonymizer.verification.chance import Fixed, Words
from anonymizer.verification.comparison import Comparison
from anonymizer.verification.digests import Collector, Digester, DigestSet
from anonymizer.verification.findings import Findings, Place
from anonymizer.verification.judges import Court
from anonymizer.verification.lookout import Lookout
from anonymizer.verification.records import Places, Recorder
from anonymizer.verification.tally import Tally
from anonymizer.verification.task import Plan


@dataclass
class Side:
    """Which of the documents of one task were seen, and what was found; pickled, it goes to the parent.

    Attributes:
        sizes: How long the files became that the task wrote records to.
    """

    source: int = 0
    target: int = 0
    findings: dict[Place, int] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    words: dict[int, Words] = field(default_factory=dict)
    fixed: dict[int, Fixed] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)


@dataclass
class Worker:
    """A process.

    Attributes:
        collector: Takes identity values, in the first phase.
        bench: Compares, in the second.
    """

    shared: pool.Shared
    source: Client
    target: Client
    plan: Plan
    digester: Digester
    folder: Path
    places: Places
    recorder: Recorder
    collector: Collector | None = None
    bench: Bench | None = None

    def gathers(self) -> Collector:
        """Give the collector of the process."""
        if self.collector is None:
            self.collector = Collector(self.folder, self.digester, self.plan.sieve_bits)
        return self.collector

    def compares(self) -> Bench:
        """Give the bench of the process; there are originals to look for only after the first phase."""
        if self.bench is None:
            findings, tally = Findings(), Tally()
            lookout = Lookout(DigestSet(self.plan.originals(self.folder), self.digester), findings, tally)
            self.bench = Bench(self, lookout, Court(findings, lookout, self.recorder, tally))
        return self.bench


@dataclass
class Bench:
    """What stays between the tasks of a process: what was found clean once is not looked at again."""

    worker: Worker
    lookout: Lookout
    court: Court
    comparisons: dict[str, Comparison] = field(default_factory=dict)

    def comparison(self, rule: CollectionRule) -> Comparison:
        """Give the comparison of a collection."""
        name = rule.namespace
        if name not in self.comparisons:
            followed = self.worker.plan.followed.get(name, frozenset())
            self.comparisons[name] = Comparison(rule, self.court, self.lookout, self.worker.places, followed)
        return self.comparisons[name]

    def hand_over(self, side: Side) -> None:
        """Give what was found and counted since the last time."""
        court = self.court
        side.findings, side.words, side.fixed = dict(court.findings.counts), dict(court.words), dict(court.fixed)
        side.tally.merge(court.tally)
        court.findings.counts.clear()
        court.words.clear()
        court.fixed.clear()
        court.tally.clear()
