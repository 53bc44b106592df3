"""From source to candidate: what the rules name, masked on its way, and nothing else.

Parts of collections, and collections, are recorded in the candidate's `local` database once they are on its disk. Run
again, what is recorded stays and all else is done again, which is harmless. Another key, other rules or other code
start the whole copy again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from anonymizer import mongo
from anonymizer.errors import UnlistedError
from anonymizer.keys import Keyring
from anonymizer.mongo import Collection, server_errors
from anonymizer.parallel import partitions, pool, processes
from anonymizer.parallel.partitions import Partition
from anonymizer.progress import Progress
from anonymizer.rules.model import CollectionRule, Rules
from anonymizer.shown import shown_name
from anonymizer.transfer import cluster, fitting, preserving, structures
from anonymizer.transfer.copying import Outcome, Setup, begin_worker, copy_partition
from anonymizer.transfer.disk import DiskWatch
from anonymizer.transfer.outcomes import Copied, Copies
from anonymizer.transfer.sampling_plan import Plan
from anonymizer.transfer.state import Done, State
from anonymizer.treatment.unlisted import Unlisted

_INDEX_POLL_SECONDS = 0.5


@dataclass
class Transfer:
    """A run: source, candidate, rules, key.

    Attributes:
        source_address: Unix socket or URI of the server to read; so are the other addresses.
        preserved_address: Today's staging, for collections with mode `preserve`; empty where there is none.
        scheduler: Address of a Dask cluster that copies what can be shared out; empty for processes of this host.
        unlisted: Everything found that no rule names, after `run`.
        notes: What whoever reads the result should know, after `run`: kind, collection, and what it is about.
    """

    source_address: str = field(repr=False)
    target_address: str = field(repr=False)
    rules: Rules
    keyring: Keyring
    code_sha256: str
    workers: int
    progress: Progress
    preserved_address: str = field(default="", repr=False)
    scheduler: str = ""
    unlisted: Unlisted = field(default_factory=Unlisted)
    notes: list[dict[str, str]] = field(default_factory=list)

    @property
    def copied(self) -> dict[str, Copied]:
        """What was done with each collection, after `run`."""
        return self._copies.copied

    def run(self) -> None:
        """Copy everything that the rules name.

        Raises:
            UnlistedError: The source holds what no rule names; all of it is in `unlisted`, and the candidate is empty.
            RulesError: A rule does not fit the kind of its collection, or a mask its unique index.
            ServerError: A server refused or failed.
            UsageError: Masked values collide in a unique index.
        """
        self._copies = Copies()
        self._source, self._target = mongo.connect(self.source_address), mongo.connect(self.target_address)
        self._preserved = preserving.Preserved(self.preserved_address)
        try:
            with server_errors("the source"):
                mongo.refuse_unfit(self._source)
                found = mongo.collections(self._source)
            listed = [(rule, found[name]) for name, rule in self.rules.collections.items() if name in found]
            fitting.refuse(self._source, self.rules, listed, found, self.keyring)
            listed = self._preserved.take_over(self.rules, listed)
            self.notes += structures.notes(self.rules, listed)
            self._note_unlisted_collections(found)
            self._copy([(rule, collection) for rule, collection in listed if rule.mode != "drop"])
        finally:
            for server in (self._source, self._target, self._preserved):
                server.close()

    def _note_unlisted_collections(self, found: dict[str, Collection]) -> None:
        self.progress.phase("list")
        for name, collection in found.items():
            if name not in self.rules.collections:
                with server_errors(f"counting {shown_name(name)}"):
                    documents = (
                        0
                        if collection.kind == "view"
                        else partitions.count(self._source, collection.database, collection.name)
                    )
                self.unlisted.counts[shown_name(name), "", collection.kind] += documents

    def _copy(self, listed: fitting.Listed) -> None:
        self.progress.phase("prepare")
        with server_errors("preparing the candidate"):
            mongo.end_former(self._target)
            self._state = State(self._target, self.rules.sha256, self.code_sha256, self.keyring)
            done = self._state.prepare()
        self._copies.begin([rule for rule, _ in listed], done)
        self._due = {rule.namespace: (rule, one) for rule, one in listed if rule.namespace not in done.complete}
        self._builds, self._disk = structures.Builds(), DiskWatch(self._target)
        try:
            self._create(done)
            with tempfile.TemporaryDirectory(prefix="samples-", dir=self.progress.path.resolve().parent) as folder:
                self._work(done, Path(folder))
            self._end()
        finally:
            self._builds.cancel()

    def _create(self, done: Done) -> None:
        """Make the collections that are not there yet, empty."""
        for name, (_, collection) in self._due.items():
            if not self.unlisted.counts and name not in done.parts:
                with server_errors(f"making {name}"):
                    structures.create(self._target, collection)

    def _work(self, done: Done, folder: Path) -> None:
        self.progress.phase("sample")
        sampled = [rule for rule, _ in self._due.values() if rule.mode == "sample"]
        selectors = Plan(self._source, self.rules, self.keyring, folder).selectors(sampled) if sampled else {}
        known = {name: self._extent(rule) for name, (rule, one) in self._due.items() if _has_documents(rule, one)}
        self.progress.phase("copy", sum(extent.documents for extent in known.values()), self._copies.read(self._due))
        shared = pool.Shared()
        if self.unlisted.counts:
            shared.close()
        setup = Setup(
            self.source_address, self.target_address, self._preserved.address, self.rules, self.keyring, selectors
        )
        with closing(self._outcomes(done, known, setup, shared)) as outcomes:
            for task, outcome in outcomes:
                self._add(task, outcome)

    def _outcomes(
        self, done: Done, known: dict[str, partitions.Extent], setup: Setup, shared: pool.Shared
    ) -> Generator[tuple[Partition, Outcome], None, None]:
        """Copy on this host what goes in one stream or by a file of this host, the rest there or on a cluster."""
        far = [] if not self.scheduler else [name for name in known if self._is_shared_out(name, setup)]
        tasks = self._tasks(done, known, [name for name in self._due if name not in far])
        job = (copy_partition, begin_worker, (setup,), self.workers, shared, self._watch, self._do_again)
        yield from pool.run(tasks, *job)
        if far:
            tasks = self._tasks(done, known, far)
            yield from cluster.run(self.scheduler, tasks, setup, self.code_sha256, shared.again(), self._watch)

    def _is_shared_out(self, name: str, setup: Setup) -> bool:
        return name not in setup.selectors and not self._is_stream(*self._due[name])

    def _extent(self, rule: CollectionRule) -> partitions.Extent:
        server = self._preserved.server if rule.mode == "preserve" else self._source
        with server_errors(f"measuring {rule.namespace}"):
            return partitions.extent(server, rule.database, rule.collection)

    def _tasks(self, done: Done, known: dict[str, partitions.Extent], names: list[str]) -> Iterator[Partition]:
        """Cut what is to be copied; what cannot be shared out begins first, and takes longest."""
        streams = {name for name in known if self._is_stream(*self._due[name])}
        for name in sorted(names, key=lambda name: name not in streams):
            rule, collection = self._due[name]
            if name in streams:
                unordered = collection.kind == "timeseries"
                stream = Partition(rule.database, rule.collection, natural=True, unordered=unordered)
                yield self._copies.opened(stream)
            elif name in known:
                recorded = done.parts.get(name, {})
                with server_errors(f"cutting {name}"):
                    for part in partitions.ranges(self._source, rule.database, rule.collection, known[name]):
                        if self._state.name_of(part) not in recorded:
                            yield self._copies.opened(part)
            if self._copies.all_cut(name):
                self._finish(name)

    @staticmethod
    def _is_stream(rule: CollectionRule, collection: Collection) -> bool:
        return collection.one_stream or rule.masks_id or rule.mode == "preserve"

    def _do_again(self, task: Partition) -> None:
        """Prepare a task for being done again after its worker died: a stream begins with an empty collection."""
        if task.natural and not self.unlisted.counts:
            _, collection = self._due[task.namespace]
            with server_errors(f"emptying {task.namespace}"):
                mongo.end_former(self._target, task.database, task.collection)
                self._target[task.database].drop_collection(task.collection)
                structures.create(self._target, collection)

    def _watch(self, documents: int) -> None:
        self._disk.look()
        self.progress.at(self._copies.unfinished(), documents)
        self._record_built(self._builds.done())

    def _add(self, task: Partition, outcome: Outcome) -> None:
        self.unlisted.merge(outcome.unlisted)
        counts = self._copies.add(task, outcome)
        if outcome.whole and not task.natural and not self.unlisted.counts:
            with server_errors(f"recording a part of {task.namespace}"):
                self._state.record_part(task, counts)
        if self._copies.closed(task):
            self._finish(task.namespace)

    def _finish(self, name: str) -> None:
        """Have the indexes of a collection built whose documents are there."""
        rule, collection = self._due[name]

        def build() -> None:
            if collection.kind != "view":
                server = self._preserved.server if rule.mode == "preserve" else self._source
                with server_errors(f"reading the indexes of {name}"):
                    specs = mongo.indexes(server, collection)
                structures.build_indexes(self._target, rule, specs)

        if not self.unlisted.counts:
            self._builds.submit(name, build)

    def _record_built(self, names: Iterator[str]) -> None:
        for name in names:
            if not self.unlisted.counts:
                with server_errors(f"recording {name}"):
                    self._state.record(name, self._copies.counts(name))

    def _end(self) -> None:
        if self.unlisted.counts:
            self._builds.cancel()
            with server_errors("emptying the candidate"):
                self._state.discard()
                self._builds.join()
                self._state.discard()  # a build that had just begun may have made its collection again
            raise UnlistedError(
                f"{len(self.unlisted.rows())} path(s) or collection(s) that no rule names; nothing was kept of the copy"
            )
        if self._builds.pending:
            self.progress.phase("indexes", self._builds.pending)
        total = self._builds.pending
        while self._builds.pending:
            self._record_built(self._builds.done(_INDEX_POLL_SECONDS))
            self._disk.look()
            self.progress.at("", total - self._builds.pending)
        with server_errors("recording the end"):
            processes.refuse_if_asked()
            self._state.finish()
        self.progress.phase("done")


def _has_documents(rule: CollectionRule, collection: Collection) -> bool:
    return rule.mode != "empty" and collection.kind != "view"
