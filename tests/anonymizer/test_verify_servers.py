"""Verifications of whole copies on real servers: what spans documents, collections and modes, each with its control."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

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
