"""Makes collections and views in the candidate and builds their indexes, beside the copy of other collections."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

from pymongo.errors import OperationFailure, PyMongoError

from anonymizer.errors import AnonymizerError, ServerError
from anonymizer.mongo import Client, Collection, server_errors
from anonymizer.rules.model import CollectionRule, Rules
from anonymizer.transfer.writing import DUPLICATE_KEY, collision

_MOST_BUILDS = 2  # each may take 200 MB of the server's memory by default
_STAGES_WITH_COLLECTION = ("$lookup", "$graphLookup", "$unionWith")


def create(target: Client, collection: Collection) -> None:
    """Make a collection or view with the options it has in the source."""
    target[collection.database].command({"create": collection.name, **collection.options})


def build_indexes(target: Client, rule: CollectionRule, specs: list[dict[str, Any]]) -> None:
    """Build indexes as they are in the source, all of a collection in one pass over it.

    Raises:
        UsageError: Masked values collide in a unique index.
        ServerError: The server refused.
    """
    if not specs:
        return
    try:
        with server_errors(f"building the indexes of {rule.namespace}"):
            _create_indexes(target, rule, specs)
    except ServerError:
        if len(specs) == 1:
            raise
        for spec in specs:  # one at a time, to learn which it is
            build_indexes(target, rule, [spec])


def _create_indexes(target: Client, rule: CollectionRule, specs: list[dict[str, Any]]) -> None:
    try:
        target[rule.database].command({"createIndexes": rule.collection, "indexes": specs})
    except OperationFailure as error:
        if error.code == DUPLICATE_KEY:
            spec = _spec_of((error.details or {}).get("keyPattern"), specs)
            raise collision(rule, spec["name"], list(spec["key"])) from None
        names = ", ".join(spec["name"] for spec in specs)
        raise ServerError(
            f"index {names} of {rule.namespace} cannot be built: code {error.code}; see the candidate's log"
        ) from None


def _spec_of(pattern: Any, specs: list[dict[str, Any]]) -> dict[str, Any]:
    return next((spec for spec in specs if spec.get("unique") and dict(spec["key"]) == pattern), specs[0])


class Builds:
    """Builds of indexes that go on beside the copy: some at once, the others wait.

    Threads do it, as all that they do is wait for the server; none of them keeps the command from ending.
    """

    def __init__(self, most: int = _MOST_BUILDS) -> None:
        self._most = most
        self._waiting: queue.SimpleQueue[tuple[str, Callable[[], None]]] = queue.SimpleQueue()
        self._ended: queue.SimpleQueue[tuple[str, Exception | None]] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._cancelled = threading.Event()
        self.pending = 0

    def submit(self, namespace: str, build: Callable[[], None]) -> None:
        """Let a collection's indexes be built."""
        self.pending += 1
        self._waiting.put((namespace, build))
        if len(self._threads) < self._most:
            thread = threading.Thread(target=self._serve, daemon=True)
            self._threads.append(thread)
            thread.start()

    def done(self, wait_seconds: float = 0) -> Iterator[str]:
        """Give the collections whose indexes have been built since the last call.

        Args:
            wait_seconds: How long to wait for the first.

        Raises:
            AnonymizerError: A build failed.
        """
        while self.pending:
            try:
                namespace, error = self._ended.get(timeout=wait_seconds) if wait_seconds else self._ended.get_nowait()
            except queue.Empty:
                return
            self.pending -= 1
            wait_seconds = 0
            if error:
                raise error
            yield namespace

    def cancel(self) -> None:
        """Begin no further build."""
        self._cancelled.set()

    def join(self) -> None:
        """Wait until the builds that have begun are over; to be called after `cancel`."""
        for _ in self._threads:
            self._waiting.put(("", lambda: None))  # wakes a thread that waits
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        while not self._cancelled.is_set():
            namespace, build = self._waiting.get()
            if self._cancelled.is_set():
                return
            self._ended.put((namespace, _outcome(namespace, build)))


def _outcome(namespace: str, build: Callable[[], None]) -> Exception | None:
    try:
        build()
    except AnonymizerError as error:
        return error
    except PyMongoError as error:
        return ServerError(f"building the indexes of {namespace}: {type(error).__name__}; see the candidate's log")
    except Exception as error:  # noqa: BLE001 (a thread's error would be lost; its text may hold a value)
        return AnonymizerError(f"building the indexes of {namespace}: the tool failed with {type(error).__name__}")
    return None


def notes(rules: Rules, listed: list[tuple[CollectionRule, Collection]]) -> Iterator[dict[str, str]]:
    """Give what whoever reads the result should know: views that name a collection that is not copied."""
    dropped = {name for name, rule in rules.collections.items() if rule.mode == "drop"}
    for rule, collection in listed:
        if collection.kind == "view" and rule.mode != "drop":
            for name in sorted(named_by(collection) & dropped):
                yield {"kind": "view_names_dropped", "collection": rule.namespace, "about": name}


def named_by(view: Collection) -> set[str]:
    """Give the namespaces that a view's definition names."""
    names = {view.options["viewOn"], *_named(view.options.get("pipeline", []))}
    return {f"{view.database}.{name}" for name in names}


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for inner in value:
            yield from _named(inner)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in _STAGES_WITH_COLLECTION:
                name = inner if isinstance(inner, str) else inner.get("from", inner.get("coll"))
                if isinstance(name, str):
                    yield name
            yield from _named(inner)
