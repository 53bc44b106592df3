"""What a worker process of a run does: checks, masks and writes one partition after the other."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from anonymizer import mongo
from anonymizer.keys import Keyring
from anonymizer.mongo import Client, server_errors
from anonymizer.parallel import partitions, processes
from anonymizer.parallel.partitions import Partition
from anonymizer.rules.model import CollectionRule, Rules
from anonymizer.transfer.sampling import Selector
from anonymizer.transfer.writing import Writer
from anonymizer.treatment.program import Program
from anonymizer.treatment.unlisted import Place

# The garbage collector is off in a worker, but what the driver leaves in cycles holds whole batches: after so many
# bytes, and after each part, it is called. At each batch it took a quarter of a microsecond a document (measured).
_COLLECTED_BYTES = 8 << 20


@dataclass(frozen=True)
class Outcome:
    """What one partition came to; `whole`: everything that had to be written is there."""

    read: int
    written: int
    unlisted: dict[Place, int]
    whole: bool


@dataclass(frozen=True)
class Setup:
    """What a worker needs to know; addresses and keys are in it, so it is never shown.

    Attributes:
        source: Address of the server to read.
        target: Address of the candidate.
        preserved: Address of today's staging, or empty.
        selectors: Which documents of a sampled collection are copied.
    """

    source: str = field(repr=False)
    target: str = field(repr=False)
    preserved: str = field(repr=False)
    rules: Rules
    keyring: Keyring
    selectors: dict[str, Selector]


class Sharing(Protocol):
    """What a worker asks of that which all workers share."""

    @property
    def closed(self) -> bool:
        """Whether nothing may be written any more."""

    def advance(self, documents: int) -> None:
        """Count documents."""

    def close(self) -> None:
        """Let nobody write any more."""


class _Latest(threading.local):
    """The rules that were at work last; each thread's own, for a worker of a Dask cluster may have several."""

    rule: CollectionRule | None = None
    program: Program | None = None


@dataclass
class _Worker:
    """What a worker process keeps from task to task."""

    shared: Sharing
    setup: Setup
    source: Client
    target: Client
    preserved: Client | None
    latest: _Latest = field(default_factory=_Latest)

    def program(self, rule: CollectionRule) -> Program:
        """Give the rules of a collection at work, with nothing found yet.

        They are kept for the next part of the collection: making them takes as long as masking a thousand documents.
        """
        program = self.latest.program if self.latest.rule is rule else None
        if program is None:
            self.latest.program = None
            gc.unfreeze()  # so that the former ones go, cycles and all
            gc.collect()
            program = Program(rule, self.setup.keyring)
            self.latest.rule, self.latest.program = rule, program
            gc.freeze()  # so that collecting after each batch need not look at what stays
        program.unlisted.counts.clear()
        return program


_worker: _Worker


def begin_worker(shared: Sharing, setup: Setup) -> None:
    """Prepare a worker process."""
    global _worker  # noqa: PLW0603 (a pool's process has no other place to keep it)
    processes.keep_memory()
    preserved = mongo.connect(setup.preserved) if setup.preserved else None
    _worker = _Worker(shared, setup, mongo.connect(setup.source), mongo.connect(setup.target), preserved)


def stop_writing() -> None:
    """Let this process only check from now on."""
    _worker.shared.close()


def copy_partition(partition: Partition) -> Outcome:
    """Check, mask and write one partition; from the first unlisted path on, anywhere, only check."""
    rule = _worker.setup.rules.collections[partition.namespace]
    program = _worker.program(rule)
    writer = Writer(_worker.target, rule, ordered=partition.natural and not partition.unordered)
    read = written = wanted = held = 0
    with server_errors(f"copying {partition.namespace}"), _behind(writer.write) as write:
        for batch, looked_at in _batches(rule, partition):
            documents = program.treat(batch) if batch else []
            seen = len(documents) if looked_at is None else looked_at
            read += seen
            wanted += len(documents)
            if program.unlisted.counts:
                _worker.shared.close()
            if not _worker.shared.closed:
                write(documents)
                written += len(documents)
            _worker.shared.advance(seen)
            held += len(batch)
            del documents, batch
            if held >= _COLLECTED_BYTES:
                gc.collect()
                held = 0
    gc.collect()
    unlisted = dict(program.unlisted.counts)
    return Outcome(read, written, unlisted, written == wanted and not unlisted)


@contextmanager
def _behind(write: Callable[[Sequence[Any]], None]) -> Iterator[Callable[[Sequence[Any]], None]]:
    """Give a function that writes in a thread, so that the next documents are read and masked meanwhile.

    One lot at a time is being written, so that order and memory stay what they are; what goes wrong with it is raised
    when the next one comes, or at the end.
    """
    last: Future[None] | None = None
    with ThreadPoolExecutor(max_workers=1) as thread:

        def begin(documents: Sequence[Any]) -> None:
            nonlocal last
            if last:
                last.result()
            last = thread.submit(write, documents)

        yield begin
        if last:
            last.result()


def _batches(rule: CollectionRule, partition: Partition) -> Iterator[tuple[bytes, int | None]]:
    """Give what is to be treated, a bounded number of bytes at a time, and how many documents it was chosen from."""
    select = _worker.setup.selectors.get(partition.namespace)
    source = _worker.preserved if rule.mode == "preserve" and _worker.preserved else _worker.source
    for batch in partitions.batches(source, partition):
        for piece in partitions.pieces(batch):
            yield select(piece) if select else (piece, None)
