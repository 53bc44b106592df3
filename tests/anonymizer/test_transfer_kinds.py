"""Kinds of collections that need more than a copy: from one real mongod to another."""

from __future__ import annotations

# ruff: noqa: DTZ001 (dates in BSON decode to naive UTC)
from datetime import datetime, timedelta

import bson
import pytest
from bson import Binary

pytestmark = pytest.mark.sandbox
IDS = {"mode": "copy", "fields": ["_id"]}
FILES = ["_id", "length", "chunkSize", "uploadDate", "filename"]


def rules(**collections):
    return {"version": 1, "databases": {"d": collections}}


def test_a_time_series_is_masked_in_measurements_and_in_its_meta_field(pair):
    data = pair.source.client.d
    data.create_collection("series", timeseries={"timeField": "t", "metaField": "who", "granularity": "hours"})
    rows = [
        {"t": datetime(2024, 1, 1) + timedelta(hours=n), "who": {"email": f"p{n % 5}@mail.de"}, "place": f"Street {n}"}
        for n in range(400)
    ]
    data.series.insert_many(rows)
    data.series.create_index([("who.email", 1), ("t", -1)])
    fields = {"_id": "keep", "t": "keep", "who.email": "email", "place": "street"}
    ran = pair.do("run", rules(series={"mode": "mask", "fields": fields}))
    assert ran.code == 0, ran.stderr
    copied = pair.target.client.d
    assert copied.series.count_documents({}) == 400
    assert len(copied.series.distinct("who.email")) == 5
    assert not set(copied.series.distinct("who.email")) & set(data.series.distinct("who.email"))
    assert not set(copied.series.distinct("place")) & set(data.series.distinct("place"))
    assert sorted(copied.series.distinct("t")) == sorted(data.series.distinct("t"))
    assert copied.series.index_information() == data.series.index_information()
    assert copied.series.options() == data.series.options()
    buckets = b"".join(bson.encode(row) for row in copied["system.buckets.series"].find())
    assert b"@mail.de" not in buckets


def test_the_time_of_a_time_series_must_stay_a_date(pair):
    pair.source.client.d.create_collection("series", timeseries={"timeField": "t"})
    ran = pair.do("run", rules(series={"mode": "mask", "fields": {"_id": "keep", "t": {"mask": "null"}}}))
    assert ran.code == 2
    assert "databases.d.series.fields.t" in ran.stderr
    ran = pair.do("run", rules(series={"mode": "mask", "fields": {"_id": "keep", "t": "date_shift"}}))
    assert ran.code == 0, ran.stderr


def test_documents_of_a_time_series_without_an_id_are_copied_as_they_are(pair):
    data = pair.source.client.d
    data.create_collection("series", timeseries={"timeField": "t", "metaField": "m"})
    data.command({"insert": "series", "documents": [{"t": datetime(2024, 1, n), "m": 1, "v": n} for n in range(1, 9)]})
    fields = ["_id", "t", "m", "v"] if data.series.find_one({"_id": {"$exists": True}}) else ["t", "m", "v"]
    assert pair.do("run", rules(series={"mode": "copy", "fields": fields})).code == 0
    key = lambda row: row["t"]  # noqa: E731
    assert sorted(pair.target.client.d.series.find(), key=key) == sorted(data.series.find(), key=key)


def test_a_masked_id_of_a_clustered_collection_is_copied(pair):
    data = pair.source.client.d
    data.create_collection("clustered", clusteredIndex={"key": {"_id": 1}, "unique": True})
    data.clustered.insert_many([{"_id": f"p{n}@mail.de", "n": n} for n in range(500)])
    told = rules(clustered={"mode": "mask", "fields": {"_id": "email", "n": "keep"}})
    ran = pair.do("run", told)
    assert ran.code == 0, ran.stderr
    copied = list(pair.target.client.d.clustered.find())
    assert sorted(row["n"] for row in copied) == list(range(500))
    assert not any(row["_id"].endswith("@mail.de") for row in copied)
    assert [row["_id"] for row in copied] == sorted(row["_id"] for row in copied)
    assert pair.do("verify", told).code == 0
    pair.target.client.d.clustered.update_one({"n": 7}, {"$set": {"n": 500}})
    assert {row["kind"] for row in pair.do("verify", told).result["findings"]} == {"documents"}


