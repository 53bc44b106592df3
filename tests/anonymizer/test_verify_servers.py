"""Verifications of whole copies on real servers: what spans documents, collections and modes, each with its control."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest

from anonymizer.verification.digests import cut_back
from tests.anonymizer.test_resume import begun_workers, workers_of

pytestmark = pytest.mark.sandbox

ORDERS = 900


def rules(**collections):
    return {"version": 1, "databases": {"d": collections}}


def fill(pair, orders=ORDERS):
    data = pair.source.client.d
    data.customers.insert_many(
        [
            {
                "_id": n,
                "name": f"Given{n % 60} Family{n}",
                "email": f"p{n}@mail.de",
                "zip": f"{10000 + n // 10}",
                "contacts": {f"c{n}-key-of-somebody": {"kind": "mail", "value": f"p{n}@work.de"}},
            }
            for n in range(300)
        ]
    )
    data.orders.insert_many(
        [{"_id": n, "customer": n % 300, "email": f"p{n % 300}@mail.de", "total": n} for n in range(orders)]
    )


CUSTOMERS = {
    "mode": "mask",
    "quasi_identifiers": [["zip"]],
    "k": 5,
    "fields": {
        "_id": {"mask": "token", "domain": "customer", "injective": True},
        "name": "name",
        "email": {"mask": "email", "domain": "email"},
        "zip": "keep",
        "contacts.*": {"keys": {"mask": "token", "domain": "contact"}, "mask": "keep"},
        "contacts.*.kind": "keep",
        "contacts.*.value": [{"when": {"kind": "mail"}, "mask": "email", "domain": "email"}, "text"],
    },
}
ORDER_FIELDS = {
    "_id": "keep",
    "customer": {"mask": "token", "domain": "customer", "injective": True, "refers_to": "d.customers._id"},
    "email": {"mask": "email", "domain": "email"},
    "total": "keep",
}
WHOLE = rules(customers=CUSTOMERS, orders={"mode": "mask", "fields": ORDER_FIELDS})


def check(ran, name):
    return next(row for row in ran.result["checks"] if row["check"] == name)


def test_what_spans_collections_is_found_and_a_whole_copy_has_no_findings(pair):
    fill(pair)
    assert pair.do("run", WHOLE).code == 0
    clean = pair.do("verify", WHOLE)
    assert (clean.code, clean.findings()) == (0, set())
    reference = {"collection": "d.orders", "path": "customer", "references": ORDERS}
    assert check(clean, "references")["paths"] == [
        {**reference, "resolved_in_source": ORDERS, "resolved_in_copy": ORDERS}
    ]
    assert check(clean, "k_anonymity")["groups"][0] == {
        "collection": "d.customers", "paths": ["zip"], "k": 5, "groups": 30, "groups_below_k": 0, "smallest": [10] * 5,
    }  # fmt: skip
    assert check(clean, "consistency")["values"] > 600
    for row in clean.result["checks"]:
        assert row["control"]["planted"] == row["control"]["found"]
        assert row["findings"] == 0
    for name in ("own_path", "identity_values", "detectors", "consistency", "references", "k_anonymity", "structures"):
        assert check(clean, name)["control"]["planted"] > 0

    copy = pair.target.client.d
    customer = copy.customers.find_one()
    copy.customers.update_one({"_id": customer["_id"]}, {"$set": {"zip": "99999"}})
    copy.orders.update_one({"_id": 3}, {"$set": {"customer": -1}})
    copy.orders.update_one({"_id": 4}, {"$set": {"email": "someone.else.0011223344@example.com"}})
    copy.orders.update_one({"_id": 5}, {"$set": {"email": copy.orders.find_one({"_id": 6})["email"]}})
    bad = pair.do("verify", WHOLE)
    assert bad.code == 4
    assert {
        ("k_anonymity", "d.customers", "zip"),
        ("changed", "d.customers", "zip"),
        ("reference", "d.orders", "customer"),
        ("inconsistent", "d.orders", "email"),
        ("not_distinct", "d.orders", "email"),
    } <= bad.findings()
    assert "someone.else" not in json.dumps(bad.result) + bad.stderr


def test_originals_of_masked_keys_and_of_cases_are_found(pair):
    fill(pair)
    assert pair.do("run", WHOLE).code == 0
    copy = pair.target.client.d
    copy.customers.update_one({}, {"$set": {"contacts.c7-key-of-somebody": {"kind": "mail", "value": "p9@work.de"}}})
    found = pair.do("verify", WHOLE).findings()
    assert {("original", "d.customers", "contacts.*"), ("changed", "d.customers", "contacts.*")} <= found


SAMPLED = rules(
    customers={**CUSTOMERS, "mode": "sample", "share": 0.0001},
    orders={"mode": "sample", "share": 0.2, "follow": ["customer"], "fields": ORDER_FIELDS},
)


def test_a_sample_has_only_documents_of_the_source_and_what_they_refer_to(pair):
    fill(pair, orders=5000)
    assert pair.do("run", SAMPLED).code == 0
    clean = pair.do("verify", SAMPLED)
    assert clean.findings() <= {("k_anonymity", "d.customers", "zip")}, "a sample has small groups"
    row = next(row for row in clean.result["collections"] if row["collection"] == "orders")
    assert row["written"] == row["read"] == pair.target.client.d.orders.count_documents({})
    copy, source = pair.target.client.d, pair.source.client.d
    one = copy.orders.find_one()
    copy.orders.update_one({"_id": one["_id"]}, {"$set": {"email": f"p{one['_id'] % 300}@mail.de"}})
    copy.orders.insert_one({**copy.orders.find_one({"_id": {"$ne": one["_id"]}}), "_id": 10**6})
    copy.customers.delete_one({"_id": copy.orders.find_one({"_id": {"$nin": [one["_id"], 10**6]}})["customer"]})
    bad = pair.do("verify", SAMPLED).findings()
    assert {
        ("own_path", "d.orders", "email"),
        ("documents", "d.orders", ""),
        ("reference", "d.orders", "customer"),
    } <= bad
    kept = [row["_id"] for row in copy.orders.find({}, {"_id": 1}).limit(300)]
    copy.orders.delete_many({"_id": {"$nin": kept}})
    assert ("sample", "d.orders", "") in pair.do("verify", SAMPLED).findings()
    assert source.orders.count_documents({}) == 5000


def test_what_is_preserved_is_looked_through_and_compared_with_nothing(pair):
    fill(pair)
    told = rules(**WHOLE["databases"]["d"], boards={"mode": "preserve"}, later={"mode": "preserve"})
    pair.source.client.d.boards.insert_one({"_id": 1, "of": "production"})
    assert pair.do("run", told, more=["--preserve-nothing"]).code == 0
    pair.target.client.d.boards.insert_one({"_id": 7, "of": "staging", "note": "nothing here"})
    pair.target.client.d.boards.create_index("of")
    assert pair.do("verify", told).findings() == set()
    pair.target.client.d.boards.insert_one({"_id": 8, "for": {"p5@mail.de": "call +49 89 4140 2371"}})
    found = pair.do("verify", told).findings()
    assert {kind for kind, collection, _ in found if collection == "d.boards"} == {
        "original", "detector_email", "detector_phone",
    }  # fmt: skip


def test_an_unchecked_copy_is_held_to_its_bytes_and_named(pair):
    pair.source.client.d.raw.insert_many([{"_id": n, "mail": f"p{n}@mail.de"} for n in range(20)])
    told = rules(raw={"mode": "copy", "unchecked": True})
    assert pair.do("run", told).code == 0
    clean = pair.do("verify", told)
    assert (clean.code, clean.findings()) == (0, set())
    assert clean.result["collections"][0]["unchecked"] is True
    assert check(clean, "documents")["unchecked"] == ["d.raw"]
    assert check(clean, "identity_values")["documents"] == 0
    pair.target.client.d.raw.update_one({"_id": 3}, {"$set": {"mail": "other"}})
    assert pair.do("verify", told).findings() == {("changed", "d.raw", "")}


def test_measurements_are_compared_as_a_set_also_where_they_are_masked(pair):
    at = datetime(2026, 1, 2, tzinfo=timezone.utc)
    data = pair.source.client.d
    data.create_collection("clicks", timeseries={"timeField": "at", "metaField": "who"})
    data.clicks.insert_many([{"at": at + timedelta(minutes=n), "who": f"p{n}@mail.de", "n": n} for n in range(50)])
    fields = {"_id": "keep", "at": "keep", "who": "email", "n": "keep"}
    told = rules(clicks={"mode": "mask", "fields": fields})
    assert pair.do("run", told).code == 0
    assert pair.do("verify", told).findings() == set()
    pair.target.client.d.clicks.insert_one({"at": at, "who": "p7@mail.de", "n": 99})
    assert {("documents", "d.clicks", ""), ("original", "d.clicks", "who")} <= pair.do("verify", told).findings()


SERIES = {"mode": "mask", "fields": {"_id": "keep", "at": "keep", "who": "email", "n": "keep"}}
KILLED = rules(customers=CUSTOMERS, orders={"mode": "mask", "fields": ORDER_FIELDS}, clicks=SERIES)


def fill_to_be_killed(pair):
    fill(pair, orders=30_000)
    at = datetime(2026, 1, 2, tzinfo=timezone.utc)
    data = pair.source.client.d
    data.create_collection("clicks", timeseries={"timeField": "at", "metaField": "who"})
    data.clicks.insert_many(
        [{"at": at + timedelta(minutes=n), "who": f"p{n % 9}@mail.de", "n": n} for n in range(9000)]
    )
    assert pair.do("run", KILLED).code == 0
    pair.target.client.d.orders.update_one({"_id": 7}, {"$set": {"total": -1}})
    pair.target.client.d.clicks.insert_one({"at": at, "who": "p7@mail.de", "n": 99})


def said(result):
    """Give what a verification says, but for what depends on how many processes there were: values and controls."""
    assert all(row["control"]["found"] == row["control"]["planted"] for row in result["checks"])
    checks = [
        {key: value for key, value in row.items() if key not in ("values", "control")} for row in result["checks"]
    ]
    return checks, result["findings"], result["collections"]


def test_a_verification_finds_the_same_when_one_of_its_workers_is_killed(pair):
    fill_to_be_killed(pair)
    began = time.monotonic()
    undisturbed = pair.do("verify", KILLED)
    lasted = time.monotonic() - began
    assert {("original", "d.clicks", "who"), ("documents", "d.clicks", "")} <= undisturbed.findings()
    chance, killed = random.Random(4), 0  # noqa: S311 (it decides when to kill)
    while killed < 3:
        process = pair.start("verify", KILLED)
        begun_workers(process)
        time.sleep(chance.uniform(0, lasted))
        if workers := workers_of(process):
            os.kill(chance.choice(workers), signal.SIGKILL)
            killed += 1
        _, stderr = process.communicate(timeout=300)
        assert process.returncode == undisturbed.code, stderr
        now = said(json.loads((pair.folder / "result.json").read_text()))
        for part, wanted in zip(now, said(undisturbed.result), strict=True):
            assert [row for row in part if row not in wanted] == []


def test_a_verification_whose_workers_die_twice_at_one_part_says_so(pair):
    fill_to_be_killed(pair)
    process = pair.start("verify", KILLED)
    while workers := begun_workers(process):
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 5, stderr
    assert "the worker process died twice at the same part" in stderr
    assert not (pair.folder / "result.json").exists()


def test_what_a_dead_process_had_not_handed_over_is_cut_off(tmp_path):
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], check=True, capture_output=True, text=True
    ).stdout
    dead, alive = int(gone), os.getpid()
    for number in (dead, alive):
        for name in ("groups-001", "007", "sieve"):
            (tmp_path / f"{name}.{number}").write_bytes(b"x" * 50)
    (tmp_path / "sorted").write_bytes(b"x" * 50)
    cut_back(tmp_path, {f"groups-001.{dead}": 24, f"groups-001.{alive}": 24})
    cut = {file.name: file.stat().st_size for file in tmp_path.iterdir() if file.stat().st_size < 50}
    assert cut == {f"groups-001.{dead}": 24, f"007.{dead}": 0}
