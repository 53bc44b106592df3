"""Every kind of collection, index and value, from one real mongod to another."""

from __future__ import annotations

# ruff: noqa: DTZ001 (dates in BSON decode to naive UTC)
import uuid
from datetime import datetime

import bson
import pytest
from bson import Binary, Code, DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS
from bson.raw_bson import RawBSONDocument
from pymongo import GEOSPHERE, HASHED, TEXT, IndexModel

from anonymizer.bsontypes import DECODE

pytestmark = pytest.mark.sandbox

EVERY_TYPE = {
    "double": 1.5,
    "nan": float("nan"),
    "string": "ä\0ß",
    "object": {"a": {}, "b": {"c": 1}},
    "array": [1, [2, []], {"d": 3}],
    "bytes": b"\0\1",
    "binary": Binary(b"x", 128),
    "uuid": Binary.from_uuid(uuid.UUID(int=5)),
    "oid": ObjectId(b"o" * 12),
    "bool": True,
    "date": datetime(2024, 1, 2, 3, 4, 5, 6000),
    "far": DatetimeMS(-(2**62)),
    "null": None,
    "regex": Regex("a.*", "im"),
    "code": Code("return 1"),
    "scoped": Code("return a", {"a": 1}),
    "int": -5,
    "long": Int64(5),
    "timestamp": Timestamp(7, 8),
    "decimal": Decimal128("NaN"),
    "zeros": Decimal128("1.000"),
    "min": MinKey(),
    "max": MaxKey(),
    "ref": DBRef("c", 1, "d", note="x"),
}
PATHS = [
    "_id",
    *(key for key in EVERY_TYPE if key not in ("object", "array", "ref")),
    "object.a",
    "object.b.c",
    "array[]",
    "array[][]",
    "array[].d",
    "ref.$ref",
    "ref.$id",
    "ref.$db",
    "ref.note",
    "undefined",
    "symbol",
]


def rules(**collections):
    return {"version": 1, "databases": {"d": collections}}


def raw(server, name):
    options = server.client.codec_options.with_options(document_class=RawBSONDocument)
    return [row.raw for row in server.client.d.get_collection(name, codec_options=options).find().sort("_id", 1)]


def old_types():
    """A document with types that drivers no longer write: undefined and symbol, and a key that stands twice."""
    body = b"\x10_id\0\2\0\0\0\x06undefined\0\x0esymbol\0\2\0\0\0s\0\x10int\0\1\0\0\0\x10int\0\2\0\0\0"
    return RawBSONDocument((len(body) + 5).to_bytes(4, "little") + body + b"\0")


def test_every_type_is_copied_byte_for_byte_masked_or_not(pair):
    data = pair.source.client.d
    data.copied.insert_many([{"_id": 1, **EVERY_TYPE}, {"_id": Int64(3)}])
    data.copied.insert_one(old_types())
    data.masked.insert_one({"_id": 1, **EVERY_TYPE, "name": "Ann Lee"})
    told = rules(
        copied={"mode": "copy", "fields": PATHS},
        masked={"mode": "mask", "fields": {**dict.fromkeys(PATHS, "keep"), "name": "name"}},
    )
    ran = pair.do("run", told)
    assert ran.code == 0, ran.stderr
    assert raw(pair.target, "copied") == raw(pair.source, "copied")
    (before,), (after,) = raw(pair.source, "masked"), raw(pair.target, "masked")
    assert bson.encode({**bson.decode(after, DECODE), "name": "Ann Lee"}) == before
    assert pair.do("verify", told).code == 0


def test_ids_of_all_types_are_cut_into_parts_that_miss_nothing(pair):
    ids = [
        None,
        MinKey(),
        True,
        2.5,
        "text",
        b"bytes",
        ObjectId(b"i" * 12),
        {"a": 1},
        datetime(2024, 1, 1),
        Timestamp(1, 2),
        MaxKey(),
    ]
    data = pair.source.client.d.c
    data.insert_many(
        [{"_id": one, "v": 1} for one in ids]
        + [{"_id": n, "v": 1} for n in range(4000)]
        + [{"_id": f"s{n}", "v": 1} for n in range(4000)]
    )
    told = rules(c={"mode": "copy", "fields": ["_id", "_id.a", "v"]})
    ran = pair.do("run", told)
    assert (ran.code, ran.result["collections"][0]["written"]) == (0, 8000 + len(ids))
    assert raw(pair.target, "c") == raw(pair.source, "c")
    assert pair.do("verify", told).code == 0


