# ruff: noqa: E501 (cases and SQL stay on one line; nothing here is anybody's input or secret)
"""A scrubbed dump has masked values where the rules say so, and all else as it was."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from anonymizer.errors import RulesError, UnlistedError
from dumps.errors import CutShortError, RefusedError, UnfitError, UsageError
from tests.dumps import texts
from tests.dumps.preparing import prepared, text

SHOP = texts.dump(texts.PEOPLE, texts.ROWS)


def test_masked_columns_change_and_kept_ones_stay(tmp_path):
    prepared(tmp_path, SHOP, texts.RULES)
    found = text(tmp_path)
    rows = re.findall(r"\((\d),'(.*?)',(NULL|'.*?'),(NULL|'.*?')\)", found)
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert rows[0][1] != "Ada Lovelace"
    assert rows[0][2].endswith("@example.com'")
    assert re.fullmatch(r"'198[5-9]-\d\d-\d\d'", rows[0][3])
    assert rows[1][3] == "NULL"
    assert rows[2][1:] == ("", "NULL", "'0000-00-00'")
    assert "real-company" in SHOP.decode()
    assert "real-company" not in found


def test_the_same_key_gives_the_same_bytes_and_gzip_makes_no_difference(tmp_path):
    one = prepared(tmp_path, SHOP, texts.RULES)
    two = prepared(tmp_path, gzip.compress(SHOP), texts.RULES, day="20260102")
    assert one["sha256"] == two["sha256"]
    assert one["source"]["sha256"] != two["source"]["sha256"]


def test_host_names_definers_and_comments_are_gone(tmp_path):
    definer = b"`jane.doe`@`10.1.2.%`"
    view = b"/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=%b SQL SECURITY DEFINER */\n/*!50001 VIEW `v` AS select `id` from `people` */;\n"
    trigger = b"DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=%b*/ /*!50003 TRIGGER `tr` BEFORE INSERT ON `people` FOR EACH ROW SET @definer='x' */;;\nDELIMITER ;\n"
    routine = b"DELIMITER ;;\nCREATE DEFINER=%b PROCEDURE `p`() BEGIN SELECT 'DEFINER=`kept`@`in body`'; END ;;\nDELIMITER ;\n"
    event = b"DELIMITER ;;\n/*!50106 CREATE*/ /*!50117 DEFINER=%b*/ /*!50106 EVENT `e` ON SCHEDULE EVERY 1 DAY DO SELECT 1 */ ;;\nDELIMITER ;\n"
    bodies = b"".join(one % definer for one in (view, trigger, routine, event))
    found = prepared(
        tmp_path, texts.dump(texts.PEOPLE, b"-- secret of jane@real-company.de\n", texts.ROWS, bodies), texts.RULES
    )
    made = text(tmp_path)
    assert "prod-db-7" not in made
    assert "jane" not in made
    assert "DEFINER=`kept`@`in body`" in made
    assert "SQL SECURITY DEFINER" in made
    assert found["objects"] == {"views": ["v"], "triggers": ["tr"], "routines": ["procedure p"], "events": ["e"]}


def test_what_chooses_a_schema_or_sets_positions_is_left_out(tmp_path):
    extra = (
        b"CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;\nUSE `shop`;\n"
        b"SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;\nSET @@SESSION.SQL_LOG_BIN= 0;\n"
        b"SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ 'uuid:1-5';\nALTER DATABASE `shop` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ;\n"
    )
    prepared(tmp_path, texts.dump(extra, texts.PEOPLE, texts.ROWS), texts.RULES)
    assert not re.search(r"DATABASE|USE|LOG_BIN|GTID", text(tmp_path).replace("-- ", ""))


def test_tables_are_emptied_or_dropped_by_mode(tmp_path):
    more = {"users": {"mode": "empty"}, "gone": {"mode": "drop"}}
    rules = {"version": 1, "databases": {"shop": {**texts.RULES["databases"]["shop"], **more}}}
    tables = b"".join(
        b"DROP TABLE IF EXISTS `%b`;\nCREATE TABLE `%b` (`x` int);\nLOCK TABLES `%b` WRITE;\nINSERT INTO `%b` VALUES (4711),(4712);\nUNLOCK TABLES;\n"
        % ((name,) * 4)
        for name in (b"users", b"gone")
    )
    trigger = b"CREATE TRIGGER `of_gone` AFTER INSERT ON `gone` FOR EACH ROW SET @a=1;\n"
    found = prepared(tmp_path, texts.dump(texts.PEOPLE, tables, texts.ROWS, trigger), rules)
    made = text(tmp_path)
    assert "CREATE TABLE `users`" in made
    assert "4711" not in made
    assert "gone" not in made
    rows = {row["table"]: (row["mode"], row["read"], row["written"], row["masked"]) for row in found["tables"]}
    assert rows == {"people": ("mask", 3, 3, 3), "users": ("empty", 2, 0, 0), "gone": ("drop", 2, 0, 0)}


def test_a_generated_column_keeps_nothing_of_what_it_was_made_of(tmp_path):
    """MariaDB's mysqldump writes their values down."""
    table = b"CREATE TABLE `t` (`mail` varchar(80), `low` varchar(80) GENERATED ALWAYS AS (lower(`mail`)) STORED);\n"
    rows = b"INSERT INTO `t` VALUES ('Ada@real-company.de','ada@real-company.de');\n"
    found = prepared(tmp_path, texts.dump(table, rows), texts.rules({"mail": "email"}), verify=True)
    assert found["findings"] == []
    assert re.search(r"VALUES\s+\('[^']+@example.com',DEFAULT\)", text(tmp_path))


