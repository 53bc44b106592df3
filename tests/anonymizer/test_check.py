"""`check` and `explain` against a real mongod."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = "5f" * 32
pytestmark = pytest.mark.sandbox


def rules_file(pair, rules):
    file = pair.folder / "rules.json"
    file.write_text(json.dumps(rules))
    return str(file)


def check(pair, rules, *words):
    argv = [sys.executable, "-m", "anonymizer", "check", "--source-socket", pair.source.socket]
    argv += ["--rules", rules_file(pair, rules), *words]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)


def test_rules_that_fit_are_fine(shop, shop_rules):
    done = check(shop, shop_rules, "--all", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"], told["new"], told["changed"]) == (0, True, [], [])
    assert told["warnings"] == [{"collection": "shop.products", "path": "sku", "near": [], "gone": False}], (
        "the example names it too much"
    )
    assert told["read"] == 600 + 3000 + 800 + 200


def test_new_and_changed_paths_fail_with_three_and_hold_no_value(shop, shop_rules):
    source = shop.source.client.shop
    source.orders.update_one({}, {"$set": {"gift.card_text": "for Ann"}})
    source.customers.update_one({}, {"$set": {"phone": 4912345}})
    source.newsletters.insert_one({"a": "for Ann"})
    done = check(shop, shop_rules, "--all", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 3
    assert {(row["collection"], row["path"], row["type"]) for row in told["new"]} == {
        ("shop.orders", "gift.card_text", "string"),
        ("shop.newsletters", "", "collection"),
    }
    changed = [{key: row[key] for key in ("collection", "path", "type", "count")} for row in told["changed"]]
    assert changed == [{"collection": "shop.customers", "path": "phone", "type": "int", "count": 1}]
    assert "Ann" not in done.stdout + done.stderr
    plain = check(shop, shop_rules, "--all")
    assert "new: shop.orders gift.card_text string (1): no rule names this path, so a run would stop" in plain.stdout
    assert "changed: shop.customers phone int (1): its mask phone does not take int" in plain.stdout


def test_what_never_occurs_is_a_warning_with_near_names(shop, shop_rules):
    fields = shop_rules["databases"]["shop"]["customers"]["fields"]
    fields["adresses[].street"] = "street"
    shop_rules["databases"]["shop"]["gone"] = {"mode": "drop"}
    done = check(shop, shop_rules, "--all")
    assert done.returncode == 0
    assert "warning: shop.customers adresses[].street never occurs; near: addresses[].street" in done.stdout
    assert "warning: shop.gone (whole) never occurs" in done.stdout


def test_a_renamed_path_is_new_and_gone_at_once(shop, shop_rules):
    shop.source.client.shop.customers.update_many({}, {"$rename": {"loyalty_points": "loyalty_point"}})
    done = check(shop, shop_rules, "--all")
    assert done.returncode == 3
    assert "warning: shop.customers loyalty_points never occurs; near: loyalty_point" in done.stdout
    assert "perhaps loyalty_points under another name" in done.stdout


def test_what_is_of_another_type_than_recorded_fails_though_its_mask_takes_it(shop, shop_rules):
    shape, source = shop.folder / "shape.json", shop.source.client.shop.customers
    words = ["--all", "--shape", str(shape)]
    assert check(shop, shop_rules, *words).returncode == 0
    recorded = shape.read_text()
    assert "@" not in recorded, "types, and no value"
    source.update_one({}, {"$set": {"loyalty_points": "many"}})
    source.update_many({}, {"$unset": {"birth_date": 1}})
    done = check(shop, shop_rules, *words)
    assert done.returncode == 3
    assert "changed: shop.customers loyalty_points string (1): was int when last recorded" in done.stdout
    assert "warning: shop.customers birth_date is gone: it was there when last recorded" in done.stdout
    assert shape.read_text() == recorded, "only --accept records"
    assert check(shop, shop_rules, *words, "--accept").returncode == 3
    assert check(shop, shop_rules, *words).returncode == 0


def test_a_shape_that_check_did_not_write_is_refused(shop, shop_rules):
    done = check(shop, shop_rules, "--shape", str(ROOT / "pyproject.toml"))
    assert done.returncode == 2
    assert "is no JSON" in done.stderr
    assert check(shop, shop_rules, "--accept").returncode == 2


def explain_words(pair, rules, *words):
    argv = [sys.executable, "-m", "anonymizer", "explain", "--source-socket", pair.source.socket, "--key-stdin"]
    return [*argv, "--rules", rules_file(pair, rules), "--collection", "shop.customers", *words]


def test_explain_goes_to_no_pipe(small_shop, shop_rules):
    words = explain_words(small_shop, shop_rules)
    done = subprocess.run(words, cwd=ROOT, input=KEY, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--to-file" in done.stderr


def test_explain_writes_a_file_that_only_its_owner_reads(small_shop, shop_rules):
    file = small_shop.folder / "explained.txt"
    words = explain_words(small_shop, shop_rules, "--documents", "2", "--to-file", str(file))
    done = subprocess.run(words, cwd=ROOT, input=KEY, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert text.startswith("What follows holds personal data")
    source = small_shop.source.client.shop.customers.find_one()
    assert small_shop.do("run", shop_rules).code == 0
    masked = small_shop.target.client.shop.customers.find_one({"_id": source["_id"]})
    assert f"  email [email] string {source['email']!r} -> string {masked['email']!r}" in text
    assert f"  name [name] string {source['name']!r} -> string {masked['name']!r}" in text
    assert "addresses[0].city [keep]" in text
    again = subprocess.run(words, cwd=ROOT, input=KEY, capture_output=True, text=True, check=False)
    assert again.returncode == 2, "a file that is there is left alone"


def test_explain_shows_masked_keys_and_what_is_refused(pair, tmp_path):
    pair.source.client.shop.customers.insert_one({"_id": 1, "votes": {"ann@post.example": "x"}, "b": "y"})
    fields = {"_id": "keep", "votes.*": {"keys": "email", "mask": "token"}, "b": "drop"}
    rules = {"version": 1, "databases": {"shop": {"customers": {"mode": "mask", "fields": fields}}}}
    for number, listed in enumerate([fields, {"_id": "keep"}]):
        rules["databases"]["shop"]["customers"]["fields"] = listed
        file = tmp_path / f"{number}.txt"
        words = explain_words(pair, rules, "--to-file", str(file))
        assert subprocess.run(words, cwd=ROOT, input=KEY, text=True, check=False).returncode == 0
    text = (tmp_path / "0.txt").read_text()
    assert "key: email" in text
    assert "votes.ann@post.example [token] string 'x' -> string " in text
    assert "b [drop] string 'y' -> (not there)" in text
    assert "refused: b: string" in (tmp_path / "1.txt").read_text()


def test_explain_speaks_to_a_terminal(small_shop, shop_rules):
    ours, theirs = pty.openpty()
    words = explain_words(small_shop, shop_rules, "--documents", "1")
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    process.stdin.write(KEY.encode())
    process.stdin.close()
    text = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not piece:
            break
        text += piece
    assert process.wait() == 0
    assert b"shop.customers, document 1:" in text


def test_no_script_for_hosts_explains():
    scripts = list((ROOT / "scripts").rglob("*.sh"))
    assert scripts
    assert not [file for file in scripts if "anonymizer explain" in file.read_text()]
