"""Whether ten times the documents take ten times the time, and whether memory stays flat."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import Any

from bson.raw_bson import RawBSONDocument

from anonymizer import rawbson
from anonymizer.parallel import partitions
from anonymizer.parallel.partitions import Partition
from bench import processes
from bench.documents import DATABASE, Kind
from bench.methods import Copy
from bench.servers import Server

TIMES = 10
_ID_AT = 9  # the documents begin with `_id` as a 32-bit number: length (4), type (1), name (4)


def fill(source: Server, kind: Kind, documents: int) -> Kind:
    """Put ten copies of a collection into another one, under new ids; gives its kind."""
    scaled = replace(kind, name=f"{kind.name}_scaled")
    # A raw batch is bytes whatever the collection's documents are; the driver's annotation says otherwise.
    rows: Any
    rows, into = source.client[DATABASE][kind.name], source.client[DATABASE][scaled.name]
    into.drop()
    for time in range(TIMES):
        for batch in rows.find_raw_batches({}, batch_size=5_000):
            into.insert_many([_renumbered(row, time * documents) for row in rawbson.documents(batch)], ordered=False)
    return scaled


def _renumbered(raw: bytes, more: int) -> RawBSONDocument:
    (number,) = struct.unpack_from("<i", raw, _ID_AT)
    return RawBSONDocument(raw[:_ID_AT] + struct.pack("<i", number + more) + raw[_ID_AT + 4 :])


def copy(method: str, pair: tuple[Server, Server], kind: Kind, documents: int, count: int) -> processes.Timed:
    """Copy the first so many documents, cut as the product cuts them."""
    source, target = pair
    known = replace(partitions.extent(source.client, DATABASE, kind.name), documents=documents)
    bounds = [(low, min(low + known.partition, documents)) for low in range(0, documents, known.partition)]
    tasks = [Partition(DATABASE, kind.name, (low,), (high,), batch=known.batch) for low, high in bounds]
    target.client[DATABASE].drop_collection(kind.name)
    timed = processes.run(method, Copy(source.socket, target.socket, kind), tasks, count)
    if timed.documents != documents:
        raise SystemExit(f"bench: {method} copied {timed.documents} documents of {documents}")
    return timed
