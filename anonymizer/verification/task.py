"""What there is to do in a verification, part by part, in two phases that the same processes go through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from anonymizer.rules.model import CollectionRule, Rules

if TYPE_CHECKING:  # it needs the driver, which whoever verifies a dump has no use for: a fifth of a second
    from anonymizer.parallel.partitions import Partition

GATHER = "gather"
COMPARE = ("pairs", "unordered", "sample", "sampled_stream", "alone", "bytes")
_REFERABLE = ("mask", "copy", "sample")


@dataclass(frozen=True)
class Task:
    """A part of a collection and what is done with it: `GATHER` or one of `COMPARE`."""

    kind: str
    part: Partition

    @property
    def namespace(self) -> str:
        """Database and collection as MongoDB writes them."""
        return self.part.namespace


@dataclass(frozen=True)
class Plan:
    """What all workers are told.

    Attributes:
        rules: The rules.
        needed_bits: How many possibilities a value needs, so that no two are equal by chance.
        sieve_bits: How large the sieve of identity values is.
        bucket_bits: How many buckets records go to.
        targets: By collection: its paths that others refer to.
        followed: By collection: its paths whose references are to resolve.
    """

    rules: Rules
    needed_bits: float
    sieve_bits: int
    bucket_bits: int
    targets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    followed: dict[str, frozenset[str]] = field(default_factory=dict)

    @staticmethod
    def originals(folder: Path) -> Path:
        """Give the file with the digests of all identity values."""
        return folder / "sorted"


def references(rules: Rules, there: set[str]) -> tuple[dict[str, tuple[str, ...]], dict[str, frozenset[str]]]:
    """Give what refers to what, where it can be expected to resolve.

    A collection of which only a sample is there is not expected to have what others refer to, unless they follow.

    Returns:
        Paths that are referred to, by collection, and paths that refer, by collection.
    """
    targets: dict[str, set[str]] = {}
    followed: dict[str, set[str]] = {}
    for name in there:
        rule = rules.collections[name]
        for path, one in rule.fields.items():
            found = target_of(rules, one.refers_to) if one.refers_to else None
            if found is None or found[0].namespace not in there or found[0].mode not in _REFERABLE:
                continue
            if found[0].mode == "sample" and not (rule.sample and path in rule.sample.follow):
                continue
            targets.setdefault(found[0].namespace, set()).add(found[1])
            followed.setdefault(name, set()).add(path)
    return (
        {name: tuple(sorted(some)) for name, some in targets.items()},
        {name: frozenset(some) for name, some in followed.items()},
    )


def target_of(rules: Rules, reference: str) -> tuple[CollectionRule, str] | None:
    """Split `database.collection.path` by the collections there are, whose names may have dots too."""
    names = [name for name in rules.collections if reference.startswith(f"{name}.")]
    if not names:
        return None
    name = max(names, key=len)
    return rules.collections[name], reference[len(name) + 1 :]


class Phases:
    """Tasks of two phases: those of the second come when all of the first are done and `between` has run.

    It may be asked for more after it had none, which the pool does whenever a process is free.
    """

    def __init__(self, first: list[Task], second: list[Task], between: Callable[[], None]) -> None:
        self._first, self._second = iter(first), iter(second)
        self._left, self._between, self._passed = len(first), between, False

    def __iter__(self) -> Iterator[Task]:
        return self

    def __next__(self) -> Task:
        task = next(self._first, None)
        if task is not None:
            return task
        if self._left:
            raise StopIteration
        if not self._passed:
            self._passed = True
            self._between()
        return next(self._second)

    def done(self) -> None:
        """Note that a task of the first phase is done."""
        self._left -= 1
