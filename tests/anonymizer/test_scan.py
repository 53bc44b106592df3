"""What a scan makes of names, values and shapes, without a server."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from bson import Binary

from anonymizer import display
from anonymizer.mongo import Collection
from anonymizer.rules.reader import parse
from anonymizer.scan import verdict
from anonymizer.scan.compounds import tokens
from anonymizer.scan.draft import draft, key
from anonymizer.scan.findings import judge_all
from anonymizer.scan.names import meaning
from anonymizer.scan.references import connect
from anonymizer.scan.shape import MOST_KEYS, Shape
from anonymizer.scan.signals import signals
from anonymizer.scan.summary import SKETCH_SIZE, Summary
from anonymizer.scan.survey import Surveyed

ROOT = Path(__file__).resolve().parents[2]


def surveyed(namespace, documents, unique=()):
    shape = Shape()
    for document in documents:
        shape.add(document)
    database, _, name = namespace.partition(".")
    found = Surveyed(Collection(database, name, "collection", {}), shape.documents, shape.documents, frozenset(unique))
    found.findings = judge_all(name, shape.settle())
    return found


def drafted(*found):
    connect(list(found))
    return yaml.safe_load(draft(list(found), whole=True).text)["databases"]


@pytest.mark.parametrize("name", ["eMailAdresse", "e_mail-adresse", "E-Mail Adresse", "emailAdresse"])
def test_a_name_is_the_same_however_it_is_written(name):
    assert meaning(("c", name)).kind == "email"


def test_words_lose_their_accents():
    assert tokens("Straßen_Höhe") == ["strassen", "hohe"]
    assert tokens("date_of_birth") == ["date", "birth"]


@pytest.mark.parametrize(
    "name", ["product_name", "filename", "email_count", "phone_verified", "address_type", "tipo_email", "next_token"]
)
def test_misleading_names_say_that_they_are_about_something_else(name):
    assert meaning(("things", name)).neutral


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("verified_email", "email"),
        ("kundenmail", "email"),
        ("telefonu", "phone"),
        ("preferred_name", "name"),
        ("religionsbekenntnis", "attribute"),
        ("paymentMethodLast4", "card"),
        ("guest_id", "account"),
        ("card.number", "card"),
        ("tax_ids.value", "national_id"),
        ("narozeni.rok", "birth_date"),
    ],
)
def test_a_name_says_its_kind_by_its_words_and_what_stands_above(name, kind):
    said = meaning(("c", *name.split(".")))
    assert (said.kind, said.strong) == (kind, True)


def judged(documents):
    return {one.path: (one.verdict.decision, one.verdict.kind) for one in surveyed("d.c", documents).findings}


def test_what_is_beside_a_persons_data_is_taken_for_the_persons_or_asked_about():
    known = [{"mail": f"a{n}@post.example", "phone": f"+49 30 12345{n:02d}"} for n in range(40)]
    unknown = [{"xq": f"AB-{n:05d}", "zorb": "yn"[n % 2], "status": "ab"[n % 2]} for n in range(40)]
    alone, together = judged(unknown), judged([{**one, **other} for one, other in zip(known, unknown, strict=True)])
    assert (alone["xq"][0], alone["zorb"][0]) == (verdict.DECIDE, verdict.PLAIN)
    assert (together["xq"], together["zorb"][0]) == ((verdict.PERSONAL, "account"), verdict.DECIDE)
    assert together["status"][0] == verdict.PLAIN, "its name is known, and of no person"


def test_a_part_about_health_is_personal_whole_but_for_its_ids_and_times():
    inner = [{"zorb": "yn"[n % 2], "updated_at": "2026-05-04", "form_id": n} for n in range(40)]
    rows = [{"medical": part, "zorb": part["zorb"]} for part in inner]
    found = judged(rows)
    assert found["medical.zorb"] == (verdict.PERSONAL, "attribute")
    assert {found[path][0] for path in ("medical.updated_at", "medical.form_id", "zorb")} == {verdict.PLAIN}


def test_a_number_beside_a_street_is_of_the_address():
    rows = [{"a": {"strada": f"Strada Florilor {n}", "numar": n}, "numar": n} for n in range(40)]
    found = judged(rows)
    assert found["a.numar"] == (verdict.PERSONAL, "street")
    assert found["numar"][0] == verdict.PLAIN


@pytest.mark.parametrize(
    ("values", "personal"),
    [
        (("Mr", "Mrs", "Ms"), True),
        (("O+", "A-", "AB+"), True),
        (("A+", "A-", "B+"), False),
        (("white", "black"), False),
    ],
)
def test_a_few_values_tell_of_a_person_where_they_can_be_nothing_else(values, personal):
    found = judged([{"c3": values[n % len(values)]} for n in range(40)])
    assert (found["c3"][0] == verdict.PERSONAL) is personal


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("anna@post.example", "email"),
        ("+49 30 1234567", "phone"),
        ("DE89370400440532013000", "iban"),
        ("4242424242424242", "card"),
        ("192.0.2.7", "ip"),
        ("2001:db8::1", "ip"),
        ("Maria Rossi", "name"),
        ("please write to anna@post.example at once", "in:email"),
        ("call me at +49 30 1234567 tonight please", "in:phone"),
        ("550e8400-e29b-41d4-a716-446655440000", "uuid"),
        ("1984-05-04", "date"),
        ("44051401359", "id:pl.pesel"),
        ("https://www.linkedin.com/in/anna-krause-7", "profile"),
        ("mailto:anna@post.example", "reach"),
        ("WVWZZZ1JZXW000001", "vin"),
        ("52.52000,13.40500", "latlon"),
        ("E11.9", "icd"),
        ("(415) 555-0132", "local_phone"),
        ("Hauptstraße 12", "street"),
    ],
)
def test_values_read_like_what_they_are(text, word):
    assert word in signals(text)


@pytest.mark.parametrize("text", ["12.5", "1.2.3", "SO-ABC-DEFG", "Garden chair", "red", "0x1f", "v1.2", "20260101"])
def test_values_of_daily_life_read_like_nobody(text):
    assert not signals(text) & {"email", "phone", "iban", "card", "ip", "name", "street", "mac"}


def test_a_map_with_unknown_keys_is_one_path():
    documents = [{"_id": n, "cards": {f"{n * 7919 + k:012x}": {"q": k} for k in range(2)}} for n in range(40)]
    fields = drafted(surveyed("d.c", documents))["d"]["c"]["fields"]
    assert fields == ["_id", "cards.*.q"]


def test_fields_that_are_always_there_are_no_map_however_many():
    documents = [{"_id": n, "m": {f"field_{k}": k for k in range(60)}} for n in range(30)]
    assert len(drafted(surveyed("d.c", documents))["d"]["c"]["fields"]) == 61


def test_memory_is_bounded_by_a_map_with_a_new_key_in_each_document():
    shape = Shape()
    for n in range(8_000):
        shape.add({"m": {f"key{n % 10}{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676 % 26)}": n}})
    assert len(shape.root.children["m"].children) <= MOST_KEYS
    root = shape.settle()
    assert list(root.children["m"].children) == []
    assert root.children["m"].others.count == 8_000


def test_a_summary_keeps_no_more_than_its_sketch():
    summary = Summary()
    for n in range(50_000):
        summary.add(f"value number {n}")
    assert len(summary.sketch) == SKETCH_SIZE
    assert 40_000 < summary.distinct < 60_000
    assert summary.examined < 5_000, "ever fewer values are looked at closely"


def test_one_address_among_many_values_is_asked_about():
    documents = [{"_id": n, "c7": f"AB-{n:05d}"} for n in range(200)] + [{"_id": 0, "c7": "anna@post.example"}]
    found = {one.path: one.verdict for one in surveyed("d.c", documents).findings}
    assert found["c7"].decision == verdict.DECIDE
    assert "e-mail" in found["c7"].evidence


def test_what_was_always_null_is_asked_about_unless_its_name_says_it():
    documents = [{"_id": n, "x1": None, "email": None, "created_at": None, "y": [], "z": {}} for n in range(9)]
    found = {one.path: one.verdict.decision for one in surveyed("d.c", documents).findings}
    asked = dict.fromkeys("xyz", verdict.DECIDE)
    assert found == {
        "_id": verdict.PLAIN,
        "x1": asked["x"],
        "email": verdict.PERSONAL,
        "created_at": verdict.PLAIN,
        "y": asked["y"],
        "z": asked["z"],
    }


def test_a_uuid_in_binary_is_an_id_and_other_binary_is_asked_about():
    documents = [{"_id": Binary(bytes([n] * 16), 4), "b": bytes([n] * 9)} for n in range(30)]
    found = {one.path: one.verdict.decision for one in surveyed("d.c", documents).findings}
    assert found == {"_id": verdict.PLAIN, "b": verdict.DECIDE}


def test_what_holds_the_same_values_gets_one_domain():
    accounts = surveyed("d.accounts", [{"_id": n, "account_id": 300_000 + 7 * n} for n in range(200)])
    people = surveyed("d.people", [{"_id": n, "accounts": [300_000 + 7 * n]} for n in range(200)])
    rules = drafted(accounts, people)["d"]
    same = {"mask": "token", "domain": "account"}
    assert rules["accounts"]["fields"]["account_id"] == rules["people"]["fields"]["accounts[]"] == same


def test_a_unique_index_gives_all_paths_of_its_domain_a_mask_that_cannot_collide():
    logins = [f"anna{n}" for n in range(40)]
    users = surveyed("d.users", [{"_id": n, "phone": f"+49 30 {1234567 + n}"} for n in range(40)], unique=["phone"])
    posts = surveyed("d.posts", [{"_id": n, "phone": f"+49 30 {1234567 + n}", "t": logins[n]} for n in range(40)])
    rules = drafted(users, posts)["d"]
    assert (
        rules["users"]["fields"]["phone"] == rules["posts"]["fields"]["phone"] == {"mask": "phone", "injective": True}
    )


@pytest.mark.parametrize("name", ["a", "on", "no", "ä b", "a.b[]", "*", "1", "x: y", "#", "- a", "null", 'q"', "a*"])
def test_any_key_survives_yaml(name):
    assert yaml.safe_load(f"{key(name)}: 1") == {name: 1}


def test_odd_keys_of_documents_are_drafted_so_that_rules_take_them():
    odd = ["", "a.b", " x", "[0]", "on", "no", "null", "ä", "a b", "$ref", "*"]
    documents = [{"_id": n, **dict.fromkeys(odd, True), "in": dict.fromkeys(odd, n)} for n in range(30)]
    text = draft([surveyed("d.c", documents)], whole=True).text
    assert "keys: DECIDE" in text
    rules = parse(yaml.safe_load(text.replace("keys: DECIDE", "keys: {mask: token, domain: keys, injective: true}")))
    assert {"_id", "on", "no", "null", "ä", "a b", "$ref", "*"} <= set(rules.collections["d.c"].fields)


def test_progress_is_lines_of_json_where_no_terminal_is():
    stream = io.StringIO()
    with display.shown("scan", stream) as shown:
        shown.tell("scan", "d.c", 0, 10)
        shown.tell("scan", "d.c", 5, 10)
        shown.tell("scan", "d.c", 10, 10)
    rows = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [row["documents"] for row in rows] == [0, 10]


def test_progress_is_a_bar_on_a_terminal():
    stream = io.StringIO()
    stream.isatty = lambda: True
    with display.shown("scan", stream) as shown:
        shown.tell("scan", "d.c", 5, 10)
        assert isinstance(shown, display.Bar)


def test_what_scan_needs_is_loaded_by_no_other_verb():
    code = "import sys, anonymizer.__main__ as m; m._parser(['nonsense'])\n"
    code += "import anonymizer.transfer.transfer, anonymizer.verification.verify\n"
    code += "import anonymizer.scan.check, anonymizer.scan.explain\n"
    code += "assert not {'phonenumbers', 'email_validator', 'rich'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
