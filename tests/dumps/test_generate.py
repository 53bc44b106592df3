# ruff: noqa: E501 (cases and SQL stay on one line; nothing here is anybody's input or secret)
"""Made-up rows are whole over foreign keys and distinct where an index says so."""

from __future__ import annotations

import gzip
import re

import pytest

from anonymizer.rules.reader import parse
from dumps.errors import UsageError
from dumps.generate import Wanted
from dumps.generated import write
from tests.dumps import texts

TABLES = b"""CREATE TABLE `users` (`id` int NOT NULL AUTO_INCREMENT, `mail` varchar(80) NOT NULL, `name` varchar(40), `boss` int DEFAULT NULL,
  PRIMARY KEY (`id`), UNIQUE KEY `m` (`mail`), CONSTRAINT `b` FOREIGN KEY (`boss`) REFERENCES `users` (`id`));
CREATE TABLE `tags` (`tag` char(5) NOT NULL, PRIMARY KEY (`tag`));
CREATE TABLE `user_tags` (`user_id` int NOT NULL, `tag` char(5) NOT NULL, `kind` enum('a','b'), PRIMARY KEY (`user_id`,`tag`),
  CONSTRAINT `u` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`), CONSTRAINT `t` FOREIGN KEY (`tag`) REFERENCES `tags` (`tag`));
CREATE TABLE `alone` (`x` int);
"""
RULES = {
    "version": 1,
    "databases": {
        "shop": {
            "users": {"mode": "mask", "fields": {"id": "keep", "mail": "email", "name": "name", "boss": "keep"}},
            "tags": {"mode": "copy", "fields": ["tag"]},
            "user_tags": {"mode": "copy", "fields": ["user_id", "tag", "kind"]},
            "alone": {"mode": "copy", "fields": ["x"]},
        }
    },
}


def generated(folder, rows, *, others=50, seed="1"):
    source, target = folder / "s.sql", folder / "g.sql.gz"
    source.write_bytes(texts.dump(TABLES, b"INSERT INTO `alone` VALUES (99);\n"))
    write(source, parse(RULES), Wanted(rows, others), seed, target)
    made = gzip.decompress(target.read_bytes()).decode()
    return {
        name: [
            tuple(re.findall(r"'[^']*'|[^,]+", row)) for row in re.findall(r"^(?:\()(.*?)\)[,;]$", body, re.MULTILINE)
        ]
        for name, body in re.findall(r"INSERT INTO `(\w+)` \(.*?\) VALUES\n(.*?;)\n", made, re.DOTALL)
    }, made


def test_rows_are_whole_and_distinct(tmp_path):
    found, _ = generated(tmp_path, {"user_tags": 2000})
    users, tags, pairs = found["users"], found["tags"], found["user_tags"]
    assert (len(users), len(tags), len(pairs)) == (50, 50, 2000)
    ids = {row[0] for row in users}
    assert len(ids) == len({row[1] for row in users}) == 50
    assert {row[0] for row in pairs} <= ids
    assert {row[1] for row in pairs} <= {row[0] for row in tags}
    assert len({row[:2] for row in pairs}) == 2000
    assert {row[3] for row in users} - {"NULL"} <= ids
    assert "alone" not in found


def test_masks_make_the_values(tmp_path):
    found, _ = generated(tmp_path, {"users": 300})
    assert all(row[1].endswith("@example.com'") for row in found["users"])
    assert len({row[2] for row in found["users"]}) > 100


def test_the_same_seed_gives_the_same_rows_and_another_others(tmp_path):
    one, two, three = (generated(tmp_path, {"users": 20}, seed=seed)[1] for seed in ("1", "1", "2"))
    assert one == two
    assert one != three


def test_more_rows_than_an_index_has_room_for_are_refused(tmp_path):
    with pytest.raises(UsageError, match=r"PRIMARY has room for 2,500 rows, 2,501 are wanted"):
        generated(tmp_path, {"user_tags": 2501})


def test_a_table_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no table nothing"):
        generated(tmp_path, {"nothing": 1})
