"""Killed at any moment, of any process, and run again: the candidate is what an undisturbed run makes."""

from __future__ import annotations

# ruff: noqa: DTZ001 (dates in BSON decode to naive UTC)
import json
import os
import random
import signal
import subprocess
import time
from datetime import datetime, timedelta
from pathlib import Path

import bson
import pytest
from bson.raw_bson import RawBSONDocument

pytestmark = pytest.mark.sandbox
LISTED = {"mode": "copy", "fields": ["_id", "n"]}
RULES = {
    "version": 1,
    "databases": {
        "d": {
            "people": {
                "mode": "mask",
                "fields": {"_id": "keep", "name": "name", "email": "email", "note": "text"},
            },
            "accounts": {"mode": "mask", "fields": {"_id": "email", "n": "keep"}},
            "mixed": {"mode": "copy", "fields": ["_id", "_id.a", "n"]},
            "capped": LISTED,
            "series": {"mode": "mask", "fields": {"_id": "keep", "t": "keep", "m": "token", "v": "keep"}},
            "part": {"mode": "sample", "share": 0.3, "fields": {"_id": "keep", "n": "keep"}},
        }
    },
}


def fill(server, people):
    data = server.client.d
    data.people.insert_many(
        [
            {"_id": n, "name": f"Given{n} Family{n}", "email": f"p{n}@mail.de", "note": "hello " * 9}
            for n in range(people)
        ]
    )
    data.people.create_index("email", unique=True)
    data.accounts.insert_many([{"_id": f"p{n}@mail.de", "n": n} for n in range(3000)])
    kinds = [int, "s{}".format, lambda n: {"a": n}, lambda n: datetime(2024, 1, 1) + timedelta(n), lambda n: n + 0.5]
    data.mixed.insert_many([{"_id": kinds[n % 5](n), "n": n} for n in range(12_000)])
    data.create_collection("capped", capped=True, size=1_000_000)
    data.capped.insert_many([{"_id": -n, "n": n} for n in range(3000)])
    data.create_collection("series", timeseries={"timeField": "t", "metaField": "m"})
    data.series.insert_many(
        [{"t": datetime(2024, 1, 1) + timedelta(hours=n), "m": f"person{n % 7}", "v": n} for n in range(3000)]
    )
    data.part.insert_many([{"_id": n, "n": n} for n in range(6000)])


def contents(server):
    """Give the documents of every collection, in natural order where that must stay."""
    found = {}
    for row in server.client.d.list_collections():
        if row["name"].startswith("system."):
            continue
        options = server.client.codec_options.with_options(document_class=RawBSONDocument)
        rows = [one.raw for one in server.client.d.get_collection(row["name"], codec_options=options).find()]
        in_order = row["name"] in ("accounts", "capped")
        if row["name"] == "series":  # buckets give the fields of a document in an order of their own
            rows = [bson.encode(dict(sorted(bson.decode(one).items()))) for one in rows]
        found[row["name"]] = [bytes(one) for one in (rows if in_order else sorted(rows, key=bytes))]
    found["(indexes)"] = [server.client.d.people.index_information()]
    return found


def workers_of(process):
    told = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
    return [pid for pid in map(int, told.stdout.split()) if "spawn_main" in command_of(pid)]


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def begun_workers(process):
    """Wait until workers have begun; give none where the run has ended."""
    while process.poll() is None:
        if workers := workers_of(process):
            return workers
        time.sleep(0.005)
    return []


def undisturbed_run(pair):
    """Run, and give what it came to and how long its workers lived."""
    process = pair.start("run", RULES)
    assert begun_workers(process)
    began = time.monotonic()
    _, stderr = process.communicate(timeout=300)
    lived = time.monotonic() - began
    assert process.returncode == 0, stderr
    return json.loads((pair.folder / "result.json").read_text())["collections"], lived


def kill(pair, process, chance, lived):
    """Kill the whole run, or one of its workers, at a random moment of its work; give what, and what was recorded."""
    whole = chance.random() < 0.5
    begun_workers(process)
    time.sleep(chance.uniform(0, lived))
    workers = workers_of(process)
    records = pair.target.client.local.understudy.count_documents({"_id": {"$ne": "run"}})
    if process.poll() is not None or not workers:
        return None
    try:
        if whole:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            os.kill(chance.choice(workers), signal.SIGKILL)
    except ProcessLookupError:
        return None
    return "run" if whole else "worker", records


