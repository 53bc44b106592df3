"""All measurements of one run, method after method within each round, so that a busy machine is unjust to all alike."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import datetime, timezone
from pathlib import Path
from statistics import median
from typing import Any

from anonymizer.treatment import native
from bench import measure, peers, scale, stages
from bench.documents import LARGE, SMALL, USUAL, Kind
from bench.processes import Timed
from bench.servers import Server

Pair = tuple[Server, Server]
_USUAL_PROCESSES = 2
_OURS = ("raw", "kernel", "python")  # what is tried with any number of processes
_MEMORY_PARTS = 3  # memory is looked at with a third of the documents, and ten thirds


def measure_set(pair: Pair, kind: Kind, documents: int, options: argparse.Namespace) -> dict[str, Any]:
    """Measure the copies of one set of documents."""
    _say(f"filling the {kind.name} set: {documents} documents")
    size = measure.fill(pair[0], kind, documents)
    methods = _methods()
    counts = options.processes if kind is USUAL else [_USUAL_PROCESSES]
    found: dict[tuple[str, int], list[measure.Cost]] = {}
    for number in range(options.rounds):
        for count in counts:
            for method in methods if count == _USUAL_PROCESSES else _OURS:
                if method not in methods:
                    continue
                _say(f"{kind.name}, round {number + 1}: {method}, {count} process(es)")
                found.setdefault((method, count), []).append(measure.copy(method, pair, kind, count))
    rows: list[dict[str, Any]] = [
        {"method": method, "processes": count, **_median(costs)} for (method, count), costs in found.items()
    ]
    raw = {row["processes"]: row for row in rows if row["method"] == "raw"}
    for row in rows:
        beside = raw[row["processes"]]
        row["of_raw"] = row["documents_per_second"] / beside["documents_per_second"]
        row["of_raw_by_cpu"] = (beside["client_us"] + beside["servers_us"]) / (row["client_us"] + row["servers_us"])
    return {"documents": documents, "bytes": size, "masked_values": kind.masked_values, "rows": rows}


def measure_peers(pair: Pair, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure other tools over the usual set, which is there already."""
    rows = []
    for name, peer in peers.PEERS.items():
        found = []
        for number in range(options.rounds):
            _say(f"round {number + 1}: {name}")
            found.append(peer(pair, USUAL))
            if found[-1].seconds is None:
                break
        seconds = [one.seconds for one in found if one.seconds is not None]
        rate = options.documents / median(seconds) if seconds else None
        rows.append({"method": name, "documents_per_second": rate, "reason": found[-1].reason})
    return rows


def measure_scale(pair: Pair, options: argparse.Namespace) -> dict[str, Any]:
    """Measure time and memory at the documents of the usual set and at ten times as many."""
    _say("filling ten times the documents")
    kind = scale.fill(pair[0], USUAL, options.documents)
    most = options.documents * scale.TIMES
    found: dict[str, Any] = {"time": [], "memory": []}
    for method in [name for name in _methods() if name in _OURS]:
        _say(f"{method}: time at {options.documents} and {most} documents")
        few, many = _scaled(method, pair, kind, options)
        seconds = [median(one.seconds for one in few), many.seconds]
        cpu = [median(one.cpu_seconds for one in few), many.cpu_seconds]
        row = {"method": method, "documents": options.documents, "seconds": seconds, "client_cpu_seconds": cpu}
        found["time"].append(row)
    for method in [name for name in _methods() if name in ("kernel", "python")]:
        sizes = [options.documents // _MEMORY_PARTS, most // _MEMORY_PARTS]
        _say(f"{method}: memory at {sizes[0]} and {sizes[1]} documents")
        peaks = [scale.copy(method, pair, kind, count, 1).peak_mib for count in sizes]
        found["memory"].append({"method": method, "documents": sizes, "peak_mib": peaks})
    return found


def _scaled(method: str, pair: Pair, kind: Kind, options: argparse.Namespace) -> tuple[list[Timed], Timed]:
    """Copy the few documents once a round, for two seconds say little, and the many once, between them.

    So the few meet a source that has just read others, as the many do.
    """

    def copy(documents: int) -> Timed:
        return scale.copy(method, pair, kind, documents, _USUAL_PROCESSES)

    few = [copy(options.documents)]
    many = copy(options.documents * scale.TIMES)
    return [*few, *(copy(options.documents) for _ in range(options.rounds - 1))], many


def scale_alone(pair: Pair, options: argparse.Namespace) -> dict[str, Any]:
    """Measure that in a run of its own, for machines on which the whole takes too long."""
    _say(f"filling the usual set: {options.documents} documents")
    measure.fill(pair[0], USUAL, options.documents)
    return measure_scale(pair, options)


def measure_all(pair: Pair, options: argparse.Namespace) -> dict[str, Any]:
    """Measure everything that the options ask for."""
    few = max(options.documents // 10, 1_000)
    results: dict[str, Any] = {
        "machine": machine(pair[0]),
        "date": datetime.now(timezone.utc).date().isoformat(),
        "rounds": options.rounds,
        "kernel": native.module()[1] or "at hand",
        "load_before": os.getloadavg(),
        "sets": {"usual": measure_set(pair, USUAL, options.documents, options)},
        "stages_us": stages.stages(USUAL, min(options.documents, 30_000)),
    }
    results["peers"] = [] if options.no_peers else measure_peers(pair, options)
    results["scale"] = None if options.no_scale else measure_scale(pair, options)
    results["sets"]["small"] = measure_set(pair, SMALL, options.documents, options)
    results["sets"]["large"] = measure_set(pair, LARGE, few, options)
    results["load_after"] = os.getloadavg()
    return results


def machine(server: Server) -> dict[str, Any]:
    """Say what all of it ran on."""
    cpus = Path("/proc/cpuinfo").read_text()
    model = next((line.partition(":")[2].strip() for line in cpus.splitlines() if "model name" in line), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "python": f"{platform.python_version()} of {sys.base_prefix}",
        "mongod": server.client.server_info()["version"],
    }


def _methods() -> list[str]:
    return [name for name in ("raw", "kernel", "python", "naive") if name != "kernel" or native.module()[0]]


def _median(costs: list[measure.Cost]) -> dict[str, float]:
    return {name: median(getattr(cost, name) for cost in costs) for name in measure.Cost.__dataclass_fields__}


def _say(text: str) -> None:
    sys.stderr.write(f"  bench  {text}\n")
    sys.stderr.flush()
