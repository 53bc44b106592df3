"""From source to candidate: what the rules name, masked on its way, and nothing else.

A collection is recorded as complete in the candidate's `local` database only when its documents and indexes are
there. Run again, those stay; all others are dropped and done again. Another key, other rules or other code start the
whole copy again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from pymongo.errors import OperationFailure

from anonymizer import mongo, partitions, pool
from anonymizer.copying import DUPLICATE_KEY, Outcome, begin_worker, collision, copy_partition
from anonymizer.errors import Mistake, RulesError, ServerError, UnlistedError
from anonymizer.keys import Keyring
from anonymizer.mongo import Client, Collection, server_errors
from anonymizer.partitions import Partition
from anonymizer.progress import Progress
from anonymizer.rules import CollectionRule, Rules
from anonymizer.state import State
from anonymizer.unlisted import Unlisted, shown_name


@dataclass
class Copied:
    """What was done with one collection; `masked` counts documents that went through masks."""

    database: str
    collection: str
    mode: str
    read: int = 0
    written: int = 0
    masked: int = 0


@dataclass
class Transfer:
    """A run: source, candidate, rules, key.

    Attributes:
        unlisted: Everything found that no rule names, after `run`.
        copied: What was done with each collection, after `run`.
    """

    source_socket: str
    target_socket: str
    rules: Rules
    keyring: Keyring
    code_sha256: str
    workers: int
    progress: Progress
    unlisted: Unlisted = field(default_factory=Unlisted)
    copied: dict[str, Copied] = field(default_factory=dict)

    def run(self) -> None:
        """Copy everything that the rules name.

        Raises:
            UnlistedError: The source holds what no rule names; all of it is in `unlisted`, and the candidate is empty.
            RulesError: A rule does not fit the kind of its collection.
            ServerError: A server refused or failed.
            UsageError: Masked values collide in a unique index.
        """
        self._source, self._target = mongo.connect(self.source_socket), mongo.connect(self.target_socket)
        try:
            with server_errors("the source"):
                mongo.refuse_unfit(self._source)
                found = mongo.collections(self._source)
            self._state = State(self._target, self.rules.sha256, self.code_sha256, self.keyring.check_value())
            listed = [(rule, found[name]) for name, rule in self.rules.collections.items() if name in found]
            fitting(listed)
            self._note_unlisted_collections(found)
            self._copy([(rule, collection) for rule, collection in listed if rule.mode != "drop"])
        finally:
            self._source.close()
            self._target.close()

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

    def _copy(self, listed: list[tuple[CollectionRule, Collection]]) -> None:
        with server_errors("preparing the candidate"):
            complete = self._state.prepare()
        for rule, _ in listed:
            self.copied[rule.namespace] = Copied(
                rule.database, rule.collection, rule.mode, **complete.get(rule.namespace, {})
            )
        due = [pair for pair in listed if pair[0].namespace not in complete]
        tasks = self._begin_collections(due)
        left = {
            collection.namespace: sum(task.namespace == collection.namespace for task in tasks) for _, collection in due
        }
        by_name = {collection.namespace: pair for pair in due for collection in pair[1:]}
        for name in [name for name, open_tasks in left.items() if not open_tasks]:
            self._finish(*by_name[name])
        for task, outcome in self._work(tasks):
            self._add(task, outcome)
            left[task.namespace] -= 1
            if not left[task.namespace]:
                self._finish(*by_name[task.namespace])
        if self.unlisted.counts:
            with server_errors("emptying the candidate"):
                self._state.discard()
            raise UnlistedError(
                f"{len(self.unlisted.rows())} path(s) or collection(s) that no rule names; nothing was kept of the copy"
            )

    def _begin_collections(self, due: list[tuple[CollectionRule, Collection]]) -> list[Partition]:
        """Make the collections, empty, and cut what is to be copied."""
        self.progress.phase("prepare")
        tasks: list[Partition] = []
        total = 0
        for rule, collection in due:
            with server_errors(f"making {rule.namespace}"):
                if not self.unlisted.counts:
                    create(self._target, collection)
                if rule.mode == "empty" or collection.kind == "view":
                    continue
                documents = partitions.count(self._source, rule.database, rule.collection)
                total += documents
                if collection.one_stream or rule.masks_id:
                    tasks.append(Partition(rule.database, rule.collection, natural=True))
                else:
                    tasks += partitions.cut(self._source, rule.database, rule.collection, documents, self.workers)
        self.progress.phase("copy", total)
        return sorted(tasks, key=lambda task: not task.natural)  # what cannot be shared out begins first

    def _work(self, tasks: list[Partition]) -> Any:
        shared = pool.Shared()
        if self.unlisted.counts:
            shared.close()
        arguments = (self.source_socket, self.target_socket, self.rules, self.keyring)
        return (
            pool.run(tasks, copy_partition, begin_worker, arguments, self.workers, shared, self._watch) if tasks else ()
        )

    def _watch(self, documents: int) -> None:
        unfinished = next((name for name, copied in self.copied.items() if copied.read == 0), "")
        self.progress.at(unfinished, documents)

    def _add(self, task: Partition, outcome: Outcome) -> None:
        copied = self.copied[task.namespace]
        copied.read += outcome.read
        copied.written += outcome.written
        copied.masked += outcome.written if copied.mode == "mask" else 0
        self.unlisted.merge(outcome.unlisted)

    def _finish(self, rule: CollectionRule, collection: Collection) -> None:
        """Build the indexes of a collection whose documents are there, and record it."""
        if self.unlisted.counts:
            return
        if collection.kind != "view":
            with server_errors(f"reading the indexes of {rule.namespace}"):
                specs = mongo.indexes(self._source, collection)
            build_indexes(self._target, rule, specs)
        copied = asdict(self.copied[rule.namespace])
        with server_errors(f"recording {rule.namespace}"):
            self._state.record(rule.namespace, {key: copied[key] for key in ("read", "written", "masked")})


def fitting(listed: list[tuple[CollectionRule, Collection]]) -> None:
    """Refuse rules that do not fit the kind of their collection.

    Raises:
        RulesError: With every such rule.
    """
    wrong = []
    for rule, collection in listed:
        where = f"databases.{rule.database}.{rule.collection}.mode"
        if collection.kind == "view" and rule.mode in ("mask", "copy"):
            wrong.append(Mistake(where, "it is a view: empty carries its definition over, drop leaves it out"))
        if collection.kind == "timeseries" and rule.mode == "mask":
            wrong.append(
                Mistake(where, "it is a time-series collection, which cannot be masked yet: take copy, empty or drop")
            )
        if "clusteredIndex" in collection.options and rule.masks_id:
            wrong.append(
                Mistake(
                    where,
                    "its _id orders it (clustered), so it cannot be masked yet: keep _id, or take empty or drop",
                )
            )
    if wrong:
        raise RulesError(wrong)


def create(target: Client, collection: Collection) -> None:
    """Make a collection or view with the options it has in the source."""
    target[collection.database].command({"create": collection.name, **collection.options})


def build_indexes(target: Client, rule: CollectionRule, specs: list[dict[str, Any]]) -> None:
    """Build indexes as they are in the source.

    Raises:
        UsageError: Masked values collide in a unique index.
        ServerError: The server refused.
    """
    for spec in specs:
        try:
            target[rule.database].command({"createIndexes": rule.collection, "indexes": [spec]})
        except OperationFailure as error:
            if error.code == DUPLICATE_KEY:
                raise collision(rule, spec["name"], list(spec["key"])) from None
            raise ServerError(
                f"index {spec['name']} of {rule.namespace} cannot be built: code {error.code}; see the candidate's log"
            ) from None