def kill_and_compare(pair, kills, seed, people):
    fill(pair.source, people)
    rows, lived = undisturbed_run(pair)
    undisturbed = contents(pair.target)
    counted = {row["collection"]: (row["read"], row["written"]) for row in rows}
    assert counted["people"] == (people, people)
    assert 1500 < counted["part"][1] < 2100
    chance, done = random.Random(seed), []  # noqa: S311 (it decides when to kill)
    while len(done) < kills:
        pair.target.empty()
        finished = False
        while not finished:
            process = pair.start("run", RULES)
            if len(done) < kills and (killed := kill(pair, process, chance, lived)):
                done.append(killed)
            _, stderr = process.communicate(timeout=300)
            finished = process.returncode == 0
            assert finished or process.returncode == -signal.SIGKILL, (stderr, done)
        assert contents(pair.target) == undisturbed, done
        result = pair.do("run", RULES).result
        assert {row["collection"]: (row["read"], row["written"]) for row in result["collections"]} == counted, done
    return done


def test_killed_three_times_the_copy_is_that_of_an_undisturbed_run(pair):
    kill_and_compare(pair, 3, seed=5, people=30_000)


@pytest.mark.soak
def test_killed_twenty_times_the_copy_is_that_of_an_undisturbed_run(pair):
    done = kill_and_compare(pair, 20, seed=int(os.environ.get("UNDERSTUDY_TEST_SEED", "11")), people=100_000)
    assert {what for what, _ in done} == {"run", "worker"}
    assert sum(records > 0 for _, records in done) >= 5, "the control: many were killed with a part of the work done"


def test_a_resumed_run_leaves_recorded_parts_alone(pair):
    pair.source.client.d.people.insert_many([{"_id": n, "n": n, "pad": "x" * 200} for n in range(60_000)])
    told = {"version": 1, "databases": {"d": {"people": {"mode": "copy", "fields": ["_id", "n", "pad"]}}}}
    with pair.target.failing("insert", "d.people", after=45):  # of some sixty
        assert pair.do("run", told, workers=2).code != 0
    recorded = list(pair.target.client.local.understudy.find({"part_of": "d.people"}))
    assert recorded, "no part was recorded, or all were"
    assert all(set(row) == {"_id", "part_of", "counts"} and row["_id"].startswith("part ") for row in recorded)
    pair.target.client.d.people.update_one({"_id": 0}, {"$set": {"n": -1}})  # the first part is recorded
    ran = pair.do("run", told)
    assert ran.code == 0, ran.stderr
    assert ran.result["collections"][0]["written"] == 60_000
    assert pair.target.client.d.people.find_one({"_id": 0})["n"] == -1, "the part was copied again"
    assert pair.target.client.d.people.count_documents({}) == 60_000


def begun(pair, changed):
    """A run that was killed: a part is recorded, and the candidate has documents that no record tells of."""
    pair.source.client.d.c.insert_many([{"_id": n, "n": n} for n in range(9000)])
    told = {"version": 1, "databases": {"d": {"c": {"mode": "copy", "fields": ["_id", "n"]}}}}
    assert pair.do("run", told).code == 0
    state = pair.target.client.local.understudy
    state.update_one({"_id": "run"}, {"$set": {"finished": False}})
    state.delete_one({"_id": "d.c"})
    state.insert_one({"_id": "part of another cut", "part_of": "d.c", "counts": {"read": 0, "written": 0, "masked": 0}})
    if changed:
        pair.target.client.d.c.update_one({"_id": 4321}, {"$set": {"n": "changed"}})
    pair.target.client.d.c.delete_many({"_id": {"$gte": 8000}})
    return told


def test_a_document_that_is_there_already_is_harmless_when_it_is_equal(pair):
    told = begun(pair, changed=False)
    ran = pair.do("run", told)
    assert ran.code == 0, ran.stderr
    assert [row["n"] for row in pair.target.client.d.c.find().sort("_id", 1)] == list(range(9000))
    assert pair.do("verify", told).code == 0


def test_a_document_that_is_there_already_and_differs_is_told_without_its_values(pair):
    told = begun(pair, changed=True)
    verified = pair.do("verify", told)
    assert verified.code == 5
    assert "half-made" in verified.stderr
    ran = pair.do("run", told)
    assert ran.code == 5
    assert "writing d.c: 1 document(s)" in ran.stderr
    assert "4321" not in ran.stderr
    assert "changed" not in ran.stderr.replace("has changed since", "")
    assert ran.result is None


def test_ephemeral_rules_need_no_key_and_are_never_resumed(pair):
    pair.source.client.d.c.insert_many([{"_id": n, "name": f"Given{n} Family"} for n in range(50)])
    told = {
        "version": 1,
        "ephemeral": True,
        "databases": {"d": {"c": {"mode": "mask", "fields": {"_id": "keep", "name": "token"}}}},
    }
    names = []
    for _ in range(2):
        ran = pair.do("run", told)
        assert ran.code == 0, ran.stderr
        names.append({row["name"] for row in pair.target.client.d.c.find()})
    assert not names[0] & names[1], "each run has a key of its own"
