"""Worker processes: started clean, replaced when one dies, gone with their parent whatever ends it.

Workers and parent share no lock: one that is killed while it holds a lock would stop all others for good. Each has a
pipe and a counter of its own.
"""

from __future__ import annotations

import gc
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, Protocol, TypeVar

from anonymizer.errors import AnonymizerError, ServerError
from anonymizer.parallel import processes
from anonymizer.parallel.sharing import CONTEXT, MOST_WORKERS, Shared

__all__ = ["Shared", "run"]

_POLL_SECONDS = 0.5
_JOIN_SECONDS = 20


class Named(Protocol):
    """A task that says which collection it is about."""

    @property
    def namespace(self) -> str: ...


Task = TypeVar("Task", bound=Named)
Outcome = TypeVar("Outcome")


def run(
    tasks: Iterable[Task],
    work: Callable[[Task], Outcome],
    begin: Callable[..., None],
    arguments: tuple[Any, ...],
    workers: int,
    shared: Shared,
    watch: Callable[[int], None],
    again: Callable[[Task], None] = lambda task: None,
) -> Generator[tuple[Task, Outcome], None, None]:
    """Do tasks in processes and give each outcome as it comes.

    Args:
        tasks: What to do, in order; the next one is taken when a worker is free for it.
        work: Does one; a module's function.
        begin: Prepares a process; a module's function that takes `shared` and then `arguments`.
        arguments: They reach the processes through a pipe: no secret gets into a command line or an environment.
        workers: How many processes.
        shared: What all share.
        watch: Called at least twice a second with the documents done.
        again: Called before a task is done a second time, because the process that did it died.

    Raises:
        ServerError: A process died for the second time at the same task.
    """
    crew: _Crew[Task, Outcome] = _Crew(min(workers, MOST_WORKERS), (begin, work, shared, arguments), again)
    try:
        feed = iter(tasks)
        while crew.feed(feed):
            finished = crew.finished()
            crew.feed(feed)  # before the outcomes are dealt with: nobody waits for that
            processes.refuse_if_asked()
            watch(shared.documents)
            yield from finished
    finally:
        shared.stop()
        crew.end()


@dataclass
class _Worker(Generic[Task]):
    process: Any
    pipe: Connection
    place: int
    task: Task | None = None
    counted: int = 0


class _Crew(Generic[Task, Outcome]):
    """The processes, who does what, and what has to be done again."""

    def __init__(self, most: int, job: tuple[Any, ...], again: Callable[[Task], None]) -> None:
        self._most, self._job, self._again = most, job, again
        self._shared: Shared = job[2]
        self._workers: dict[int, _Worker[Task]] = {}
        self._repeated: deque[Task] = deque()
        self._died_at: list[Task] = []

    def feed(self, tasks: Iterator[Task]) -> bool:
        """Give each free worker a task, starting workers as they are needed; tell whether anyone has one."""
        for place in range(self._most):
            worker = self._workers.get(place)
            if worker and worker.task is not None:
                continue
            task = self._repeated.popleft() if self._repeated else next(tasks, None)
            if task is None:
                break
            self._give(worker or self._start(place), task)
        return any(worker.task is not None for worker in self._workers.values())

    def finished(self) -> list[tuple[Task, Outcome]]:
        """Wait a moment and give what has been done."""
        found = []
        by_pipe = {worker.pipe: worker for worker in self._workers.values()}
        for ready in wait(list(by_pipe), timeout=_POLL_SECONDS):
            worker = by_pipe[ready]  # type: ignore[index]
            try:
                done, answer = worker.pipe.recv()
            except (EOFError, OSError):
                self._bury(worker)
                continue
            if not done:
                raise answer
            if worker.task is not None:
                found.append((worker.task, answer))
            worker.task = None
        return found

    def end(self) -> None:
        """End all processes: at their next batch, or by force."""
        for worker in self._workers.values():
            worker.pipe.close()
        for worker in self._workers.values():
            worker.process.join(_JOIN_SECONDS)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()

    def _start(self, place: int) -> _Worker[Task]:
        ours, theirs = CONTEXT.Pipe()
        process = CONTEXT.Process(target=_serve, args=(os.getpid(), place, theirs, *self._job), daemon=True)
        with processes.signals_held():
            process.start()
        theirs.close()
        self._workers[place] = _Worker(process, ours, place, counted=self._shared.counted(place))
        return self._workers[place]

    def _give(self, worker: _Worker[Task], task: Task) -> None:
        worker.task, worker.counted = task, self._shared.counted(worker.place)
        with suppress(OSError):  # it is dead, which `finished` will notice
            worker.pipe.send(task)

    def _bury(self, worker: _Worker[Task]) -> None:
        """Let a dead worker's task be done again, once: it may be the task that kills."""
        worker.pipe.close()
        worker.process.join()
        del self._workers[worker.place]
        if worker.task is None:
            return
        if worker.task in self._died_at:
            raise ServerError(
                f"copying or reading {worker.task.namespace}: the worker process died twice at the same part (out of "
                "memory?); give the host more memory or take fewer --workers, then run the same command again: it "
                "goes on where it was"
            )
        self._died_at.append(worker.task)
        self._shared.forget(worker.place, worker.counted)
        self._again(worker.task)
        self._repeated.append(worker.task)


def _serve(
    parent: int,
    place: int,
    pipe: Connection,
    begin: Callable[..., None],
    work: Callable[[Task], Outcome],
    shared: Shared,
    arguments: tuple[Any, ...],
) -> None:
    """Be a worker: do what comes through the pipe until it is closed."""
    processes.settle(parent)
    gc.disable()  # documents hold no cycles; decoding is a third faster without it
    shared.take_place(place)
    begin(shared, *arguments)
    gc.freeze()  # what is there now stays: collecting after a task need not look at it each time (measured: 10 ms)
    with suppress(EOFError, OSError):
        while True:
            task = pipe.recv()
            pipe.send(_attempt(work, task))
    os._exit(0)  # all is done and sent; an orderly end would wait half a second for the driver's threads


def _attempt(work: Callable[[Task], Outcome], task: Task) -> tuple[bool, Any]:
    try:
        return True, work(task)
    except AnonymizerError as error:
        return False, error
    except Exception as error:  # noqa: BLE001 (whatever it is, its text may hold a value: only its place is told)
        return False, AnonymizerError(f"{task.namespace}: {processes.place_of(error)}")
