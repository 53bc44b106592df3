# ruff: noqa: E501 (cases and SQL stay on one line; nothing here is anybody's input or secret)
"""The verifier finds what should not be in a scrubbed dump, wherever it stands."""

from __future__ import annotations

import gzip
import io
import os
import re
import signal
import tempfile
from pathlib import Path

import pytest

from anonymizer.errors import AnonymizerError, ServerError
from anonymizer.rules.reader import parse
from dumps import prepare, verify_rows
from dumps.errors import CutShortError
from dumps.survey import look, without_dropped
from dumps.verify import _read, verify
from dumps.verify_sides import Sides
from tests.dumps import texts
from tests.dumps.preparing import prepared, text

PAIR = texts.PEOPLE.replace(b"people", b"orders").replace(b"ENGINE", b"ENGINE")
VIEW = b"CREATE VIEW `v` AS select 'seen' AS `x` from `people`;\n"
ROWS = (
    b"INSERT INTO `people` VALUES "
    + b",".join(
        b"(%d,'Ada Nr%d Lovelace','ada.lovelace%d@real-company.de','1985-12-%02d')" % (n, n, n, n % 28 + 1)
        for n in range(1, 40)
    )
    + b";\n"
)
SOURCE = texts.dump(texts.PEOPLE, ROWS, VIEW)


def verified(folder, change, source=SOURCE, rules=texts.RULES, workers=1):
    """Prepare a dump, change it by hand, and give the kinds of findings with their places."""
    prepared(folder, source, rules)
    path = folder / "20260101" / "shop.sql.gz"
    path.write_bytes(gzip.compress(change(text(folder)).encode()))
    parsed, file = parse(rules), io.BufferedReader(io.BytesIO(source))
    survey = look(file, "source", parsed)
    outcome = verify(file, path, parsed, without_dropped(survey.collector, parsed), folder, 100, workers)
    return {(one["kind"], one["collection"], one["path"]) for one in outcome.findings}, outcome.checks


def test_a_scrubbed_dump_has_no_findings_and_every_control_was_found(tmp_path):
    found, checks = verified(tmp_path, lambda made: made)
    assert found == set()
    planted = {check["check"]: check["control"] for check in checks}
    assert all(control["planted"] == control["found"] for control in planted.values())
    assert all(
        planted[check]["planted"]
        for check in ("documents", "kept_values", "own_path", "identity_values", "detectors", "structures")
    )


@pytest.mark.parametrize(
    ("change", "kind", "place"),
    [
        (lambda made: made.replace("select 'seen'", "select 'ada.lovelace7@real-company.de'"), "original", ("view", "v")),
        (lambda made: made.replace("-- Dump completed", "-- by ada.lovelace7@real-company.de\n-- Dump completed"), "original", ("comment", "")),
        (lambda made: made.replace("(5,'", "(6000,'"), "changed", ("shop.people", "id")),
        (lambda made: _row(made, 3, 1, "'Ada Nr3 Lovelace'"), "own_path", ("shop.people", "name")),
        (lambda made: _row(made, 3, 1, "'ask ADA.LOVELACE9@real-company.de'"), "original", ("shop.people", "name")),
        (lambda made: _row(made, 3, 2, "'someone@gmail.com'"), "detector_email", ("shop.people", "mail")),
        (lambda made: _row(made, 3, 3, "'1700-01-01'"), "format", ("shop.people", "born")),
        (lambda made: _row(made, 3, 0, "'ask +49 89 4140 2371'"), "detector_phone", ("shop.people", "id")),
        (lambda made: _row(made, 3, 3, "'ask +49 89 4140 2371'"), "detector_phone", ("shop.people", "born")),
        (lambda made: _row(made, 3, 0, "'nothing'"), "changed", ("shop.people", "id")),
        (lambda made: _row(made, 3, 2, "NULL"), "type", ("shop.people", "mail")),
        (lambda made: made.replace("),(39,", "),(39,'x','y@example.com',NULL),(40,"), "documents", ("shop.people", "")),
        (lambda made: made.replace("varchar(80)", "varchar(81)"), "options", ("table people", "")),
        (lambda made: made.replace("INSERT INTO `people`", "INSERT INTO `other`"), "unexpected", ("other", "")),
    ],
)  # fmt: skip
def test_what_was_put_into_a_scrubbed_dump_is_found(tmp_path, change, kind, place):
    found, _ = verified(tmp_path, change)
    assert (kind, *place) in found


