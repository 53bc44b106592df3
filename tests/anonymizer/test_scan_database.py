"""Scans of real databases: the drafts run and verify once their marks are decided, and leak nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.anonymizer.confirming import confirmed_text

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.sandbox


def command(verb, *words, **options):
    words = [sys.executable, "-m", "anonymizer", verb, *words]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, **options)


def scan(server, *words):
    done = command("scan", "--source-socket", server.socket, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def undecided(text):
    """Give the line's path, or collection, of each mark."""
    return [line.split(":")[0].strip() for line in text.splitlines() if re.search(r": DECIDE\b|mode: DECIDE", line)]


def decided(text, decisions):
    """Put a person's decisions where the marks are."""
    lines = []
    for line in text.splitlines():
        name = line.split(":")[0].strip()
        marked = "DECIDE" in line.split(" #")[0] and not line.startswith("#")
        lines.append(line.replace("DECIDE", decisions[name], 1) if marked else line)
    return yaml.safe_load("\n".join(lines))


ANALYTICS = {"tier_and_details.*.id": "keep"}
SHOP = {"number": "keep", "_id": "keep", "subject": "text"}


def runs_and_verifies(pair, rules):
    ran = pair.do("run", rules)
    assert (ran.code, ran.stderr) == (0, "")
    verified = pair.do("verify", rules)
    assert (verified.code, verified.result["findings"]) == (0, [])


def test_a_draft_of_sample_analytics_needs_its_marks_decided_and_no_more(analytics):
    text = scan(analytics.source, "--all")
    assert set(undecided(text)) <= set(ANALYTICS)
    rules = decided(text, ANALYTICS)
    runs_and_verifies(analytics, rules)
    fields = rules["databases"]["sample_analytics"]
    assert fields["customers"]["fields"]["accounts[]"] == fields["accounts"]["fields"]["account_id"], "one domain"
    masked = analytics.target.client.sample_analytics
    known = {row["account_id"] for row in masked.accounts.find()}
    assert all(set(row["accounts"]) <= known for row in masked.customers.find()), "accounts still join"


def test_a_draft_of_the_shop_needs_its_marks_decided_and_no_more(shop):
    text = scan(shop.source, "--all")
    assert set(undecided(text)) <= set(SHOP)
    file = shop.folder / "draft.yaml"
    file.write_text(text)
    refused = command("rules", str(file))
    assert refused.returncode == 2
    assert len(refused.stdout.splitlines()) == len(undecided(text))
    line = text.splitlines().index(next(line for line in text.splitlines() if line.strip().startswith("number:"))) + 1
    assert f"{file}:{line}: databases.shop.orders.fields.number.mask: is left for a person" in refused.stdout
    runs_and_verifies(shop, decided(text, SHOP))


def test_a_draft_with_all_its_proposals_confirmed_runs_and_verifies(shop):
    text = scan(shop.source, "--all")
    assert '# customer_id: {mask: keep, refers_to: "shop.customers._id"}' in text
    rules = decided(confirmed_text(text), SHOP)
    orders = rules["databases"]["shop"]["orders"]
    assert orders["subject"] == "customer_id"
    assert orders["fields"]["customer_id"]["refers_to"] == "shop.customers._id"
    runs_and_verifies(shop, rules)


def test_a_draft_from_a_sample_does_as_well_where_nothing_is_rare(shop):
    text = scan(shop.source, "--sample", "150", "--database", "shop")
    assert "not all: rarer paths stop the run" in text
    rules = decided(text, dict.fromkeys(undecided(text), "{mask: token, injective: true, domain: mine}"))
    assert shop.do("run", rules).code == 0


@pytest.mark.parametrize("path", ["name", "email", "phone", "birth_date", "payment.cards.*.number"])
def test_one_masked_field_of_a_draft_kept_makes_verify_fail(small_shop, path):
    rules = decided(scan(small_shop.source, "--all"), {**SHOP, "title": "keep", "tags[]": "keep", "sku": "keep"})
    kept = json.loads(json.dumps(rules))
    kept["databases"]["shop"]["customers"]["fields"][path] = "keep"
    assert small_shop.do("run", kept).code == 0
    verified = small_shop.do("verify", rules)
    assert verified.code == 4
    assert any(where == path for _, _, where in verified.findings())


