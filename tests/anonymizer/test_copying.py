"""What a worker process keeps from one part of a collection to the next, and what it must not."""

from __future__ import annotations

import threading

import bson
import pytest

from anonymizer.keys import Keyring
from anonymizer.rules import reader
from anonymizer.transfer import copying


@pytest.fixture
def worker():
    """A worker without servers: making programs needs none."""
    fields = {"a": {"mode": "mask", "fields": {"_id": "keep"}}, "b": {"mode": "mask", "fields": {"_id": "keep"}}}
    rules = reader.parse({"version": 1, "databases": {"d": fields}})
    setup = copying.Setup("", "", "", rules, Keyring(b"\1" * 32), {})
    return copying._Worker(None, setup, None, None, None)


def test_rules_are_compiled_once_for_the_parts_of_a_collection(worker):
    rules = worker.setup.rules.collections
    first = worker.program(rules["d.a"])
    assert worker.program(rules["d.a"]) is first
    assert worker.program(rules["d.b"]) is not first


def test_what_was_unlisted_in_one_part_is_not_counted_in_the_next(worker):
    rule = worker.setup.rules.collections["d.a"]
    program = worker.program(rule)
    program.treat(bson.encode({"_id": 1, "new": 2}))
    assert sum(program.unlisted.counts.values()) == 1
    assert not worker.program(rule).unlisted.counts


def test_threads_of_one_process_do_not_share_what_they_find(worker):
    rule = worker.setup.rules.collections["d.a"]
    other = []
    thread = threading.Thread(target=lambda: other.append(worker.program(rule)))
    thread.start()
    thread.join()
    assert other[0] is not worker.program(rule)