def test_a_view_is_carried_over_and_one_that_names_a_dropped_collection_is_told(pair):
    data = pair.source.client.d
    data.people.insert_one({"_id": 1})
    data.secrets.insert_one({"_id": 1})
    join = {"from": "secrets", "localField": "_id", "foreignField": "_id", "as": "s"}
    data.create_collection("joined", viewOn="people", pipeline=[{"$facet": {"x": [{"$lookup": join}]}}])
    data.create_collection("plain", viewOn="people", pipeline=[{"$match": {"_id": 1}}])
    empty, drop = {"mode": "empty"}, {"mode": "drop"}
    ran = pair.do("run", rules(people=IDS, secrets=drop, joined=empty, plain=empty))
    assert ran.code == 0, ran.stderr
    assert ran.result["notes"] == [{"kind": "view_names_dropped", "collection": "d.joined", "about": "d.secrets"}]
    assert "note: view_names_dropped d.joined d.secrets" in ran.stderr
    assert list(pair.target.client.d.plain.find()) == [{"_id": 1}]
    before, after = (
        {row["name"]: row["options"] for row in server.client.d.list_collections(filter={"type": "view"})}
        for server in (pair.source, pair.target)
    )
    assert before == after


def fill_grid_files(pair):
    data = pair.source.client.d
    data["fs.files"].insert_one(
        {"_id": 1, "length": 3, "chunkSize": 4, "uploadDate": datetime(2024, 1, 1), "filename": "Ann Lee.pdf"}
    )
    data["fs.chunks"].insert_one({"_id": 1, "files_id": 1, "n": 0, "data": b"abc"})
    data["fs.chunks"].create_index([("files_id", 1), ("n", 1)], unique=True)


def test_files_and_chunks_of_grid_files_come_together(pair):
    fill_grid_files(pair)
    files = {"mode": "mask", "fields": {**dict.fromkeys(FILES, "keep"), "filename": "token"}}
    chunks = {"mode": "copy", "fields": ["_id", "files_id", "n", "data"]}
    ran = pair.do("run", rules(**{"fs.files": files, "fs.chunks": chunks}))
    assert ran.code == 0, ran.stderr
    copied = pair.target.client.d
    assert copied["fs.files"].find_one()["filename"] != "Ann Lee.pdf"
    assert copied["fs.chunks"].index_information() == pair.source.client.d["fs.chunks"].index_information()
    assert pair.do("run", rules(**{"fs.files": {"mode": "drop"}, "fs.chunks": {"mode": "drop"}})).code == 0
    assert copied.list_collection_names() == []


CHUNKS = {"mode": "copy", "fields": ["_id", "files_id", "n", "data"]}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"fs.chunks": CHUNKS}, "rule for the other half (files) is missing"),
        ({"fs.files": {"mode": "drop"}, "fs.chunks": CHUNKS}, "copied together or not at all"),
        ({"fs.files": {"mode": "copy", "fields": FILES}, "fs.chunks": {"mode": "empty"}}, "together or not at all"),
        (
            {
                "fs.files": {"mode": "mask", "fields": {**dict.fromkeys(FILES, "keep"), "_id": "token"}},
                "fs.chunks": CHUNKS,
            },
            "files lose them",
        ),
    ],
)
def test_one_half_of_grid_files_is_refused(pair, told, words):
    fill_grid_files(pair)
    ran = pair.do("run", rules(**told))
    assert ran.code == 2
    assert words in ran.stderr
    assert pair.target.client.list_database_names() == ["admin", "config", "local"]