def _row(made: str, number: int, place: int, value: str) -> str:
    """Change one value of one row."""
    start = made.index(f"({number},'")
    end = made.index(")", start)
    parts = made[start + 1 : end].split(",")
    parts[place] = value
    return made[: start + 1] + ",".join(parts) + made[end:]


def test_a_reference_that_leads_nowhere_is_found(tmp_path):
    parent = b"CREATE TABLE `p` (`id` int NOT NULL, PRIMARY KEY (`id`));\nINSERT INTO `p` VALUES (1),(2);\n"
    child = b"CREATE TABLE `c` (`p_id` int, CONSTRAINT `fk` FOREIGN KEY (`p_id`) REFERENCES `p` (`id`));\nINSERT INTO `c` VALUES (1),(2);\n"
    rules = {
        "version": 1,
        "databases": {"shop": {name: {"mode": "copy", "fields": [key]} for name, key in (("p", "id"), ("c", "p_id"))}},
    }
    source = texts.dump(parent, child)
    assert verified(tmp_path, lambda made: made, source, rules)[0] == set()
    found, _ = verified(
        tmp_path, lambda made: made.replace("INTO `p` VALUES (1)", "INTO `p` VALUES (3)"), source, rules
    )
    assert ("reference", "shop.c", "p_id") in found


def test_a_reference_of_several_columns_that_leads_nowhere_is_found(tmp_path):
    parent = b"CREATE TABLE `p` (`a` int NOT NULL, `b` char(2) NOT NULL, PRIMARY KEY (`a`,`b`));\nINSERT INTO `p` VALUES (1,'de'),(2,'fr');\n"
    child = (
        b"CREATE TABLE `c` (`x` int, `y` char(2), CONSTRAINT `fk` FOREIGN KEY (`x`,`y`) REFERENCES `p` (`a`,`b`));\n"
        b"INSERT INTO `c` VALUES (1,'de'),(2,'fr'),(2,NULL);\n"
    )
    masked = {"mask": "token", "injective": True, "domain": "a"}
    rules = {"version": 1, "databases": {"shop": {
        "p": {"mode": "mask", "fields": {"a": masked, "b": "keep"}}, "c": {"mode": "mask", "fields": {"x": masked, "y": "keep"}},
    }}}  # fmt: skip
    source = texts.dump(parent, child)
    assert verified(tmp_path, lambda made: made, source, rules)[0] == set()
    found, _ = verified(tmp_path, lambda made: made.replace(",'fr');\nCREATE", ",'it');\nCREATE"), source, rules)
    assert ("reference", "shop.c", "x") in found


def test_rows_of_a_table_that_should_be_empty_are_found(tmp_path):
    rules = texts.rules({}, mode="empty")
    source = texts.one("`a` int", "(1)")
    found, _ = verified(
        tmp_path,
        lambda made: made.replace("-- Dump completed", "INSERT INTO `t` VALUES (9);\n-- Dump completed"),
        source,
        rules,
    )
    assert ("documents", "shop.t", "") in found