def test_cases_subjects_and_other_columns_decide_by_row(tmp_path):
    columns = "`id` int,`kind` varchar(9),`value` varchar(60),`note` varchar(99),`who` int,`a` date,`b` date"
    rows = [
        "(1,'mail','ada@real-company.de','about ada@real-company.de today',7,'2020-01-01','2020-01-11')",
        "(2,'plain','some words','nothing',8,'2020-01-01','2020-01-11')",
    ]
    shift = {"mask": "date_shift", "max_days": 30, "subject": "who", "domain": "d"}
    fields = {
        "id": "keep", "kind": "keep", "who": "keep", "a": shift, "b": shift, "note": {"mask": "redact", "of": ["value"]},
        "value": [{"when": {"kind": "mail"}, "mask": "email"}, "keep"],
    }  # fmt: skip
    rules = texts.rules({**fields, "note": {"mask": "redact"}})
    prepared(tmp_path, texts.one(columns, *rows), rules)
    first, second = re.findall(r"\(\d,'\w+','(.*?)','(.*?)',\d,'(.*?)','(.*?)'\)", text(tmp_path))
    assert first[0].endswith("@example.com")
    assert "real-company" not in first[1]
    assert second[0] == "some words"
    assert first[2] != second[2] or first[3] != second[3]
    from datetime import date  # noqa: PLC0415

    assert (date.fromisoformat(first[3]) - date.fromisoformat(first[2])).days == 10


def test_numbers_that_share_a_domain_stay_the_same_in_columns_of_any_size(tmp_path):
    small = b"CREATE TABLE `s` (`k` smallint unsigned, PRIMARY KEY (`k`));\nINSERT INTO `s` VALUES (1),(99),(40000),(65535);\n"
    large = b"CREATE TABLE `b` (`k` bigint, PRIMARY KEY (`k`));\nINSERT INTO `b` VALUES (1),(99),(40000),(65535),(70000),(5000000000);\n"
    mask = {"mode": "mask", "fields": {"k": {"mask": "token", "injective": True, "domain": "k"}}}
    rules = {"version": 1, "databases": {"shop": {"s": mask, "b": mask}}}
    found = prepared(tmp_path, texts.dump(small, large), rules, verify=True)
    one, two = (re.findall(r"\d+", rows) for rows in re.findall(r"VALUES (.*);", text(tmp_path)))
    assert found["findings"] == []
    assert one == two[:4]
    assert len(set(two)) == 6


def test_unlisted_tables_and_columns_are_all_named(tmp_path):
    more = b"CREATE TABLE `new` (`x` int);\n" + texts.PEOPLE.replace(b"`born`", b"`shoe_size` int,\n`born`")
    with pytest.raises(UnlistedError, match=r"people\.shoe_size, new|new, people\.shoe_size"):
        prepared(tmp_path, texts.dump(more, texts.ROWS), texts.RULES)
    assert list((tmp_path / "20260101").iterdir()) == []


