from __future__ import annotations

import bson
import pytest

from anonymizer.keys import Keyring
from anonymizer.parallel.partitions import Partition
from anonymizer.rules import reader
from anonymizer.transfer import copying

RULES = {"version": 1, "databases": {"d": {name: {"mode": "mask", "fields": {"_id": "keep"}} for name in "ab"}}}


class Shared:
    """What workers share, of one worker."""

    closed = False

    def advance(self, documents):
        """Count nothing."""

    def close(self):
        self.closed = True


class Writer:
    """Takes documents and writes them nowhere."""

    def __init__(self, target, rule, *, ordered):
        """Take what the real one takes."""

    def write(self, documents):
        """Write nothing."""


@pytest.fixture
def copy(monkeypatch):
    """Give a function that copies documents of a collection as a worker does, and the programs it made."""
    made, source = [], []

    def program(rule, keyring):
        made.append(real(rule, keyring))
        return made[-1]

    real = copying.Program
    monkeypatch.setattr(copying, "Program", program)
    monkeypatch.setattr(copying, "Writer", Writer)
    monkeypatch.setattr(copying.mongo, "connect", lambda address: None)
    monkeypatch.setattr(copying, "_batches", lambda rule, partition: [(b"".join(map(bson.encode, source)), None)])
    setup = copying.Setup("s", "t", "", rules=reader.parse(RULES), keyring=Keyring(bytes(32)), selectors={})
    copying.begin_worker(Shared(), setup)

    def copy(collection, *documents):
        source[:] = documents
        return copying.copy_partition(Partition("d", collection))

    return copy, made


def test_parts_of_a_collection_are_done_by_one_program(copy):
    copy, made = copy
    assert [copy(name, {"_id": 1}).whole for name in "aab"] == [True, True, True]
    assert [program.unlisted.collection for program in made] == ["d.a", "d.b"]


def test_what_one_part_has_unlisted_is_not_told_of_the_next(copy):
    copy, made = copy
    outcomes = [copy("a", *documents) for documents in ([{"_id": 1, "x": 2}], [{"_id": 2}])]
    assert [outcome.unlisted for outcome in outcomes] == [{("d.a", "x", "int"): 1}, {}]
    assert len(made) == 2
