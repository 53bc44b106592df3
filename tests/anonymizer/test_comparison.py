from __future__ import annotations

import pytest
from bson import ObjectId

from anonymizer.verification import evidence
from anonymizer.verification.digests import Collector, Digester, DigestSet, merge
from tests.anonymizer.judging import Judging, originals

FIELDS = {
    "_id": "keep",
    "name": "name",
    "email": "email",
    "at": "date_shift",
    "note": "text",
    "gone": "null",
    "fixed": {"mask": "constant", "value": "x"},
    "m.*.number": "card",
    "free": "keep",
    "hotline": {"mask": "keep", "allow": ["phone"], "reason": "the shop's own"},
}
SOURCE = {
    "_id": 1,
    "name": "Ann Lee",
    "email": "ann@mail.de",
    "note": "hello",
    "gone": 5,
    "fixed": "y",
    "m": {"k": {"number": "4539148803436467"}},
    "free": "f",
}
COPY = {
    **SOURCE,
    "name": "Eva Koch",
    "email": "x@example.com",
    "note": "lorem",
    "gone": None,
    "fixed": "x",
    "m": {"k": {"number": "4242424242424242"}},
}


IDENTITIES = (
    ("email", "ann@mail.de"),
    ("card", "4539 1488 0343 6467"),
    ("street", "12 High Street"),
    ("phone", "+49 30 9018-2042"),
    ("token", "s3cr3t-t0ken-of-ann"),
    ("iban", "DE89 3704 0044 0532 0130 00"),
    ("ip", "93.184.216.34"),
    ("url", "https://shop.de/people/ann-lee?id=371138"),
    ("handle", "ann_lee_1987_berlin"),
)


@pytest.fixture
def compare(tmp_path):
    judging = Judging(FIELDS, tmp_path, IDENTITIES)

    def run(copy, source=SOURCE):
        judging.compare(source, copy)
        return judging.found()

    return run


def test_a_clean_copy_has_no_findings(compare):
    assert compare(COPY) == set()


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"name": "Ann Lee"}, ("own_path", "name")),
        ({"note": "hello"}, ("own_path", "note")),
        ({"gone": 5}, ("constant", "gone")),
        ({"fixed": "y"}, ("constant", "fixed")),
        ({"name": 5}, ("type", "name")),
        ({"name": None}, ("type", "name")),
        ({"free": "g"}, ("changed", "free")),
        ({"new": "g"}, ("unlisted", "*")),
        ({"note": "write ANN@mail.de now"}, ("original", "note")),
        ({"note": "4539-1488-0343-6467"}, ("original", "note")),
        ({"note": "she lives at 12 High  street, you know"}, ("original", "note")),
        ({"note": "call +49 (30) 90182042"}, ("original", "note")),
        ({"note": "t: s3cr3t-t0ken-of-Ann."}, ("original", "note")),
        ({"note": "pay to DE89370400440532013000 today"}, ("original", "note")),
        ({"note": "seen at 93.184.216.34."}, ("original", "note")),
        ({"note": "see (https://shop.de/people/ann-lee?id=371138)"}, ("original", "note")),
        ({"note": "ask Ann_Lee_1987_Berlin"}, ("original", "note")),
        ({"m": {"ann@mail.de": {"number": "4242424242424242"}}}, ("original", "m.*")),
        ({"note": "bob@mail.de"}, ("detector_email", "note")),
        ({"note": "+49 30 5550199"}, ("detector_phone", "note")),
        ({"note": "4716 0000 0000 0007"}, ("detector_card", "note")),
        ({"note": "GB82 WEST 1234 5698 7654 32"}, ("detector_iban", "note")),
        ({"note": "81.2.69.142"}, ("detector_ip", "note")),
        ({"note": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0."}, ("detector_jwt", "note")),
        ({"note": "RCCMNL83S18D969H"}, ("detector_national_id", "note")),
        ({"free": "a friend of ann lee"}, ("own_name", "free")),
        ({"email": "nobody"}, ("format", "email")),
        ({"m": {"k": {"number": "4242424242424241"}}}, ("format", "m.*.number")),
    ],
)
def test_each_kind_of_leak_is_found(compare, change, finding):
    assert finding in compare({**COPY, **change})


def test_a_missing_value_is_found(compare):
    assert compare({key: value for key, value in COPY.items() if key != "free"}) == {("changed", "free")}


def test_a_detector_is_silent_where_a_rule_gives_a_reason(compare):
    hotline = {"hotline": "+49 30 9999999"}
    assert compare({**COPY, **hotline}, {**SOURCE, **hotline}) == set()


@pytest.mark.parametrize(
    ("mask", "value"),
    [
        ("email", "unknown"),
        ("phone", "+1 212 555 0123"),
        ("card", "4242424242424242"),
        ("street", "unknown"),
        ("token", "ab12"),
        ("token", 371138),
        ("ip", "192.168.0.12"),
        ("iban", "DE79000000000000013000"),
        ("url", "https://a.de"),
        ("handle", "internationalisation"),
    ],
)
def test_values_that_say_nothing_of_one_person_are_not_looked_for(mask, value):
    assert list(evidence.forms_of(mask, value, 40)) == []


def test_ids_bytes_and_long_numbers_are_looked_for_as_text():
    assert list(evidence.forms_of("token", ObjectId(b"a" * 12), 40)) == ["61" * 12]
    assert list(evidence.forms_of("token", b"\1" * 16, 40)) == ["01" * 16]
    assert list(evidence.forms_of("token", 10**17, 40)) == [str(10**17)]


def test_many_digests_are_kept_in_one_sorted_file(tmp_path):
    digester = Digester(b"k" * 32)
    for start in (0, 5000):
        folder = tmp_path / str(start)
        folder.mkdir()
        collector = Collector(folder, digester)
        for n in range(start, start + 8000):
            collector.add(f"v{n}")
        collector.flush()
        for file in folder.iterdir():  # as two processes would leave them
            file.rename(tmp_path / f"{file.stem}.{start}")
    assert merge(tmp_path, tmp_path / "sorted") == 13_000
    held = DigestSet(tmp_path / "sorted", digester)
    assert len(held) == 13_000
    assert all(f"v{n}" in held for n in range(13_000))
    assert not any(f"w{n}" in held for n in range(13_000))


def test_a_set_of_nothing_holds_nothing(tmp_path):
    digester = Digester(b"k" * 32)
    assert merge(tmp_path, tmp_path / "sorted") == 0
    assert "a" not in DigestSet(tmp_path / "sorted", digester)


def test_what_is_planted_is_found_by_the_set_that_the_test_made(tmp_path):
    assert "ann@mail.de" in originals(tmp_path, IDENTITIES)
    assert "bob@mail.de" not in originals(tmp_path, IDENTITIES)
