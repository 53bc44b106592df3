"""Where the CPU time of a document goes, stage by stage, in one process with nothing in its way."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from typing import Any

import bson

from anonymizer import native, odd, rules
from anonymizer.bsontypes import DECODE
from anonymizer.keys import Keyring
from anonymizer.program import Program
from bench.documents import DATABASE, Kind
from bench.methods import KEY

_BATCH = 3_000
_ROUNDS = 3


def stages(kind: Kind, documents: int) -> dict[str, float]:
    """Give microseconds of CPU a document, by stage.

    Args:
        kind: Which documents.
        documents: How many of them.
    """
    made = [bson.encode(row) for row in kind.documents(0, documents)]
    batches = [b"".join(made[at : at + _BATCH]) for at in range(0, len(made), _BATCH)]
    rule = rules.parse(kind.rules()).collections[f"{DATABASE}.{kind.name}"]

    def program(switch: str) -> Program:
        os.environ[native.SWITCH] = switch
        return Program(rule, Keyring(KEY))

    decode = _cost(documents, lambda: [bson.decode_all(batch, DECODE) for batch in batches])
    check = _cost(documents, lambda: [odd.decoded(batch) for batch in batches]) - decode
    python = _cost(documents, lambda: _treat(program("off"), batches))
    masked = [row for batch in batches[:2] for row in program("off").treat(batch)]
    encode = _cost(len(masked), lambda: [bson.encode(row, codec_options=DECODE) for row in masked])
    found = {
        "python: decode": decode,
        "python: check that nothing was lost": check,
        "python: check paths and types, mask": python - decode - check,
        "python: encode": encode,
    }
    if program("on").engine == "kernel":
        found["kernel: check, mask, copy the rest"] = _cost(documents, lambda: _treat(program("on"), batches))
    return found


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