def test_fields_that_clients_encrypt_are_refused(pair):
    data = pair.source.client.d
    data.seen.insert_one({"_id": 1, "ssn": Binary(b"\1" * 40, 6)})
    told = {"mode": "mask", "fields": {"_id": "keep", "ssn": "token"}}
    ran = pair.do("run", rules(seen=told))
    assert (ran.code, "d.seen has fields encrypted by clients" in ran.stderr) == (5, True)
    data.seen.drop()
    schema = {"bsonType": "object", "properties": {"ssn": {"encrypt": {"bsonType": "string"}}}}
    try:
        data.create_collection("told", validator={"$jsonSchema": schema})
    except Exception:  # noqa: BLE001 (a server without that schema cannot hold such a collection)
        return
    ran = pair.do("run", rules(told=told))
    assert (ran.code, "d.told has fields encrypted by clients" in ran.stderr) == (5, True)
    assert pair.do("run", rules(told={"mode": "drop"})).code == 0


@pytest.mark.parametrize(
    ("key", "index"), [("phone", "phone_1"), ("contacts.phone", "contacts.phone_1"), ("by.ann", "by.ann_1")]
)
def test_a_mask_that_may_collide_under_a_unique_index_is_refused_before_anything_is_copied(pair, key, index):
    data = pair.source.client.d
    data.c.insert_one({"_id": 1, "phone": "+1 212 86 1", "contacts": [{"phone": "+1"}], "by": {"ann": "+1"}})
    data.c.create_index(key, unique=True)
    paths = {"phone": "phone", "contacts.phone": "contacts[].phone", "by.ann": "by.*"}
    fields = {"_id": "keep", **dict.fromkeys(paths.values(), "email"), paths[key]: "phone"}
    ran = pair.do("run", rules(c={"mode": "mask", "fields": fields}))
    assert ran.code == 2
    assert f"databases.d.c.fields.{paths[key]}: is in the unique index {index} of d.c" in ran.stderr
    assert f"{paths[key]}: phone" in ran.stderr
    assert "212" not in ran.stderr
    assert pair.target.client.list_database_names() == ["admin", "config", "local"]
    fields[paths[key]] = "email"
    assert pair.do("run", rules(c={"mode": "mask", "fields": fields})).code == 0


def test_options_that_a_lone_server_cannot_have_do_not_stop_a_run(pair):
    data = pair.source.client.d
    data.command({"create": "imaged", "storageEngine": {"wiredTiger": {"configString": "block_compressor=zlib"}}})
    data.imaged.insert_one({"_id": 1})
    ran = pair.do("run", rules(imaged=IDS))
    assert ran.code == 0, ran.stderr
    assert pair.target.client.d.imaged.count_documents({}) == 1


def test_what_is_copied_unchecked_is_named_in_the_result(pair):
    pair.source.client.d.loose.insert_many([{"_id": n, f"any{n}": n} for n in range(20)])
    ran = pair.do("run", rules(loose={"mode": "copy", "unchecked": True}))
    assert ran.code == 0, ran.stderr
    assert ran.result["collections"][0]["unchecked"] is True
    assert [row["namespace"] for row in ran.result["opt_ins"]] == ["d.loose"]
    assert list(pair.target.client.d.loose.find().sort("_id")) == list(pair.source.client.d.loose.find().sort("_id"))


def test_the_indexes_of_several_collections_are_built_and_one_that_cannot_be_is_named(pair):
    data = pair.source.client.d
    for n in range(5):
        data[f"c{n}"].insert_many([{"_id": m, "a": m % 7, "b": m} for m in range(200)])
        for key in ("a", "b"):
            data[f"c{n}"].create_index(key)
    told = {f"c{n}": {"mode": "copy", "fields": ["_id", "a", "b"]} for n in range(5)}
    assert pair.do("run", rules(**told)).code == 0
    for name in told:
        assert pair.target.client.d[name].index_information() == data[name].index_information()
    data.c3.insert_one({"_id": 900, "a": [1, 2], "b": [1, 2]})
    data.c3.drop_index("a_1")
    data.c3.create_index([("e", 1), ("f", 1)], name="two")
    told["c3"] = {"mode": "mask", "fields": {"_id": "keep", "a": "keep", "a[]": "keep", "b": "keep", "b[]": "keep"}}
    assert pair.do("run", rules(**told)).code == 0