FAMILY = {
    "version": 1,
    "databases": {"shop": {
        "people": {"mode": "mask", "fields": {
            "id": "keep", "name": "full_name", "mail": {"mask": "email", "domain": "mail"}, "sin": {"mask": "token", "injective": True},
            "note": "keep", "kind": "keep", "value": [{"when": {"kind": "mail"}, "mask": "email"}, "keep"], "born": "birth_date",
        }},
        "orders": {"mode": "mask", "fields": {
            "id": "keep", "person": "keep", "total": {"mask": "noise", "percent": 10}, "where": {"mask": "coordinates", "shift_km": 1}, "ref": "keep",
        }},
    }},
}  # fmt: skip
PEOPLE = (
    b"CREATE TABLE `people` (`id` int NOT NULL, `name` varchar(80), `mail` varchar(80), `sin` char(9), `note` text, `kind` varchar(9), `value` varchar(80), `born` date, PRIMARY KEY (`id`));\n"
    b"INSERT INTO `people` VALUES "
    + b",".join(
        b"(%d,%b,'ada%d@real-company.de','%09d','note %d','%b','%b','19%02d-05-06')"
        % (n, b"'Ada Nr%d Lovelace'" % (n % 7) if n % 5 else b"NULL", n, n * 7919 + 10**8, n % 3, *kind, n % 90 + 10)
        for n, kind in ((n, [(b"mail", b"bob%d@real-company.de" % n), (b"plain", b"words")][n % 2]) for n in range(60))
    )
    + b";\n"
)
ORDERS = (
    b"CREATE TABLE `orders` (`id` bigint, `person` int, `total` decimal(9,2), `where` point, `ref` bigint, CONSTRAINT `fk` FOREIGN KEY (`person`) REFERENCES `people` (`id`));\n"
    b"INSERT INTO `orders` VALUES "
    + b",".join(
        b"(%d,%d,%d.50,0x00000000010100000000000000000024400000000000004840,%d)" % (n, n % 60, n, 4_400_000_000 + n % 4)
        for n in range(90)
    )
    + b";\n"
)


def _leaking(made: str) -> str:
    """Break a scrubbed dump in many places."""
    made = re.sub(r"\((1[0-9]),('[^']*'),", r"(\1,'Ada Nr3 Lovelace',", made)
    made = made.replace("'note 1'", "'left with ADA NR1 LOVELACE on Monday'").replace(
        "'words'", "'ask ada3@real-company.de'"
    )
    return (
        made.replace("(7,7,", "(7,777,")
        .replace(",NULL,", ",'Ada',", 1)
        .replace("),(8,8,", "),(8,9,")
        .replace(",4400000002)", ",4400000009)")
    )


@pytest.mark.parametrize("change", [lambda made: made, _leaking])
def test_the_outcome_is_the_same_for_any_number_of_processes(tmp_path, small_parts, change):
    source = texts.dump(PEOPLE, ORDERS)
    outcomes = [verified(tmp_path / str(workers), change, source, FAMILY, workers) for workers in (1, 3)]
    assert outcomes[0] == outcomes[1]
    kinds = {kind for kind, _, _ in outcomes[0][0]}
    assert kinds == (
        set()
        if change is not _leaking
        else {"own_path", "own_name", "original", "changed", "reference", "inconsistent", "type", "detector_email"}
    )


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(verify_rows, "PART_ROWS", 7)


def test_a_process_that_dies_is_an_error(tmp_path, monkeypatch, small_parts):
    own = os.getpid()
    monkeypatch.setattr(Sides, "run", lambda *_: os.getpid() != own and os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(ServerError, match="a process that verifies died"):
        verified(tmp_path, lambda made: made, workers=2)


def test_what_a_process_meets_is_told_without_any_value(tmp_path, monkeypatch, small_parts):
    def failing(*_):
        raise ValueError("ada@real-company.de")

    monkeypatch.setattr(Sides, "run", failing)
    with pytest.raises(AnonymizerError, match="ValueError") as raised:
        verified(tmp_path, lambda made: made, workers=2)
    assert "real-company" not in str(raised.value)


def test_a_dump_cut_short_is_told_by_whatever_process(tmp_path, small_parts):
    with pytest.raises(CutShortError):
        verified(tmp_path, lambda made: made[:-20], workers=3)


def test_a_source_without_a_name_is_read_by_each_process_at_a_place_of_its_own():
    """What came through a pipe lies in such a file; processes that are forked would share its place."""
    with prepare.spooled(io.BytesIO(SOURCE), Path(tempfile.gettempdir())) as file:
        file.read(3)
        assert _read(file, lambda own: gzip.decompress(own.read())) == SOURCE
        assert file.tell() == 3