@pytest.mark.parametrize(
    ("source", "error", "said"),
    [
        (SHOP[:-60], CutShortError, "ends"),
        (texts.dump(texts.PEOPLE, b"GRANT ALL ON *.* TO x;\n"), RefusedError, "line 13: GRANT"),
        (texts.dump(texts.PEOPLE, b"DROP DATABASE shop;\n"), RefusedError, "DROP DATABASE"),
        (texts.dump(texts.PEOPLE, b"LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE people;\n"), RefusedError, "LOAD DATA"),
        (texts.dump(texts.PEOPLE, head=b"-- Host: h    Database: other\n"), RefusedError, "the schema other"),
        (texts.dump(b"USE `other`;\n", texts.PEOPLE), RefusedError, "the schema other"),
        (texts.dump(texts.ROWS), RefusedError, "without its CREATE TABLE"),
        (texts.dump(texts.PEOPLE, b"CREATE VIEW `v` AS select 1 from `shop`.`people`;\n"), RefusedError, "names the schema shop"),
        (texts.dump(texts.PEOPLE, b"CREATE PROCEDURE `p`() UPDATE shop.people SET id=1;\n"), RefusedError, "names the schema shop"),
        (texts.dump(texts.PEOPLE, b"INSERT INTO `people` VALUES (1,'x','y@z.de','2024-13-45');\n"), RefusedError, "column born, row 1:"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_name_and_nothing_is_left(tmp_path, source, error, said):
    with pytest.raises(error, match=said):
        prepared(tmp_path, source, texts.RULES)
    assert list((tmp_path / "20260101").iterdir()) == []


def test_an_error_about_a_value_never_shows_it(tmp_path):
    rows = b"INSERT INTO `people` VALUES (1,'x','a@b.de',NULL),(2,'Secret Person','c@d.de','2024-99-99');\n"
    with pytest.raises(RefusedError, match="row 2") as error:
        prepared(tmp_path, texts.dump(texts.PEOPLE, rows), texts.RULES)
    assert "99" not in str(error.value)
    assert "Secret" not in str(error.value)


@pytest.mark.parametrize(
    ("columns", "fields", "said"),
    [
        ("`a` varchar(9)", {"a": "email"}, r"column a: the mask email gives nothing that fits varchar\(9\)"),
        ("`a` varchar(40) NOT NULL", {"a": "null"}, "takes no NULL"),
        ("`a` varchar(3)", {"a": {"mask": "constant", "value": "long"}}, "its constant does not fit"),
        ("`a` int", {"a": "email"}, "does not take int"),
        ("`a` enum('x','y')", {"a": "token"}, "none of the values of enum"),
        ("`a` time", {"a": "token"}, "gives no TIME"),
        ("`a` json", {"a": "text"}, "gives no JSON"),
        ("`a` point", {"a": "token"}, "gives no geometry"),
        ("`a` int", {"a": "drop"}, "cannot be dropped"),
        ("`a` int, `b` int AS (`a`) STORED", {"a": "keep", "b": "token"}, "made of other columns"),
        ("`a` varchar(40), UNIQUE KEY `u` (`a`)", {"a": "name"}, r"unique index u: the mask of a \(name\)"),
        ("`a` int, `b` varchar(40), PRIMARY KEY (`a`), UNIQUE KEY `u` (`b`(5))", {"a": "keep", "b": "city"}, "unique index u"),
        ("`a` int, `b` varchar(9) AS (`a`), `c` text", {"a": "keep", "b": "keep", "c": [{"when": {"b": "x"}, "mask": "text"}, "keep"]}, "looks at b"),
    ],
)  # fmt: skip
def test_rules_that_the_schema_does_not_allow_are_refused_before_any_row(tmp_path, columns, fields, said):
    with pytest.raises((UnfitError, RulesError), match=said):
        prepared(tmp_path, texts.one(columns), texts.rules(fields))


def test_a_unique_index_that_holds_another_may_have_a_mask_that_collides(tmp_path):
    columns = "`a` int, `b` varchar(40), PRIMARY KEY (`a`), UNIQUE KEY `both` (`a`,`b`)"
    assert prepared(tmp_path, texts.one(columns, "(1,'Ada Ek')"), texts.rules({"a": "keep", "b": "name"}))["bytes"]


PARENT = b"CREATE TABLE `p` (`id` int NOT NULL, PRIMARY KEY (`id`));\n"
CHILD = b"CREATE TABLE `c` (`p_id` int%b, CONSTRAINT `fk` FOREIGN KEY (`p_id`) REFERENCES `p` (`id`));\n"


@pytest.mark.parametrize(
    ("parent", "child", "said"),
    [
        ({"mode": "drop"}, {"mode": "copy", "fields": ["p_id"]}, "refers to p, which is dropped"),
        ({"mode": "empty"}, {"mode": "copy", "fields": ["p_id"]}, "p, which is emptied; give p_id the mask null"),
        (
            {"mode": "mask", "fields": {"id": {"mask": "token", "injective": True}}},
            {"mode": "copy", "fields": ["p_id"]},
            "would break",
        ),
    ],
)
def test_foreign_keys_that_would_break_are_refused(tmp_path, parent, child, said):
    rules = {"version": 1, "databases": {"shop": {"p": parent, "c": child}}}
    with pytest.raises(UnfitError, match=said):
        prepared(tmp_path, texts.dump(PARENT, CHILD % b""), rules)


def test_a_view_of_a_dropped_table_is_refused(tmp_path):
    rules = {"version": 1, "databases": {"shop": {"p": {"mode": "drop"}}}}
    with pytest.raises(UnfitError, match="view v reads p, which is dropped"):
        prepared(tmp_path, texts.dump(PARENT, b"CREATE VIEW `v` AS select `id` from `p`;\n"), rules)


@pytest.mark.parametrize("mode", ["sample", "preserve"])
def test_modes_that_are_not_for_dumps_are_refused_with_what_to_do(tmp_path, mode):
    body = {"mode": "sample", "share": 0.5, "fields": {"a": "keep"}} if mode == "sample" else {"mode": "preserve"}
    rules = {"version": 1, "databases": {"shop": {"t": body}}}
    with pytest.raises(UnfitError, match=f"mode {mode} is not for dumps: take"):
        prepared(tmp_path, texts.one("`a` int"), rules)


def test_rules_for_several_schemas_are_refused(tmp_path):
    rules = {"version": 1, "databases": {"a": {"t": {"mode": "empty"}}, "b": {"t": {"mode": "empty"}}}}
    with pytest.raises(UsageError, match="one schema"):
        prepared(tmp_path, SHOP, rules)


def test_the_difference_from_the_last_prepared_dump_is_told(tmp_path):
    prepared(tmp_path, SHOP, texts.RULES)
    wider = texts.dump(texts.PEOPLE.replace(b"varchar(40)", b"varchar(60)"), texts.ROWS)
    found = prepared(tmp_path, wider, texts.RULES, day="20260105")
    assert found["difference"] == {
        "from": "20260101",
        "lines": ["table people: column name: type was varchar(40), is varchar(60)"],
    }


def test_a_full_disk_leaves_nothing_that_looks_whole(tmp_path, monkeypatch):
    from dumps import output  # noqa: PLC0415
    from dumps.errors import ServerError  # noqa: PLC0415

    class Full:
        def __init__(self, file):
            self._file = file

        def write(self, data):
            raise OSError(28, "No space left on device")

        def __getattr__(self, name):
            return getattr(self._file, name)

    began = output.Output.__init__

    def begin(self, *arguments):
        began(self, *arguments)
        self._file = Full(self._file)

    monkeypatch.setattr(output.Output, "__init__", begin)
    with pytest.raises(ServerError, match="No space left on device; make room"):
        prepared(tmp_path, SHOP, texts.RULES)
    assert list((tmp_path / "20260101").iterdir()) == []


@pytest.mark.sandbox  # for its time
def test_several_processes_give_what_one_gives_and_their_errors_name_the_row(tmp_path):
    rows = b",".join(b"(%d,'Ada Nr%d Lovelace','ada%d@real-company.de',NULL)" % (n, n, n) for n in range(6000))
    source = texts.dump(texts.PEOPLE, b"INSERT INTO `people` VALUES " + rows + b";\n", texts.ROWS)
    one = prepared(tmp_path, source, texts.RULES)
    two = prepared(tmp_path, source, texts.RULES, day="20260102", workers=2)
    assert (one["sha256"], one["tables"]) == (two["sha256"], two["tables"])
    bad = source.replace(
        b"(5999,'Ada Nr5999 Lovelace','ada5999@real-company.de',NULL)", b"(5999,'x','y@z.de','2024-99-99')"
    )
    with pytest.raises(RefusedError, match=r"column born, row 6,000"):
        prepared(tmp_path, bad, texts.RULES, workers=2)


@pytest.mark.sandbox  # for its time
def test_the_example_of_applicants_fits_its_schema_and_rows_made_up_by_it(tmp_path):
    import yaml  # noqa: PLC0415

    from anonymizer.rules.reader import parse  # noqa: PLC0415
    from dumps.generate import Wanted  # noqa: PLC0415
    from dumps.generated import write  # noqa: PLC0415

    root = Path(__file__).parents[2]
    rules = yaml.safe_load((root / "rules/applicants.yaml").read_text())
    write(
        root / "bench/applicants.sql",
        parse(rules),
        Wanted({"documents": 40, "applications": 30}, 20),
        "1",
        tmp_path / "made.sql.gz",
    )
    found = prepared(tmp_path, (tmp_path / "made.sql.gz").read_bytes(), rules, verify=True)
    rows = {row["table"]: row["written"] for row in found["tables"]}
    assert rows == {"cognito_users": 0, "applicants": 20, "applications": 30, "documents": 40, "programs": 20}
    assert found["findings"] == []


MYSQL_8 = (
    rb"""-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: db.internal    Database: shop
-- ------------------------------------------------------
-- Server version	8.0.36

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;
SET @@SESSION.SQL_LOG_BIN= 0;
SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '3E11FA47-71CA-11E1-9E33-C80AA9429562:1-5';
DROP TABLE IF EXISTS `people`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `people` (
  `id` binary(16) NOT NULL DEFAULT (uuid_to_bin(uuid(),1)),
  `name` varchar(40) COLLATE utf8mb4_0900_as_cs NOT NULL,
  `doc` json DEFAULT NULL,
  `initial` varchar(1) GENERATED ALWAYS AS (left(`name`,1)) VIRTUAL,
  `place` point NOT NULL /*!80003 SRID 4326 */,
  `secret` int DEFAULT '0' /*!80023 INVISIBLE */,
  PRIMARY KEY (`id`),
  KEY `functional` ((lower(`name`))),
  CONSTRAINT `c` CHECK ((`secret` >= 0)) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci /*!50100 PARTITION BY KEY (id) PARTITIONS 2 */;
/*!40101 SET character_set_client = @saved_cs_client */;
SET @saved_cs_client     = @@character_set_client;
/*!50001 CREATE VIEW `v` AS SELECT
 1 AS `id`,
 1 AS `name`*/;
SET character_set_client = @saved_cs_client;
LOCK TABLES `people` WRITE;
/*!40000 ALTER TABLE `people` DISABLE KEYS */;
INSERT INTO `people` (`id`, `name`, `doc`, `place`, `secret`) VALUES (_binary '\0\Z\\\'"abcdefghijk','Ada Ek','{"mail": "ada@real-company.de"}',"""
    rb"""0xE6100000010100000000000000000024400000000000003440,7),(0x00112233445566778899AABBCCDDEEFF,'Bo Li',NULL,"""
    rb"""0xE6100000010100000000000000000024400000000000003440,8);
/*!40000 ALTER TABLE `people` ENABLE KEYS */;
UNLOCK TABLES;
/*!50001 DROP VIEW IF EXISTS `v`*/;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`admin`@`%` SQL SECURITY DEFINER */
/*!50001 VIEW `v` AS select `people`.`id` AS `id`,`people`.`name` AS `name` from `people` */;
SET @@SESSION.SQL_LOG_BIN = @MYSQLDUMP_TEMP_LOG_BIN;
-- Dump completed on 2026-11-22  1:02:03
"""
)


def test_a_dump_of_mysql_8_is_taken(tmp_path):
    fields = {
        "id": {"mask": "token", "injective": True}, "name": "full_name", "doc": {"mask": "json", "fields": {"mail": "email"}},
        "place": {"mask": "coordinates", "decimals": 0}, "secret": "keep",
    }  # fmt: skip
    found = prepared(tmp_path, MYSQL_8, texts.rules(fields, table="people"), verify=True)
    made = text(tmp_path)
    assert found["findings"] == []
    assert found["source"]["server_version"] == "8.0.36"
    assert "VIEW `v` AS select" in made
    assert "PARTITION BY KEY" in made
    assert not re.search(r"real-company|admin|LOG_BIN|GTID", made)
    rows = re.search(r"VALUES \((0x[0-9A-F]{32}),'(.*?)','({.*?})',(0x[0-9A-F]+),7\),", made)
    assert rows is not None
    assert "example.com" in rows[3]
