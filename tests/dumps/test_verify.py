# ruff: noqa: E501 (cases and SQL stay on one line; nothing here is anybody's input or secret)
"""The verifier finds what should not be in a scrubbed dump, wherever it stands."""

from __future__ import annotations

import gzip
import io

import pytest

from anonymizer.rules.reader import parse
from dumps.survey import look, without_dropped
from dumps.verify import verify
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


def verified(folder, change, source=SOURCE, rules=texts.RULES):
    """Prepare a dump, change it by hand, and give the kinds of findings with their places."""
    prepared(folder, source, rules)
    path = folder / "20260101" / "shop.sql.gz"
    path.write_bytes(gzip.compress(change(text(folder)).encode()))
    parsed, file = parse(rules), io.BufferedReader(io.BytesIO(source))
    survey = look(file, "source", parsed)
    file.seek(0)
    outcome = verify(file, path, parsed, without_dropped(survey.collector, parsed), folder, 100)
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
