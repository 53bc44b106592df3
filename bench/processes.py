"""Runs a method in several processes that begin together, and takes the time from there to the last one's end."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from anonymizer.parallel.partitions import Partition
from bench.methods import METHODS, Copy

_START_SECONDS = 60


@dataclass(frozen=True)
class Timed:
    """What a run came to.

    Attributes:
        documents: How many were copied.
        seconds: From the first process's begin to the last one's end.
        cpu_seconds: CPU time of all processes in that time.
        peak_mib: The most memory that one process had, in MiB.
    """

    documents: int
    seconds: float
    cpu_seconds: float
    peak_mib: float


def run(method: str, copy: Copy, tasks: list[Partition], processes: int) -> Timed:
    """Copy all partitions; connections, imports and rules are there before the clock starts.

    Args:
        method: A name from `METHODS`.
        copy: What to copy.
        tasks: Its partitions.
        processes: How many.

    Raises:
        SystemExit: A process failed.
    """
    context = multiprocessing.get_context("spawn")
    todo, done = context.Queue(), context.Queue()
    for task in [*tasks, *[None] * processes]:
        todo.put(task)
    barrier = context.Barrier(processes)
    workers = [context.Process(target=_work, args=(method, copy, todo, done, barrier)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    found: list[tuple[int, float, float, float, float]] = []
    try:
        while len(found) < processes:
            found.append(done.get(timeout=1800))
            if found[-1][0] < 0:
                raise SystemExit(f"bench: a process of {method} failed; its error stands above")
    finally:
        for worker in workers:
            if len(found) < processes:
                worker.terminate()
            worker.join()
    return Timed(
        sum(row[0] for row in found),
        max(row[2] for row in found) - min(row[1] for row in found),
        sum(row[3] for row in found),
        max(row[4] for row in found),
    )


def _work(method: str, copy: Copy, todo: Any, done: Any, barrier: Barrier) -> None:
    count = -1
    began = cpu = 0.0
    try:
        work = METHODS[method](copy)
        barrier.wait(_START_SECONDS)
        began, cpu = time.monotonic(), time.process_time()
        copied = 0
        while (task := todo.get()) is not None:
            copied += work(task)
        count = copied
    finally:
        done.put((count, began, time.monotonic(), time.process_time() - cpu, _peak_mib()))


def _peak_mib() -> float:
    """Give this process's peak memory; `ru_maxrss` would begin with that of the process it was forked from."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
