"""Input that goes wrong: each ends with a message, an exit code, and no candidate that looks whole."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest
from bson import Decimal128
from bson.datetime_ms import DatetimeMS
from bson.raw_bson import RawBSONDocument

from anonymizer.treatment import native
from tests.anonymizer.conftest import Mongod, Pair, find_mongod

pytestmark = pytest.mark.sandbox


def rules(**collections):
    return {"version": 1, "databases": {"d": collections}}


def looks_whole(server):
    row = server.client.local.understudy.find_one({"_id": "run"})
    return bool(row) and row["finished"]


def test_a_document_that_grows_over_sixteen_megabytes_is_told_with_its_largest_field(pair):
    rows = [{"_id": n, "bio": "ab " * 10, "parts": ["a" * 6] * 20} for n in range(50)]
    rows.append({"_id": 99, "bio": "secret", "parts": ["a"] * 500_000})
    pair.source.client.d.c.insert_many(rows)
    long = {"mask": "constant", "value": "x" * 60}
    told = rules(c={"mode": "mask", "fields": {"_id": "keep", "bio": "text", "parts[]": long}})
    ran = pair.do("run", told)
    assert ran.code == 2, ran.stderr
    assert "a document of d.c has " in ran.stderr
    assert "its largest field is parts" in ran.stderr
    assert "secret" not in ran.stderr
    assert ran.result is None
    assert not looks_whole(pair.target)
    assert "half-made" in pair.do("verify", told).stderr


def broken_text():
    """A document whose text is no UTF-8."""
    body = b"\x10_id\0\7\0\0\0\x02name\0\5\0\0\0ab\xff\xfe\0"
    return RawBSONDocument((len(body) + 5).to_bytes(4, "little") + body + b"\0")


def test_text_that_is_no_utf8_is_copied_as_it_is_and_never_masked_by_guess(pair):
    pair.source.client.d.c.insert_one(broken_text())
    ran = pair.do("run", rules(c={"mode": "mask", "fields": {"_id": "keep", "name": "name"}}))
    assert ran.code == 3
    assert ran.unlisted() == {("d.c", "name", "invalid UTF-8"): 1}
    assert "unlisted: d.c name invalid UTF-8 (1)" in ran.stderr
    assert pair.target.client.list_database_names() == ["admin", "config", "local"]
    ran = pair.do("run", rules(c={"mode": "copy", "fields": ["_id", "name"]}))
    assert ran.code == 0, ran.stderr
    (raw,) = pair.target.client.d.c.find_raw_batches()
    assert bytes(raw) == broken_text().raw


def test_numbers_and_dates_at_the_edges_pass_or_are_told(pair):
    row = {"_id": 1, "nan": float("nan"), "inf": float("-inf"), "dec": Decimal128("NaN"), "big": Decimal128("9E+6144")}
    pair.source.client.d.c.insert_one({**row, "far": DatetimeMS(2**62), "old": DatetimeMS(-(2**62))})
    kept = {**dict.fromkeys(row, "keep"), "far": "keep", "old": "keep"}
    ran = pair.do("run", rules(c={"mode": "mask", "fields": kept}))
    assert ran.code == 0, ran.stderr
    source, target = (list(server.client.d.c.find_raw_batches()) for server in (pair.source, pair.target))
    assert source == target
    ran = pair.do("run", rules(c={"mode": "mask", "fields": {**kept, "far": "date_shift", "old": "date_shift"}}))
    assert ran.code in (0, 3), ran.stderr
    if ran.code == 3:
        assert {place[1] for place in ran.unlisted()} <= {"far", "old"}
    else:
        shifted = pair.target.client.d.c.find_one()
        assert shifted["far"] != DatetimeMS(2**62)
    ran = pair.do("run", rules(c={"mode": "mask", "fields": {**kept, "nan": "email", "dec": "email"}}))
    assert ran.code == 3
    assert ran.unlisted() == {("d.c", "nan", "double"): 1, ("d.c", "dec", "decimal"): 1}


def test_documents_nested_a_hundred_deep_are_masked_at_their_depth(pair):
    deep = {"mail": "ann@mail.de"}
    for _ in range(100):
        deep = {"a": deep}
    pair.source.client.d.c.insert_one({"_id": 1, **deep})
    path = ".".join(["a"] * 100)
    ran = pair.do("run", rules(c={"mode": "mask", "fields": {"_id": "keep", f"{path}.mail": "email"}}))
    assert ran.code == 0, ran.stderr
    found = pair.target.client.d.c.find_one()
    for _ in range(100):
        found = found["a"]
    assert found["mail"] != "ann@mail.de"
    ran = pair.do("run", rules(c={"mode": "mask", "fields": {"_id": "keep", "a.a": "email"}}))
    assert ran.code == 3
    assert "ann@" not in ran.stderr


def test_keys_with_dots_and_dollars_pass_only_where_any_key_may_stand(pair):
    inner = {"a.b": "ann@mail.de", "$set": "x@mail.de", "plain": "y@mail.de", "": "z@mail.de"}
    pair.source.client.d.c.insert_one({"_id": 1, "m": inner})
    ran = pair.do("run", rules(c={"mode": "mask", "fields": {"_id": "keep", "m.a.b": "email", "m.plain": "email"}}))
    assert ran.code == 3
    assert sum(ran.unlisted().values()) == 3
    assert "@mail.de" not in ran.stderr
    ran = pair.do("run", rules(c={"mode": "mask", "fields": {"_id": "keep", "m.*": "email"}}))
    assert ran.code == 0, ran.stderr
    found = pair.target.client.d.c.find_one()["m"]
    assert list(found) == list(inner)
    assert not any(value.endswith("@mail.de") for value in found.values())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_terminal_s_interrupt_reaches_all_processes_and_ends_in_order(people, number, monkeypatch):
    pair, told = people
    monkeypatch.setenv(native.SWITCH, "off")  # the kernel may be done before the signal arrives
    for wait_seconds in (None, 0.25, 0.5):  # while it copies, while it begins, while its workers start
        pair.target.empty()
        process = pair.start("run", told)
        if wait_seconds is None:
            pair.wait_until_copying(process, "d", "people")
        else:
            time.sleep(wait_seconds)
        os.killpg(process.pid, number)
        _, stderr = process.communicate(timeout=60)
        if wait_seconds is None:
            assert process.returncode == 130, stderr
            assert "Traceback" not in stderr, stderr
        assert process.returncode != 0, stderr
        assert not (pair.folder / "result.json").exists()
        assert not looks_whole(pair.target)
    assert pair.do("run", told).code == 0
    assert looks_whole(pair.target)


@pytest.fixture
def third(tmp_path):
    """Start further servers, and end them."""
    program, started = find_mongod(), []
    if program is None:
        pytest.skip("no mongod: run `make setup`")

    def start(folder):
        started.append(Mongod(program, folder))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.mark.parametrize("side", ["source", "target"])
def test_a_server_that_dies_in_the_middle_ends_the_run_with_a_message(people, third, tmp_path, side, monkeypatch):
    pair, told = people
    monkeypatch.setenv(native.SWITCH, "off")  # the kernel may be done before the server is killed
    if side == "source":
        source = third(tmp_path / "mortal")
        for name in ("people", "goods"):
            source.client.d[name].insert_many(pair.source.client.d[name].find())
        pair = Pair(source, pair.target, pair.folder)
    else:
        pair = Pair(pair.source, third(tmp_path / "mortal"), pair.folder)
    mortal = getattr(pair, side)
    process = pair.start("run", told)
    pair.wait_until_copying(process, "d", "people")
    mortal.client.close()
    mortal.process.kill()
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 5, stderr
    assert "connection was lost" in stderr or "cannot be reached" in stderr
    assert "d.people" in stderr or "d.goods" in stderr or "recording" in stderr
    assert "Traceback" not in stderr
    assert not (pair.folder / "result.json").exists()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 420 MiB in memory."""
    if os.geteuid() != 0:
        pytest.fail("mounting a small file system needs root", pytrace=False)
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=420m", "small", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_ends_the_run_with_a_message(pair, third, small_disk):
    pad = bytes(range(256)) * 4
    pair.source.client.d.c.insert_many([{"_id": n, "pad": os.urandom(512) * 2 + pad} for n in range(3000)])
    for _ in range(6):
        wide = [{"_id": os.urandom(8), "pad": os.urandom(20_000)} for _ in range(4000)]
        pair.source.client.d.c.insert_many(wide)
    pair = Pair(pair.source, third(small_disk / "db"), pair.folder)
    pair.target.client.close()  # it may not outlive the run
    ran = pair.do("run", rules(c={"mode": "copy", "fields": ["_id", "pad"]}))
    assert ran.code == 5, ran.stderr
    assert any(said in ran.stderr for said in ("disk is nearly full", "disk is full", "cannot be reached")), ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.result is None
