"""Where the CPU time of a document goes, stage by stage, in one process with nothing in its way."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from typing import Any

import bson

from anonymizer.bsontypes import DECODE
from anonymizer.keys import Keyring
from anonymizer.rules import reader
from anonymizer.treatment import native, odd
from anonymizer.treatment.program import Program
from bench.documents import DATABASE, Kind
from bench.methods import KEY

_BATCH = 3_000
_AT_ONCE = 100
_ROUNDS = 3


def stages(kind: Kind, documents: int) -> dict[str, float]:
    """Give microseconds of CPU a document, by stage.

    Args:
        kind: Which documents.
        documents: How many of them.
    """
    made = [bson.encode(row) for row in kind.documents(0, documents)]
    batches = [b"".join(made[at : at + _BATCH]) for at in range(0, len(made), _BATCH)]
    rule = reader.parse(kind.rules()).collections[f"{DATABASE}.{kind.name}"]

    def program(switch: str) -> Program:
        os.environ[native.SWITCH] = switch
        return Program(rule, Keyring(KEY))

    groups = [made[at : at + _AT_ONCE] for at in range(0, len(made), _AT_ONCE)]
    decode = _cost(documents, lambda: _each(groups, lambda group: bson.decode_all(b"".join(group), DECODE)))
    check = _cost(documents, lambda: _each(groups, lambda group: odd.decoded(b"".join(group), group))) - decode
    python = _cost(documents, lambda: _treat(program("off"), batches))
    again = _cost(documents, lambda: _each(groups, _decoded_and_encoded))
    encode = again - decode
    found = {
        "python: decode": decode,
        "python: check that nothing was lost": check,
        "python: check paths and types, mask": python - decode - check - encode,
        "python: encode": encode,
    }
    if program("on").engine == "kernel":
        found["kernel: check, mask, copy the rest"] = _cost(documents, lambda: _treat(program("on"), batches))
    return found


def _each(groups: list[list[bytes]], work: Callable[[list[bytes]], Any]) -> None:
    for group in groups:
        work(group)


def _decoded_and_encoded(group: list[bytes]) -> list[bytes]:
    return [bson.encode(row, codec_options=DECODE) for row in bson.decode_all(b"".join(group), DECODE)]


def _treat(program: Program, batches: list[bytes]) -> None:
    for batch in batches:
        program.treat(batch)


def _cost(documents: int, work: Callable[[], Any]) -> float:
    """Give the least CPU time of a few rounds: what lies above it is the machine's doing."""
    least = float("inf")
    gc.collect()
    gc.disable()
    try:
        for _ in range(_ROUNDS):
            began = time.process_time()
            work()
            least = min(least, time.process_time() - began)
    finally:
        gc.enable()
    return least * 1e6 / documents