@pytest.mark.parametrize("mode", ["mask", "copy"])
def test_a_field_new_in_one_document_of_100000_stops_the_run_with_its_path(pair, mode):
    rows = pair.source.client.d.things
    rows.insert_many([{"_id": n, "kind": "abc"[n % 3], "price": n % 7} for n in range(100_000)])
    if mode == "mask":
        rows.update_many({}, [{"$set": {"email": {"$concat": ["p", {"$toString": "$_id"}, "@post.example"]}}}])
    rules = yaml.safe_load(scan(pair.source))
    assert rules["databases"]["d"]["things"]["mode"] == mode
    rows.update_one({"_id": 77_777}, {"$set": {"note.to": "for Ann"}})
    ran = pair.do("run", rules)
    assert ran.code == 3
    assert ran.unlisted() == {("d.things", "note.to", "string"): 1}
    assert "for Ann" not in ran.stderr


def test_a_draft_and_its_progress_hold_no_value(pair):
    canary = "Canary"
    rows = [
        {
            "_id": f"{canary}{n}@post.example",
            "who": f"{canary} {n}",
            "map": {f"{canary}{n}@x.example": n},
            "n": [canary],
        }
        for n in range(300)
    ]
    pair.source.client.d.people.insert_many(rows)
    done = command("scan", "--source-socket", pair.source.socket)
    assert done.returncode == 0
    assert canary not in done.stdout + done.stderr
    assert "map.*" in yaml.safe_load(done.stdout)["databases"]["d"]["people"]["fields"]
    told = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert told[-1]["documents"] == told[-1]["total"] == 300


def test_a_masked_key_is_drafted_and_runs(pair):
    rows = [{"_id": n, "votes": {f"ann{n}@post.example": 1, f"bob{n}@post.example": 2}} for n in range(50)]
    pair.source.client.d.polls.insert_many(rows)
    rules = yaml.safe_load(scan(pair.source))
    assert rules["databases"]["d"]["polls"]["fields"]["votes.*"] == {"keys": "email", "mask": "keep"}
    assert pair.do("run", rules).code == 0
    assert "ann7@post.example" not in str(list(pair.target.client.d.polls.find()))


def test_a_server_may_be_named_by_the_environment_and_a_file_is_not_replaced(pair, tmp_path):
    pair.source.client.d.c.insert_one({"_id": 1})
    uri = f"mongodb://{pair.source.socket.replace('/', '%2F')}/?directConnection=true"
    file = tmp_path / "rules.yaml"
    words = ["--source-uri-env", "SCAN_URI", "--output", str(file)]
    assert command("scan", *words, env={**os.environ, "SCAN_URI": uri}).returncode == 0
    assert yaml.safe_load(file.read_text())["databases"]["d"]["c"] == {"mode": "copy", "fields": ["_id"]}
    again = command("scan", *words, env={**os.environ, "SCAN_URI": uri})
    assert again.returncode == 2
    assert "is there already" in again.stderr


def test_views_empty_collections_and_files_are_in_the_draft(pair):
    data = pair.source.client.d
    data.c.insert_one({"_id": 1, "a": "x"})
    data.create_collection("later")
    data.command("create", "seen", viewOn="c", pipeline=[])
    data["fs.files"].insert_one({"_id": 1, "filename": "a.pdf", "length": 3})
    data["fs.chunks"].insert_one({"_id": 1, "files_id": 1, "n": 0, "data": b"abc"})
    rules = yaml.safe_load(scan(pair.source))["databases"]["d"]
    assert rules["later"] == rules["seen"] == {"mode": "empty"}
    assert rules["fs.chunks"] == {"mode": "DECIDE"}
    assert rules["fs.files"]["mode"] in ("copy", "mask")


def test_a_wrong_database_or_server_is_said(pair):
    done = command("scan", "--source-socket", pair.source.socket, "--database", "nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no database nowhere" in done.stderr
    done = command("scan", "--source-socket", "/nowhere.sock")
    assert done.returncode == 5
    assert "Traceback" not in done.stderr
