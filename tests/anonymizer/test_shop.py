"""Whole runs and verifications, from one real mongod to another."""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from bson.raw_bson import RawBSONDocument

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.sandbox


def fields(rules, collection):
    return rules["databases"]["shop"][collection]["fields"]


def contents(server):
    """Give every document of every collection as bytes, in the order of their ids."""
    found = {}
    for database in server.client.list_database_names():
        if database not in ("admin", "config", "local"):
            for name in server.client[database].list_collection_names():
                rows = (
                    server.client[database]
                    .get_collection(name)
                    .with_options(server.client.codec_options.with_options(document_class=RawBSONDocument))
                )
                found[f"{database}.{name}"] = [row.raw for row in rows.find().sort("_id", 1)]
    return found


def test_a_shop_is_masked_and_verified_whole(shop, shop_rules):
    ran = shop.do("run", shop_rules)
    assert (ran.code, ran.stderr) == (0, "")
    rows = {row["collection"]: row for row in ran.result["collections"]}
    assert {name: (row["read"], row["written"], row["masked"]) for name, row in rows.items()} == {
        "customers": (600, 600, 600),
        "orders": (3000, 3000, 3000),
        "tickets": (800, 800, 800),
        "sessions": (0, 0, 0),
        "products": (200, 200, 0),
    }
    verified = shop.do("verify", shop_rules)
    assert (verified.code, verified.result["findings"]) == (0, [])
    assert {row["collection"]: row["written"] for row in verified.result["collections"]} == {
        name: row["written"] for name, row in rows.items()
    }
    assert verified.result["rules_sha256"] == ran.result["rules_sha256"]
    assert verified.result["code_sha256"] == ran.result["code_sha256"]
    source, target = shop.source.client.shop, shop.target.client.shop
    assert sorted(target.list_collection_names()) == ["customers", "orders", "products", "sessions", "tickets"]
    for name in target.list_collection_names():
        assert target[name].index_information() == source[name].index_information()
    order = source.orders.find_one({"_id": 7})
    masked = target.orders.find_one({"_id": 7})
    customer = target.customers.find_one({"_id": order["customer_id"]})
    assert masked["customer_email"] == customer["email"] != order["customer_email"], "joins still join"
    assert masked["shipping"]["name"] == customer["name"]
    assert masked["items"] == order["items"]
    assert source.products.find_one() == target.products.find_one()
    assert shop.progress()["phase"] == "structures"


def test_an_unlisted_path_stops_it_with_the_full_list_and_leaves_nothing(shop, shop_rules):
    source = shop.source.client
    some = [row["_id"] for row in source.shop.orders.find({}, {"_id": 1}).limit(3)]
    source.shop.orders.update_many({"_id": {"$in": some}}, {"$set": {"gift.card_text": "for Ann"}})
    source.shop.products.update_one({}, {"$set": {"supplier_email": "s@mail.de"}})
    source.shop.customers.update_one({}, {"$set": {"phone": 4912345}})
    source.shop.newsletters.insert_many([{"a": 1}, {"a": 2}])
    source.other["fs.files"].insert_one({"filename": "x"})
    ran = shop.do("run", shop_rules)
    assert ran.code == 3
    assert ran.unlisted() == {
        ("shop.orders", "gift.card_text", "string"): 3,
        ("shop.products", "supplier_email", "string"): 1,
        ("shop.customers", "phone", "int"): 1,
        ("shop.newsletters", "", "collection"): 2,
        ("other.fs.files", "", "collection"): 1,
    }
    assert contents(shop.target) == {}
    assert "for Ann" not in ran.stderr
    assert "s@mail.de" not in ran.stderr


@pytest.mark.parametrize(
    ("collection", "path", "kind"),
    [
        ("customers", "email", "original"),
        ("customers", "addresses[].street", "original"),
        ("customers", "payment.cards.*.number", "original"),
        ("customers", "name", "own_path"),
        ("customers", "birth_date", "own_path"),
        ("tickets", "messages[].body", "own_path"),
    ],
)
def test_a_field_that_was_not_masked_is_found(small_shop, shop_rules, collection, path, kind):
    changed = copy.deepcopy(shop_rules)
    fields(changed, collection)[path] = "keep"
    assert small_shop.do("run", changed).code == 0
    verified = small_shop.do("verify", shop_rules)
    assert verified.code == 4
    assert (kind, f"shop.{collection}", path) in verified.findings()


def test_detectors_find_what_the_rules_forgot(small_shop, shop_rules):
    for path in ("email", "phone", "payment.cards.*.number"):
        fields(shop_rules, "customers")[path] = "keep"
    assert small_shop.do("run", shop_rules).code == 0
    found = {
        (kind, path)
        for kind, collection, path in small_shop.do("verify", shop_rules).findings()
        if collection == "shop.customers"
    }
    assert {
        ("detector_email", "email"),
        ("detector_phone", "phone"),
        ("detector_card", "payment.cards.*.number"),
    } <= found


