"""One measurement: fill the source, empty the target, copy, say what it cost."""

from __future__ import annotations

from dataclasses import dataclass

import bson
from bson.raw_bson import RawBSONDocument

from anonymizer.parallel import partitions
from bench import processes
from bench.documents import DATABASE, Kind
from bench.methods import Copy
from bench.servers import Server

_FILLED_AT_ONCE = 5_000


@dataclass(frozen=True)
class Cost:
    """What a copy cost.

    Attributes:
        documents_per_second: Throughput.
        seconds: Wall clock.
        client_us: CPU time of the copying processes, in microseconds a document.
        servers_us: CPU time of both mongods, in microseconds a document.
        peak_mib: The most memory that one copying process had.
    """

    documents_per_second: float
    seconds: float
    client_us: float
    servers_us: float
    peak_mib: float


def fill(source: Server, kind: Kind, documents: int) -> int:
    """Put generated documents into the source.

    Returns:
        Their mean size in bytes.
    """
    rows = source.client[DATABASE][kind.name]
    rows.drop()
    total = 0
    for first in range(0, documents, _FILLED_AT_ONCE):
        made = [bson.encode(row) for row in kind.documents(first, min(_FILLED_AT_ONCE, documents - first))]
        total += sum(map(len, made))
        rows.insert_many([RawBSONDocument(row) for row in made])
    return total // documents


def copy(method: str, pair: tuple[Server, Server], kind: Kind, count: int) -> Cost:
    """Copy a whole collection into a new one.

    Args:
        method: A name from `methods.METHODS`.
        pair: Source and target.
        kind: Which documents.
        count: How many processes.
    """
    source, target = pair
    client = source.client
    known = partitions.extent(client, DATABASE, kind.name)
    tasks = list(partitions.ranges(client, DATABASE, kind.name, known))
    into = target.client[DATABASE]
    into.drop_collection(kind.name)
    into.create_collection(kind.name)
    before = source.cpu_seconds() + target.cpu_seconds()
    timed = processes.run(method, Copy(source.socket, target.socket, kind), tasks, count)
    servers = source.cpu_seconds() + target.cpu_seconds() - before
    written = into[kind.name].estimated_document_count()
    if written != timed.documents:
        raise SystemExit(f"bench: {method} says {timed.documents} documents, the target has {written}")
    micro = 1e6 / timed.documents
    return Cost(
        timed.documents / timed.seconds,
        timed.seconds,
        timed.cpu_seconds * micro,
        servers * micro,
        timed.peak_mib,
    )
