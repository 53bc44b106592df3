"""What a draft proposes for a person to confirm: references, subjects, cases by the key beside a value."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import bson
import pytest
import yaml

from anonymizer.keys import Keyring
from anonymizer.mongo import Collection
from anonymizer.rules.reader import parse
from anonymizer.scan.draft import draft
from anonymizer.scan.findings import judge_all
from anonymizer.scan.references import connect
from anonymizer.scan.shape import Shape
from anonymizer.scan.survey import Surveyed
from anonymizer.treatment.program import Program
from tests.anonymizer.confirming import confirmed_text

DAY = datetime(2026, 5, 4, tzinfo=timezone.utc)
IDS = [bson.ObjectId(f"{n:024x}") for n in range(0xABCDEF, 0xABCDEF + 40)]
PEOPLE = [
    {
        "_id": IDS[n],
        "name": f"Anna Krause{chr(97 + n % 26)}",
        "email": f"a{n}@post.example",
        "phone": f"+49 30 12345{n:02d}",
        "customer_number": f"K-{n:04d}",
        "at": DAY,
    }
    for n in range(40)
]
ORDERS = [
    {
        "_id": n,
        "buyer": IDS[n % 40],
        "customer_number": f"K-{n % 40:04d}",
        "placed": DAY + timedelta(n),
        "note": "call Anna at once",
    }
    for n in range(60)
]


def surveyed(namespace, documents, sole=(), estimate=0):
    shape = Shape()
    for document in documents:
        shape.add(document)
    database, _, name = namespace.partition(".")
    found = Surveyed(Collection(database, name, "collection", {}), shape.documents, estimate or shape.documents)
    found.findings, found.sole = judge_all(name, shape.settle()), frozenset(sole)
    return found


def drafted(*found):
    connect(list(found))
    return draft(list(found), whole=True).text


def confirmed(text):
    return yaml.safe_load(confirmed_text(text))


def proposals(text):
    return [
        line.strip().partition(" # confirm:")[0].rstrip()
        for line in text.splitlines()
        if re.match(r" +# .*confirm:", line)
    ]


def test_a_path_whose_values_are_all_among_ids_is_proposed_as_a_reference():
    text = drafted(surveyed("d.people", PEOPLE), surveyed("d.orders", ORDERS))
    assert '# buyer: {mask: keep, refers_to: "d.people._id"}' in proposals(text)
    rules = parse(confirmed(text))
    assert rules.collections["d.orders"].fields["buyer"].refers_to == "d.people._id"


def test_a_path_that_is_unique_by_itself_may_be_referred_to():
    text = drafted(surveyed("d.people", PEOPLE, sole=["customer_number"]), surveyed("d.orders", ORDERS))
    assert any(
        line.startswith("# customer_number:") and '"d.people.customer_number"' in line for line in proposals(text)
    )
    parse(confirmed(text))
    without = drafted(surveyed("d.people", PEOPLE), surveyed("d.orders", ORDERS))
    assert not any(line.startswith("# customer_number:") for line in proposals(without))


def test_values_of_which_some_are_elsewhere_are_no_reference():
    others = [{**order, "buyer": bson.ObjectId() if n % 2 else order["buyer"]} for n, order in enumerate(ORDERS)]
    assert not any(
        "buyer" in line for line in proposals(drafted(surveyed("d.people", PEOPLE), surveyed("d.o", others)))
    )


def test_a_sample_of_the_target_is_allowed_for():
    half = surveyed("d.people", PEOPLE[:20], estimate=40)
    assert any("buyer" in line for line in proposals(drafted(half, surveyed("d.orders", ORDERS))))


def test_counts_that_meet_by_chance_are_no_reference():
    text = drafted(
        surveyed("d.a", [{"_id": n, "email": f"a{n}@post.example"} for n in range(60)]),
        surveyed("d.b", [{"_id": n, "stock": n % 50, "email": f"b{n}@post.example"} for n in range(60)]),
    )
    assert not any("stock" in line for line in proposals(text))


def test_documents_with_dates_are_proposed_a_subject_where_they_are_about_a_person():
    text = drafted(surveyed("d.people", PEOPLE), surveyed("d.orders", ORDERS))
    rules = parse(confirmed(text)).collections
    assert (rules["d.people"].subject, rules["d.orders"].subject) == ("_id", "buyer")


def test_a_document_with_anothers_name_and_address_is_about_whom_it_refers_to():
    parcels = [
        {**order, "to": {"name": "Anna Krause", "phone": "+49 30 1234567", "email": "x@post.example"}}
        for order in ORDERS
    ]
    text = drafted(surveyed("d.people", PEOPLE), surveyed("d.orders", parcels))
    assert parse(confirmed(text)).collections["d.orders"].subject == "buyer"


def test_no_subject_is_proposed_without_dates_or_without_people():
    undated = [{key: value for key, value in order.items() if key != "placed"} for order in ORDERS]
    assert "subject" not in drafted(surveyed("d.orders", undated))
    assert "subject" not in drafted(surveyed("d.orders", ORDERS))
    goods = [{"_id": one["_id"], "title": "Blue lamp", "email": "shop@post.example", "at": DAY} for one in PEOPLE]
    assert "subject" not in drafted(surveyed("d.goods", goods), surveyed("d.orders", ORDERS))


def contacts(n):
    mail, phone = f"a{n}@post.example", f"+49 30 12345{n:02d}"
    return {"_id": n, "contacts": [{"kind": "email", "value": mail}, {"kind": "mobile", "value": phone}]}


CONTACTS = [contacts(n) for n in range(30)]


def test_a_value_whose_key_says_what_it_is_is_proposed_cases_that_treat_it():
    text = drafted(surveyed("d.c", CONTACTS))
    rule = parse(confirmed(text)).collections["d.c"]
    kinds = {value: case.rule.mask for case in rule.fields["contacts[].value"].cases for value in case.when.values}
    assert kinds == {"email": "email", "mobile": "phone"}
    assert rule.fields["contacts[].value"].mask == "text", "what the key says else may be anything"
    program = Program(rule, Keyring.ephemeral())
    (treated,) = program.treat(bson.encode(CONTACTS[0]))
    if not isinstance(treated, dict):
        treated = bson.decode(bytes(treated))
    assert not program.unlisted.counts
    assert "@" in treated["contacts"][0]["value"]
    assert treated["contacts"][1]["value"].startswith("+49")


def test_what_the_key_says_makes_a_value_personal_that_reads_like_nothing():
    rows = [
        {"_id": n, "facts": [{"type": "passport_no", "value": f"C{n:08d}X"}, {"type": "colour", "value": "red"}]}
        for n in range(30)
    ]
    found = {one.path: one.verdict for one in surveyed("d.c", rows).findings}
    assert (found["facts[].value"].decision, found["facts[].value"].kind) == ("personal", "national_id")


def test_words_of_the_key_that_may_be_a_persons_are_not_shown():
    rows = [
        {
            "_id": n,
            "f": [
                {"type": "Email Annegret", "value": f"a{n}@post.example"},
                {"type": "email", "value": "x@post.example"},
            ],
        }
        for n in range(30)
    ]
    text = drafted(surveyed("d.c", rows))
    assert "Annegret" not in text
    assert '{when: {"type": "email"}, mask: email}' in text


@pytest.mark.parametrize("rows", [PEOPLE, ORDERS, CONTACTS])
def test_proposals_are_comments_and_the_draft_without_them_is_as_it_was(rows):
    text = drafted(surveyed("d.c", rows))
    plain = "\n".join(line for line in text.splitlines() if not line.strip().startswith("#"))
    assert yaml.safe_load(text) == yaml.safe_load(plain)