def test_what_is_planted_after_a_clean_run_is_found_wherever_it_is(shop, shop_rules):
    assert shop.do("run", shop_rules).code == 0
    source, target = shop.source.client.shop, shop.target.client.shop
    person = source.customers.find_one()
    card = next(iter(source.customers.find_one({"payment.cards": {"$ne": {}}})["payment"]["cards"].values()))["number"]
    ids = [row["_id"] for row in target.products.find({}, {"_id": 1}).limit(3)]
    target.products.update_one({"_id": ids[0]}, {"$set": {"title": f"made for {person['email'].upper()}!"}})
    target.products.update_one({"_id": ids[1]}, {"$push": {"tags": f"{card[:4]} {card[4:8]} {card[8:12]} {card[12:]}"}})
    target.tickets.update_one({}, {"$set": {"subject": f"send it to {person['addresses'][0]['street']} please"}})
    target.customers.update_one(
        {"_id": {"$ne": person["_id"]}}, {"$set": {f"payment.cards.{person['phone'].replace('.', '-')}": {}}}
    )
    target.orders.create_index("status", name="other", partialFilterExpression={"customer_email": person["email"]})
    target.orders.drop_index("customer_email_1")
    target.orders.delete_one({"_id": 5})
    target.extra.insert_one({"x": 1})
    verified = shop.do("verify", shop_rules)
    assert verified.code == 4
    assert {
        ("original", "shop.products", "title"),
        ("original", "shop.products", "tags[]"),
        ("original", "shop.tickets", "subject"),
        ("original", "shop.customers", "payment.cards.*"),
        ("original", "shop.orders", "(indexes)"),
        ("indexes", "shop.orders", ""),
        ("documents", "shop.orders", ""),
        ("unexpected", "shop.extra", ""),
        ("changed", "shop.products", ""),
    } <= verified.findings()
    told = json.dumps(verified.result) + verified.stderr
    assert person["email"] not in told
    assert card not in told


def test_killed_in_the_middle_and_run_again_gives_the_same_copy(people):
    pair, rules = people
    assert pair.do("run", rules).code == 0
    undisturbed = contents(pair.target)
    pair.target.empty()
    process = pair.start("run", rules)
    pair.wait_until_copying(process, "d", "people")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (pair.folder / "result.json").exists()
    assert contents(pair.target) != undisturbed
    again = pair.do("run", rules)
    assert again.code == 0
    assert contents(pair.target) == undisturbed
    assert {row["collection"]: row["written"] for row in again.result["collections"]} == {
        "goods": 100,
        "people": 40_000,
    }
    assert pair.do("verify", rules).code == 0


def test_workers_end_with_a_killed_parent(people):
    pair, rules = people
    process = pair.start("run", rules)
    pair.wait_until_copying(process, "d", "people")
    told = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
    process.kill()
    process.communicate()
    children = told.stdout.split()
    assert len(children) >= 2
    assert all(gone(int(child)) for child in children)


def gone(pid):
    """Wait until a process is gone, or a zombie that nobody has reaped."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_ends_with_130_and_goes_on_later(people, number):
    pair, rules = people
    process = pair.start("run", rules)
    pair.wait_until_copying(process, "d", "people")
    process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert "Traceback" not in stderr
    assert pair.do("run", rules).code == 0


def test_a_complete_copy_stays_and_other_rules_or_another_key_make_it_new(small_shop, shop_rules):
    assert small_shop.do("run", shop_rules).code == 0
    first = contents(small_shop.target)
    small_shop.target.client.shop.products.insert_one({"_id": "mark"})
    assert small_shop.do("run", shop_rules).code == 0
    assert small_shop.target.client.shop.products.find_one({"_id": "mark"}), "a complete collection was not done again"
    assert small_shop.do("run", shop_rules, key="a1" * 32).code == 0
    second = contents(small_shop.target)
    assert second["shop.products"] == first["shop.products"]
    assert second["shop.customers"] != first["shop.customers"]
    fields(shop_rules, "customers")["name"] = "token"
    del fields(shop_rules, "customers")["payment.cards.*.holder"]
    assert small_shop.do("run", shop_rules).code == 3
    assert contents(small_shop.target) == {}


def test_a_target_with_data_of_others_is_left_alone(pair, shop_rules):
    pair.target.client.theirs.things.insert_one({"_id": 1})
    ran = pair.do("run", shop_rules)
    assert ran.code == 5
    assert "not empty" in ran.stderr
    assert pair.target.client.theirs.things.count_documents({}) == 1


def test_a_server_that_is_not_there_is_named(pair, shop_rules, monkeypatch):
    pair.source = type("Gone", (), {"socket": str(pair.folder / "gone.sock")})()
    ran = pair.do("run", shop_rules)
    assert ran.code == 5
    assert "the source: the server cannot be reached" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_sample_analytics_is_masked_and_verified(analytics):
    rules = yaml.safe_load((ROOT / "rules" / "sample_analytics.yaml").read_text())
    assert analytics.do("run", rules).code == 0
    verified = analytics.do("verify", rules)
    assert (verified.code, verified.result["findings"]) == (0, [])
    masked = analytics.target.client.sample_analytics
    known = {row["account_id"] for row in masked.accounts.find()}
    assert all(set(row["accounts"]) <= known for row in masked.customers.find()), "accounts still join"


def test_an_original_brought_back_into_sample_analytics_is_found(analytics):
    rules = yaml.safe_load((ROOT / "rules" / "sample_analytics.yaml").read_text())
    assert analytics.do("run", rules).code == 0
    original = analytics.source.client.sample_analytics.customers.find_one()
    masked = analytics.target.client.sample_analytics.customers
    masked.update_one({"_id": masked.find_one()["_id"]}, {"$set": {"email": original["email"]}})
    verified = analytics.do("verify", rules)
    assert verified.code == 4
    assert {(row["collection"], row["path"]) for row in verified.result["findings"]} == {
        ("sample_analytics.customers", "email")
    }
    assert original["email"] not in verified.stderr + json.dumps(verified.result)
