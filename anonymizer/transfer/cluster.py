"""Copies parts of collections on a Dask cluster: the same function, the same records as on one host.

Dask does a task again whose worker died, which is harmless for a part of a collection (docs/adr/0010). Key and URIs go
to the cluster's workers, so they have to be reached over TLS.
"""

from __future__ import annotations

# ruff: noqa: PLC0415 (dask is an extra: requirements-dask.txt)
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlsplit

from anonymizer.codehash import code_sha256
from anonymizer.errors import AnonymizerError, Interrupted, ServerError, UsageError
from anonymizer.parallel import processes
from anonymizer.parallel.partitions import Partition
from anonymizer.parallel.pool import Shared
from anonymizer.transfer import copying
from anonymizer.transfer.copying import Outcome, Setup

_POLL_SECONDS = 0.05
_TASKS_A_THREAD = 2  # one at work, one waiting: nobody waits for this host, and little is under way at once
_CONNECT_SECONDS = 20
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class _Far:
    """Stands for what processes of one host share: a cluster's workers share nothing but what a task tells them."""

    def __init__(self) -> None:
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether nothing may be written any more."""
        return self._closed

    def advance(self, documents: int) -> None:
        """Count nothing: outcomes are counted where they arrive."""

    def close(self) -> None:
        """Write no more."""
        self._closed = True


_begun = ""
_lock = threading.Lock()


def refuse_unfit(scheduler: str, source: str, target: str) -> None:
    """Refuse addresses that a cluster cannot reach, or over which key and documents would go in clear.

    Raises:
        UsageError: With what to change.
    """
    parts = urlsplit(scheduler)
    if parts.scheme not in ("tcp", "tls") or not parts.hostname:
        raise UsageError("--dask takes the address of a scheduler, as in tls://scheduler:8786")
    if parts.scheme == "tcp" and parts.hostname not in _LOOPBACK:
        raise UsageError(
            "--dask: over tcp:// the pseudonym key would cross the network in clear; start the cluster with TLS and "
            "give its tls:// address (Dask's own configuration names the certificates)"
        )
    for side, address in (("source", source), ("target", target)):
        if not _is_tls(address):
            raise UsageError(
                f"--dask needs --{side}-uri-env with tls=true in its URI: the cluster's workers must reach the server"
            )


def run(
    scheduler: str,
    tasks: Iterator[Partition],
    setup: Setup,
    code: str,
    shared: Shared,
    watch: Callable[[int], None],
) -> Generator[tuple[Partition, Outcome], None, None]:
    """Copy parts on a cluster and give each outcome as it comes.

    Args:
        scheduler: The cluster's address.
        tasks: Parts of collections; none that has to be copied in one stream.
        setup: What a worker needs to know.
        code: The hash of the code that the workers must have too.
        shared: Counts documents; told when nothing may be written any more.
        watch: Called often with the documents done.

    Raises:
        UsageError: Dask is not installed.
        ServerError: The cluster cannot be reached, has other code, or gave a part up.
    """
    client = _connect(scheduler)
    pending: dict[Any, Partition] = {}
    try:
        _check_workers(client, code)
        run_id = uuid.uuid4().hex
        most = _TASKS_A_THREAD * max(1, sum(client.nthreads().values()))
        while True:
            for task in islice(tasks, most - len(pending)):
                future = client.submit(copy_far, run_id, setup, task, shared.closed, pure=False)
                pending[future] = task
            if not pending:
                return
            time.sleep(_POLL_SECONDS)
            for future in [future for future in pending if future.done()]:
                task = pending.pop(future)
                outcome = _result(future, task)
                shared.advance(outcome.read)
                if outcome.unlisted:
                    shared.close()
                yield task, outcome
            processes.refuse_if_asked()
            watch(shared.documents)
    finally:
        with suppress(Exception):
            client.cancel(list(pending))
        client.close()


def copy_far(run_id: str, setup: Setup, task: Partition, closed: bool) -> tuple[bool, Any]:  # noqa: FBT001 (a task's argument)
    """Copy a part, on a worker of the cluster; an error comes back as a value, so that Dask logs none of it."""
    global _begun  # noqa: PLW0603 (a worker's process keeps its connections from task to task)
    try:
        with _lock:
            if _begun != run_id:
                copying.begin_worker(_Far(), setup)
                _begun = run_id
            if closed:
                copying.stop_writing()
        return True, copying.copy_partition(task)
    except AnonymizerError as error:
        return False, error
    except Exception as error:  # noqa: BLE001 (its text may hold a value: only its place is told)
        return False, AnonymizerError(f"{task.namespace}: {processes.place_of(error)}")


def _connect(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("--dask needs the packages of requirements-dask.txt, which are not installed") from None
    try:
        return Client(scheduler, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        raise ServerError(f"the Dask scheduler cannot be reached ({type(error).__name__}); is it running?") from None


def _check_workers(client: Any, code: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
        codes = client.run(code_sha256)
    except Interrupted:
        raise
    except Exception as error:  # noqa: BLE001 (whatever a cluster answers; its text is not shown)
        raise ServerError(
            f"the Dask cluster has no worker that can do the work ({type(error).__name__}); start workers where this "
            "package can be imported"
        ) from None
    if set(codes.values()) != {code}:
        raise ServerError("workers of the Dask cluster have another version of this code; install the same on all")


def _result(future: Any, task: Partition) -> Outcome:
    try:
        done, answer = future.result()
    except Interrupted:
        raise
    except Exception as error:  # noqa: BLE001 (whatever a cluster answers; its text is not shown)
        raise ServerError(
            f"copying {task.namespace}: the Dask cluster gave a part up ({type(error).__name__}); see its workers' "
            "logs, and run the same command again: it goes on where it was"
        ) from None
    if not done:
        raise answer
    return answer


def _is_tls(address: str) -> bool:
    if address.startswith("mongodb+srv://"):
        return "tls=false" not in address.lower()
    options = {key.lower(): values[-1].lower() for key, values in parse_qs(address.partition("?")[2]).items()}
    return "://" in address and "true" in (options.get("tls"), options.get("ssl"))
