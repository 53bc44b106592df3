# ruff: noqa: E501 (cases and SQL stay on one line; nothing here is anybody's input or secret)
"""The schema of a dump: read from its definitions, with a fingerprint and differences in words."""

from __future__ import annotations

import copy

import pytest

from dumps import definitions
from dumps.errors import RefusedError
from dumps.schema import Collector, difference, fingerprint

TABLE = """CREATE TABLE `t` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `p,a(r)ent` bigint unsigned DEFAULT NULL COMMENT 'x, ''y'' (',
  `e` enum('a,b','c''d','(') CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'a,b',
  `g` varchar(20) GENERATED ALWAYS AS (concat(`e`,_utf8mb4'x')) STORED,
  `h` varchar(20) COLLATE utf8mb4_0900_ai_ci DEFAULT (uuid()),
  `pt` point NOT NULL /*!80003 SRID 4326 */,
  `i` int DEFAULT '0' /*!80023 INVISIBLE */,
  `ts` timestamp(6) NOT NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),
  `d` decimal(10,2) DEFAULT 0.00,
  PRIMARY KEY (`id`),
  UNIQUE KEY `u` (`e`,`h`(10) DESC),
  KEY `f` ((lower(`h`))),
  SPATIAL KEY `s` (`pt`),
  CONSTRAINT `fk` FOREIGN KEY (`p,a(r)ent`) REFERENCES `t` (`id`) ON DELETE SET NULL ON UPDATE NO ACTION,
  CONSTRAINT `ck` CHECK ((`i` > 0))
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='x'"""
VIEW = (
    "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */\n"
    "/*!50001 VIEW `v` AS select `t`.`id` AS `id` from `t` */"
)
TRIGGER = (
    "/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`%`*/ /*!50003 TRIGGER `tr` BEFORE INSERT ON `t` FOR EACH ROW SET @a = 1 */"
)


def collected(*texts, schema=""):
    found = Collector(schema)
    for text in texts:
        found.add(text)
    return found


def test_columns_are_read_with_all_they_have():
    columns = collected(TABLE).as_json()["tables"]["t"]["columns"]
    assert columns["id"] == {
        "type": "bigint unsigned",
        "nullable": False,
        "default": None,
        "extra": "auto_increment",
        "collation": "",
    }
    assert columns["p,a(r)ent"]["nullable"] is True
    assert (columns["e"]["type"], columns["e"]["collation"], columns["e"]["default"]) == (
        "enum('a,b','c''d','(')",
        "latin1_bin",
        "'a,b'",
    )
    assert columns["g"]["extra"] == "as (concat(`e`,_utf8mb4 'x')) stored"
    assert columns["h"]["default"] == "(uuid())"
    assert columns["pt"]["extra"] == "srid 4326"
    assert (columns["i"]["default"], columns["i"]["extra"]) == ("0", "invisible")
    assert columns["ts"]["extra"] == "on update current_timestamp(6)"


def test_indexes_keys_and_checks_are_read():
    table = collected(TABLE).as_json()["tables"]["t"]
    assert table["indexes"]["PRIMARY"] == {"columns": ["id"], "unique": True, "type": ""}
    assert table["indexes"]["u"] == {"columns": ["e", "h(10)DESC"], "unique": True, "type": ""}
    assert table["indexes"]["f"]["columns"] == ["(lower(`h`))"]
    assert table["indexes"]["s"]["type"] == "spatial"
    assert table["foreign_keys"]["fk"] == {
        "columns": ["p,a(r)ent"],
        "references": ["t", ["id"]],
        "on_delete": "SET NULL",
        "on_update": "",
    }
    assert table["options"]["check ck"] == "(`i` > 0)"


def test_generated_columns_have_no_values_of_their_own():
    table = definitions.table(TABLE.replace("/*!80003 SRID 4326 */", "").replace("/*!80023 INVISIBLE */", "INVISIBLE"))
    assert "g" not in table.stored()
    assert "g" in table.implied()
    assert "i" not in table.implied()


def test_views_triggers_and_routines_are_there_by_the_hash_of_their_text():
    routine = "CREATE DEFINER=`a`@`b` PROCEDURE `p`(x int) BEGIN select 1; END"
    found = collected(TABLE, VIEW, TRIGGER, routine).as_json()
    assert set(found["views"]) == {"v"}
    assert {key: found["triggers"]["tr"][key] for key in ("table", "timing", "event")} == {
        "table": "t",
        "timing": "before",
        "event": "insert",
    }
    assert set(found["routines"]) == {"procedure p"}


def test_a_view_has_one_text_in_a_dump_and_on_a_server():
    shown = "CREATE ALGORITHM=UNDEFINED DEFINER=`other`@`%` SQL SECURITY DEFINER VIEW `v` AS select `t`.`id` AS `id` from `shop`.`t`"
    assert collected(VIEW, schema="shop").views == collected(shown, schema="shop").views


def test_the_placeholder_of_a_view_is_no_view():
    placeholder = "/*!50001 CREATE VIEW `v` AS SELECT\n 1 AS `id`,\n  1 AS `na;me` */"
    assert collected(placeholder).views == {}
    assert collected(placeholder, VIEW).views == collected(VIEW).views


def test_display_widths_definers_counters_and_ways_to_say_now_make_no_difference():
    other = (
        TABLE.replace("bigint(20)", "bigint")
        .replace("AUTO_INCREMENT=5 ", "")
        .replace("current_timestamp(6)", "CURRENT_TIMESTAMP(6)")
    )
    one, two = (collected(text, VIEW).as_json() for text in (TABLE, other))
    assert fingerprint(one) == fingerprint(two)
    assert difference(one, two) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s["tables"].pop("t"), "table t: gone"),
        (lambda s: s["tables"].update(n=s["tables"]["t"]), "table n: new"),
        (lambda s: s["tables"]["t"]["columns"].pop("d"), "table t: column d: gone"),
        (
            lambda s: s["tables"]["t"]["columns"]["d"].update(type="int"),
            "table t: column d: type was decimal(10,2), is int",
        ),
        (
            lambda s: s["tables"]["t"]["indexes"]["u"].update(unique=False),
            "table t: index u: unique was true, is false",
        ),
        (lambda s: s["tables"]["t"]["foreign_keys"].pop("fk"), "table t: foreign key fk: gone"),
        (lambda s: s["tables"]["t"]["options"].update(charset="latin1"), "table t: charset was utf8mb4, is latin1"),
        (lambda s: s["views"].update(v="x"), "view v: its text differs"),
        (lambda s: s["triggers"].pop("tr"), "trigger tr: gone"),
    ],
)
def test_a_difference_is_said_in_words(change, said):
    before = collected(TABLE, VIEW, TRIGGER).as_json()
    after = copy.deepcopy(before)
    change(after)
    assert said in difference(before, after)
    assert fingerprint(before) != fingerprint(after)


def test_an_order_of_columns_that_changed_is_a_difference():
    one, two = (
        collected(f"CREATE TABLE `t` ({columns})").as_json() for columns in ("`a` int, `b` int", "`b` int, `a` int")
    )
    assert difference(one, two) == ["table t: its columns are in another order"]


def test_a_definition_that_cannot_be_read_is_refused_by_its_name():
    with pytest.raises(RefusedError, match="CREATE TABLE odd"):
        collected("CREATE TABLE `odd` LIKE `even`")
