"""Samples, and what comes from today's staging."""

from __future__ import annotations

import pytest

from tests.anonymizer.conftest import Mongod, find_mongod

pytestmark = pytest.mark.sandbox


def rules(**collections):
    return {"version": 1, "databases": {"d": collections}}


def ids(server, name):
    return {row["_id"] for row in server.client.d[name].find({}, {"_id": 1})}


def sample(fields, **how):
    return {"mode": "sample", "fields": fields, **how}


ORDER = {"_id": "keep", "customer": {"mask": "keep", "refers_to": "d.customers._id"}, "lines[].sku": "keep"}
CUSTOMER = {"_id": "keep", "name": "name", "agent": {"mask": "keep", "refers_to": "d.agents.code"}}
AGENT = {"_id": "keep", "code": "keep", "boss": {"mask": "keep", "refers_to": "d.agents.code"}}


def fill(pair):
    data = pair.source.client.d
    data.orders.insert_many([{"_id": n, "customer": float(n % 900), "lines": []} for n in range(3000)])
    data.customers.insert_many([{"_id": n, "name": f"Given{n} Family", "agent": f"a{n % 90}"} for n in range(900)])
    data.agents.insert_many([{"_id": n, "code": f"a{n}", "boss": f"a{n // 2}"} for n in range(100)])


def followed(share):
    return rules(
        orders=sample(ORDER, share=share, follow=["customer"]),
        customers=sample(CUSTOMER, share=0.0001, follow=["agent"]),
        agents=sample(AGENT, count=1, follow=["boss"]),
    )


def test_what_sampled_documents_refer_to_comes_along(pair):
    fill(pair)
    ran = pair.do("run", followed(0.02))
    assert ran.code == 0, ran.stderr
    source, target = pair.source.client.d, pair.target.client.d
    orders = ids(pair.target, "orders")
    assert 30 < len(orders) < 100
    wanted = {int(row["customer"]) for row in source.orders.find({"_id": {"$in": list(orders)}})}
    assert wanted <= ids(pair.target, "customers")
    assert len(ids(pair.target, "customers")) <= len(wanted) + 3
    agents = {row["code"]: row["boss"] for row in target.agents.find()}
    assert {row["agent"] for row in target.customers.find()} <= agents.keys()
    assert set(agents.values()) <= agents.keys(), "followed to the end"
    assert 5 < len(agents) < 100
    row = next(row for row in ran.result["collections"] if row["collection"] == "customers")
    assert (row["mode"], row["read"], row["written"]) == ("sample", 900, len(ids(pair.target, "customers")))
    assert target.customers.find_one({"name": {"$regex": "^Given"}}) is None
    assert not list(pair.folder.glob("samples-*")), "digests are gone with the run"


def test_a_sample_depends_on_the_key_alone(pair):
    fill(pair)
    taken = []
    for key, workers in (("5f" * 32, 1), ("5f" * 32, 3), ("a1" * 32, 2)):
        pair.target.empty()
        assert pair.do("run", followed(0.1), key=key, workers=workers).code == 0
        taken.append({name: ids(pair.target, name) for name in ("orders", "customers", "agents")})
    assert taken[0] == taken[1]
    assert taken[0]["orders"] != taken[2]["orders"]


@pytest.mark.parametrize("count", [0, 1, 123, 5000])
def test_a_count_is_exact(pair, count):
    pair.source.client.d.c.insert_many([{"_id": n if n % 2 else f"s{n}"} for n in range(3000)])
    ran = pair.do("run", rules(c=sample({"_id": "keep"}, count=count)))
    if count == 0:
        assert ran.code == 2
        return
    assert ran.code == 0, ran.stderr
    assert len(ids(pair.target, "c")) == min(count, 3000)


def test_a_sample_that_follows_into_what_is_not_copied_is_refused(pair):
    fill(pair)
    told = followed(0.1)
    told["databases"]["d"]["customers"] = {"mode": "drop"}
    ran = pair.do("run", told)
    assert ran.code == 2
    assert "customer" in ran.stderr


@pytest.fixture
def staging(tmp_path):
    program = find_mongod()
    if program is None:
        pytest.skip("no mongod: run `make setup`")
    server = Mongod(program, tmp_path / "staging")
    yield server
    server.stop()


def test_collections_are_preserved_from_a_staging_that_this_tool_made(pair, staging):
    pair.source.client.d.c.insert_many([{"_id": n} for n in range(10)])
    pair.source.client.d.boards.insert_one({"_id": "production's"})
    listed = {"mode": "copy", "fields": ["_id"]}
    told = rules(c=listed, boards={"mode": "preserve"}, later={"mode": "preserve"})
    ran = pair.do("run", told)
    assert ran.code == 2
    assert "d.boards" in ran.stderr
    assert "--preserve-socket" in ran.stderr
    refused = pair.do("run", told, more=["--preserve-socket", staging.socket])
    assert refused.code == 5
    assert "made by this tool" in refused.stderr
    assert pair.do("run", told, more=["--preserve-nothing"]).code == 0
    assert pair.target.client.d.list_collection_names() == ["c"]

    first, pair.target = pair.target, staging
    assert pair.do("run", told, more=["--preserve-nothing"]).code == 0
    staging.client.d.create_collection("boards", capped=True, size=5000)
    staging.client.d.boards.insert_many([{"_id": n, "made": "in staging"} for n in (3, 1, 2)])
    staging.client.d.boards.create_index("made")
    pair.target = first
    pair.target.empty()
    ran = pair.do("run", told, more=["--preserve-socket", staging.socket])
    assert ran.code == 0, ran.stderr
    assert [row["_id"] for row in first.client.d.boards.find()] == [3, 1, 2]
    assert first.client.d.boards.options() == staging.client.d.boards.options()
    assert "made_1" in first.client.d.boards.index_information()
    row = next(row for row in ran.result["collections"] if row["collection"] == "boards")
    assert (row["mode"], row["written"], row["masked"]) == ("preserve", 3, 0)

    staging.client.local.understudy.update_one({"_id": "run"}, {"$set": {"finished": False}})
    pair.target.empty()
    assert pair.do("run", told, more=["--preserve-socket", staging.socket]).code == 5
