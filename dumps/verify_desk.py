"""What a process of a verification has before it, and what it hands over: findings, counts, words, controls."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from anonymizer.rules.model import CollectionRule, Rules
from anonymizer.verification.chance import Fixed, Words
from anonymizer.verification.comparison import Comparison
from anonymizer.verification.digests import Digester, DigestSet
from anonymizer.verification.findings import Findings, Place
from anonymizer.verification.judges import Court
from anonymizer.verification.lookout import Lookout
from anonymizer.verification.records import Places, Recorder
from anonymizer.verification.tally import Tally
from dumps.schema import Collector

# Of each thing that a process remembers, such as the pairs of a column: so few that memory is flat long before a dump
# is large, and enough for what repeats, such as names, towns and kinds.
MOST_REMEMBERED = 10_000
Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Plan:
    """What all processes of a verification know.

    Attributes:
        rules: The rules, by namespace.
        own: The same, by table.
        source: The source's schema, without tables that are dropped.
        places: Numbers of paths.
        digester: Of the verification's key.
        targets: By namespace: columns that others refer to.
        followed: By namespace: columns whose references are to resolve.
        folder: Where digests are kept.
        needed_bits: How many possibilities a value needs.
        sieve_bits: How large the sieve of identity values is.
        bucket_bits: How many buckets records go to.
    """

    rules: Rules
    own: dict[str, CollectionRule]
    source: Collector
    places: Places
    digester: Digester
    targets: dict[str, tuple[str, ...]]
    followed: dict[str, frozenset[str]]
    folder: Path
    needed_bits: float
    sieve_bits: int
    bucket_bits: int

    @property
    def gathered(self) -> Path:
        """The folder of what is gathered of the source."""
        return self.folder / "gathered"

    @property
    def records(self) -> Path:
        """The folder of what is compared across rows."""
        return self.folder / "records"

    def recorder(self) -> Recorder:
        """Give a recorder for this process."""
        return Recorder(self.records, self.digester, self.bucket_bits)


@dataclass
class Found:
    """What a process hands over at its end."""

    findings: dict[Place, int] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    words: dict[int, Words] = field(default_factory=dict)
    fixed: dict[int, Fixed] = field(default_factory=dict)

    def merge(self, other: Found) -> None:
        """Take over what another process found."""
        for place, count in other.findings.items():
            self.findings[place] = self.findings.get(place, 0) + count
        self.tally.merge(other.tally)
        for path, words in other.words.items():
            self.words.setdefault(path, Words()).merge(words)
        for path, fixed in other.fixed.items():
            self.fixed.setdefault(path, Fixed()).merge(fixed)


class Desk:
    """What a process judges with.

    What the shared judges count goes to a counter that is emptied after each pair of values (`counted`): a pair that
    was clean is then counted as often as it comes without being judged again, so that counts do not depend on what a
    process remembers, and are the same for one process and for many.

    Args:
        plan: What all know.
        originals: The source's identity values.
    """

    def __init__(self, plan: Plan, originals: DigestSet) -> None:
        self.plan, self.findings, self.tally = plan, Findings(), Tally()
        self._counter: defaultdict[str, int] = defaultdict(int)  # emptied so often, a Counter would be slow
        self.tally.values = cast("Counter[str]", self._counter)
        self.lookout = Lookout(originals, self.findings, self.tally, recounts=True, remembers=MOST_REMEMBERED)
        self.recorder = plan.recorder()
        self.court = Court(self.findings, self.lookout, self.recorder, self.tally, remembers=False)
        self._numbers: dict[Counts, int] = {(): 0}
        self._times: list[int] = [0]

    def comparison(self, rule: CollectionRule, followed: frozenset[str]) -> Comparison:
        """Give a comparison of a table's rows."""
        return Comparison(rule, self.court, self.lookout, self.plan.places, followed)

    def counted(self) -> int:
        """Give the number of what was counted since it was last asked."""
        counts = tuple(self._counter.items())
        self._counter.clear()
        number = self._numbers.get(counts)
        if number is None:
            number = self._numbers[counts] = len(self._times)
            self._times.append(0)
        return number

    def count(self, number: int, times: int = 1) -> None:
        """Count so often what has a number."""
        self._times[number] += times

    def count_now(self) -> None:
        """Count what was counted since `counted` was last asked."""
        self._times[self.counted()] += 1

    def hand_over(self) -> Found:
        """Write the records, and give all else."""
        self.count_now()
        self.recorder.flush()
        values: Counter[str] = Counter()
        for counts, number in self._numbers.items():
            for name, count in counts:
                values[name] += count * self._times[number]
        self.tally.values = values
        return Found(dict(self.findings.counts), self.tally, self.court.words, self.court.fixed)
