"""Parts of a run that need no server."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import bson
import pytest
from bson import Int64, ObjectId

from anonymizer.errors import ServerError
from anonymizer.mongo import Collection
from anonymizer.parallel import pool, processes
from anonymizer.parallel.partitions import Extent, Partition, pieces
from anonymizer.progress import Progress
from anonymizer.rules.reader import parse
from anonymizer.transfer.fitting import may_collide
from anonymizer.transfer.outcomes import Copies
from anonymizer.transfer.sampling import Followed, Selector, canonical, canonical_id, digest_of, values_at
from anonymizer.transfer.sampling_plan import target_of
from anonymizer.transfer.state import Done
from anonymizer.transfer.structures import Builds, named_by
from anonymizer.transfer.writing import id_first

KEY = b"k" * 32


def rows(count):
    return [bson.encode({"_id": n, "pad": "x" * (n % 50)}) for n in range(count)]


def test_pieces_of_a_batch_are_whole_documents_and_bounded():
    batch = b"".join(rows(500))
    cut = list(pieces(batch, 700))
    assert b"".join(cut) == batch
    assert all(len(piece) <= 700 for piece in cut)
    assert all(bson.decode_all(piece) for piece in cut)
    assert list(pieces(batch, len(batch))) == [batch]
    assert list(pieces(batch, 10)) == rows(500), "a document larger than that comes alone"
    assert list(pieces(b"")) == []


def test_the_size_of_parts_depends_on_the_collection_alone_and_is_bounded_in_bytes():
    assert Extent(10**9, 500).partition == Extent(2 * 10**9, 500).partition
    assert Extent(300_000, 500).partition == Extent(310_000, 505).partition
    assert Extent(10**6, 10 << 20).partition * (10 << 20) <= 128 << 20
    assert Extent(0, 1).partition >= 1
    assert Extent(10**6, 16 << 20).batch == 1


def test_an_id_that_stands_late_is_compared_where_the_server_puts_it():
    late = bson.encode(bson.SON([("a", 1), ("b", "x"), ("_id", ObjectId(b"i" * 12)), ("c", [1, {"d": 2}])]))
    first = bson.encode(bson.SON([("_id", ObjectId(b"i" * 12)), ("a", 1), ("b", "x"), ("c", [1, {"d": 2}])]))
    assert id_first(late) == first == id_first(first)
    without = bson.encode({"a": 1})
    assert id_first(without) == without


@pytest.mark.parametrize("value", [5, Int64(5), 5.0])
def test_numbers_that_mongodb_holds_for_equal_are_one_reference(value):
    assert canonical(value) == canonical(5) == canonical_id(bson.encode({"_id": value}))


@pytest.mark.parametrize("value", ["5", 5.5, True, None, ObjectId(b"i" * 12), {"a": 1}, float("nan"), b"x", 1e300])
def test_an_id_has_one_form_decoded_or_not(value):
    assert canonical(value) == canonical_id(bson.encode({"_id": value}))
    assert canonical(value) == canonical_id(bson.encode(bson.SON([("a", 1), ("_id", value)])))
    assert canonical(value) != canonical(5)


def test_values_at_a_path_are_found_through_arrays_and_maps():
    document = {"a": [{"b": 1}, {"b": [2, 3]}, {}], "m": {"x": {"id": 4}, "y": {"id": 5}}}
    assert list(values_at(document, ("a", "[]", "b", "[]"))) == [2, 3]
    assert list(values_at(document, ("a", "b"))) == [1, 2, 3]
    assert list(values_at(document, ("m", "*", "id"))) == [4, 5]
    assert list(values_at(document, ("n",))) == []


def test_a_selector_takes_its_share_and_what_is_followed(tmp_path):
    followed, batch = Followed(tmp_path / "f"), b"".join(rows(4000))
    drawn = Selector("d.c", KEY, 2**64 // 10, followed)
    taken, seen = drawn(batch)
    assert seen == 4000
    assert 300 < len(bson.decode_all(taken)) < 500
    assert Selector("d.c", KEY, 2**64 // 10, followed)(batch)[0] == taken
    assert Selector("d.c", b"o" * 32, 2**64 // 10, followed)(batch)[0] != taken
    assert followed.add("d.c _id", [digest_of(KEY, canonical(7.0))] * 2) == 1
    followed.close()
    only = Selector("d.c", KEY, 0, followed, ("_id",))
    assert bson.decode_all(only(batch)[0]) == [{"_id": 7, "pad": "x" * 7}]
    followed.close()


def test_references_find_collections_with_dots_in_their_names():
    rules = parse({"version": 1, "databases": {"d": {"a": {"mode": "drop"}, "a.b": {"mode": "drop"}}}})
    assert [target_of(rules, text)[1] for text in ("d.a.x", "d.a.b.c", "d.a.b._id")] == ["x", "c", "_id"]
    assert target_of(rules, "d.z._id") is None


def test_a_field_may_collide_if_one_of_its_cases_may():
    cases = [{"when": {"kind": "phone"}, "mask": "phone"}, "email"]
    fields = {"_id": "keep", "kind": "keep", "one": "email", "more": cases}
    rules = parse({"version": 1, "databases": {"d": {"c": {"mode": "mask", "fields": fields}}}})
    told = {path: may_collide(rule) for path, rule in rules.collections["d.c"].fields.items()}
    assert told == {"_id": False, "kind": False, "one": False, "more": True}


def test_a_view_names_collections_at_any_depth():
    inner = [{"$unionWith": "u"}, {"$graphLookup": {"from": "g"}}, {"$facet": {"x": [{"$lookup": {"from": "l"}}]}}]
    view = Collection(
        "d", "v", "view", {"viewOn": "on", "pipeline": [{"$unionWith": {"coll": "c", "pipeline": inner}}]}
    )
    assert named_by(view) == {"d.on", "d.c", "d.u", "d.g", "d.l"}


def test_progress_tells_rate_and_seconds_left_and_counts_what_was_done_before(tmp_path):
    told = []
    progress = Progress(tmp_path / "p.json", every_seconds=0, told=[told.append])
    progress.phase("copy", 1000, before=400)
    progress.at("d.c", 100)
    state = json.loads((tmp_path / "p.json").read_text())
    assert (state["documents"], state["total"], state["collection"]) == (500, 1000, "d.c")
    assert state["documents_per_second"] > 0
    assert state["seconds_left"] >= 0
    assert told[-1] == state


def test_a_collection_is_done_when_its_last_part_is_and_no_more_will_follow():
    rules = parse({"version": 1, "databases": {"d": {"c": {"mode": "copy", "fields": ["_id"]}}}})
    copies = Copies()
    counts = {"read": 4, "written": 3, "masked": 0}
    copies.begin(rules.collections.values(), Done(parts={"d.c": {"part a": counts}}))
    part = copies.opened(Partition("d", "c"))
    assert not copies.closed(part)
    assert copies.all_cut("d.c")
    assert copies.counts("d.c") == counts


def test_builds_are_bounded_and_their_errors_come_out():
    builds, begun = Builds(most=1), []
    builds.submit("d.a", lambda: begun.append("a"))
    assert list(builds.done(5)) == ["d.a"]

    def fail():
        raise ValueError("ann@mail.de")

    builds.submit("d.b", fail)
    with pytest.raises(Exception, match=r"d\.b.*ValueError") as raised:
        list(builds.done(5))
    assert "ann@" not in str(raised.value)
    builds.cancel()
    builds.join()
    assert begun == ["a"]


def test_an_error_of_the_tool_is_told_by_its_place_without_its_text():
    try:
        json.loads("ann@mail.de")
    except ValueError as error:
        told = processes.place_of(error)
    assert "JSONDecodeError at" in told
    assert "ann@" not in told


def test_what_a_dead_worker_had_counted_is_taken_back():
    shared = pool.Shared()
    shared.advance(5)
    shared.take_place(3)
    shared.advance(7)
    assert shared.documents == 12
    shared.forget(3, 0)
    assert shared.documents == 5


@dataclass(frozen=True)
class Task:
    mark: Path
    deaths: int
    namespace: str = "d.c"


def ready(shared):
    """Prepare a worker; there is nothing to prepare."""


def die_or_not(task):
    before = task.mark.read_text() if task.mark.exists() else ""
    if len(before) < task.deaths:
        task.mark.write_text(before + "x")
        os.kill(os.getpid(), signal.SIGKILL)
    return len(before)


@pytest.mark.sandbox
def test_a_task_whose_worker_dies_is_done_again_once_and_no_more(tmp_path):
    tasks = [Task(tmp_path / str(n), deaths=n % 2) for n in range(6)]
    again = []

    def run(tasks):
        return list(
            pool.run(tasks, die_or_not, ready, (), 2, pool.Shared(), lambda documents: None, again=again.append)
        )

    done = dict(run(tasks))
    assert {task.mark.name: deaths for task, deaths in done.items()} == {str(n): n % 2 for n in range(6)}
    assert sorted(task.mark.name for task in again) == ["1", "3", "5"]
    with pytest.raises(ServerError, match="died twice"):
        run([Task(tmp_path / "killer", deaths=9)])