def test_options_and_indexes_of_all_kinds_are_carried_over(pair):
    data = pair.source.client.d
    data.create_collection("capped", capped=True, size=1_000_000, max=500)
    data.create_collection(
        "series", timeseries={"timeField": "t", "metaField": "m", "granularity": "minutes"}, expireAfterSeconds=10**8
    )
    data.create_collection("clustered", clusteredIndex={"key": {"_id": 1}, "unique": True, "name": "by id"})
    data.create_collection("collated", collation={"locale": "de", "strength": 2})
    data.create_collection(
        "strict", validator={"x": {"$type": "int"}}, validationLevel="moderate", validationAction="error"
    )
    data.create_collection("seen", viewOn="strict", pipeline=[{"$match": {"x": 1}}])
    data.capped.insert_many([{"_id": 600 - n, "x": n} for n in range(600)])
    data.series.insert_many(
        [{"t": datetime(2024, 1, 1 + n % 28, n % 24), "m": n % 7, "v": n * 1.0} for n in range(500)]
    )
    for name in ("clustered", "collated"):
        data[name].insert_many([{"_id": n, "x": n} for n in range(50)])
    data.strict.insert_one({"_id": 1, "x": "not an int"}, bypass_document_validation=True)
    data.strict.create_indexes(
        [
            IndexModel([("t", TEXT)], weights={"t": 3}, default_language="german"),
            IndexModel([("g", GEOSPHERE)]),
            IndexModel([("h", HASHED)]),
            IndexModel([("w.$**", 1)]),
            IndexModel([("u", 1)], unique=True, sparse=True),
            IndexModel([("p", 1), ("q", -1)], partialFilterExpression={"p": {"$gt": 5}}),
            IndexModel([("e", 1)], expireAfterSeconds=60, hidden=True),
            IndexModel([("c", 1)], collation={"locale": "fr"}, name="in French"),
        ]
    )
    listed = {"mode": "copy", "fields": ["_id", "x"]}
    told = rules(
        capped=listed,
        clustered=listed,
        collated=listed,
        strict=listed,
        seen={"mode": "empty"},
        series={"mode": "copy", "fields": ["_id", "t", "m", "v"]},
    )
    ran = pair.do("run", told)
    assert ran.code == 0, ran.stderr
    copied = pair.target.client.d
    assert [row["_id"] for row in copied.capped.find()] == [row["_id"] for row in data.capped.find()], (
        "natural order is kept"
    )
    assert {row["name"]: row.get("options") for row in copied.list_collections()} == {
        row["name"]: row.get("options") for row in data.list_collections()
    }
    assert copied.strict.index_information() == data.strict.index_information()
    assert copied.series.count_documents({}) == 500
    verified = pair.do("verify", told)
    assert (verified.code, verified.result["findings"]) == (0, [])
    copied.series.insert_one({"t": datetime(2024, 2, 2), "m": 1, "v": 5.0})
    copied.capped.insert_one({"_id": 9999, "x": 1})
    copied.command("collMod", "strict", validator={})
    assert {("documents", "d.series", ""), ("documents", "d.capped", ""), ("options", "d.strict", "")} <= pair.do(
        "verify", told
    ).findings()


def test_a_masked_id_is_paired_by_order_and_still_verified(pair):
    people = [{"_id": f"person{n}@mail.de", "name": f"Given{n} Family", "n": n} for n in range(5000)]
    pair.source.client.d.people.insert_many(people)
    pair.source.client.d.notes.insert_many([{"_id": n, "person": f"person{n}@mail.de"} for n in range(100)])
    masked = {"mode": "mask", "fields": {"_id": "email", "name": "name", "n": "keep"}}
    told = rules(people=masked, notes={"mode": "mask", "fields": {"_id": "keep", "person": "email"}})
    assert pair.do("run", told).code == 0
    assert pair.do("verify", told).code == 0
    copied = pair.target.client.d
    assert {row["person"] for row in copied.notes.find()} <= {row["_id"] for row in copied.people.find()}
    victim = copied.people.find_one({"n": 4321})
    copied.people.update_one({"_id": victim["_id"]}, {"$set": {"name": "Given4321 Family"}})
    assert pair.do("verify", told).findings() == {("own_path", "d.people", "name")}
    copied.people.delete_one({"n": 17})
    assert {("changed", "d.people", "n"), ("documents", "d.people", "")} <= pair.do("verify", told).findings()


@pytest.mark.parametrize(
    "rule",
    [
        {"mode": "copy", "fields": ["_id"]},
        {"mode": "mask", "fields": {"_id": "keep"}},
        {"mode": "sample", "share": 0.5, "fields": {"_id": "keep"}},
    ],
)
def test_documents_of_a_view_cannot_be_copied(pair, rule):
    pair.source.client.d.create_collection("c", viewOn="x", pipeline=[])
    ran = pair.do("run", rules(c=rule))
    assert ran.code == 2
    assert "view" in ran.stderr
    assert "databases.d.c.mode" in ran.stderr


def test_a_member_of_a_sharded_cluster_is_refused(pair):
    rows = pair.source.client.admin["system.version"]
    rows.insert_one({"_id": "shardIdentity", "shardName": "s1"})
    try:
        ran = pair.do("run", rules(c={"mode": "drop"}))
    finally:
        rows.delete_one({"_id": "shardIdentity"})
    assert ran.code == 5
    assert "sharded" in ran.stderr
