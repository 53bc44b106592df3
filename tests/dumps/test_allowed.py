# ruff: noqa: E501 (cases and SQL stay on one line; nothing here is anybody's input or secret)
"""A scrubbed dump holds only statements of a list; any other is refused by its name and line."""

from __future__ import annotations

import io

import pytest

from dumps.allowed import check, checked
from dumps.errors import RefusedError
from dumps.reading import Statement
from tests.dumps import texts

ALLOWED = rb"""/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */
/*!40101 SET NAMES utf8mb4 */
/*!40103 SET TIME_ZONE='+00:00' */
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */
/*M!100616 SET @OLD_NOTE_VERBOSITY=@@NOTE_VERBOSITY, NOTE_VERBOSITY=0 */
/*!50503 SET character_set_client = utf8mb4 */
SET SESSION sql_mode = ''
DROP TABLE IF EXISTS `a`
/*!50001 DROP VIEW IF EXISTS `a`*/
CREATE TABLE `a` (`x` int GENERATED ALWAYS AS (lower(`y`)) VIRTUAL, `g` varchar(9) DEFAULT 'GRANT; LOAD DATA') ENGINE=InnoDB
CREATE TABLE `grant` (`purge` int, `kill` varchar(9), CONSTRAINT `c` CHECK ((lower(`kill`) like 'x%'))) ENGINE=InnoDB
CREATE TABLE `p` (`x` int) ENGINE=InnoDB /*!50100 PARTITION BY RANGE (`x`) (PARTITION p0 VALUES LESS THAN (10) ENGINE = InnoDB) */
/*!50001 CREATE ALGORITHM=UNDEFINED */ /*!50013 SQL SECURITY DEFINER */ /*!50001 VIEW `v` AS select 1 */
/*!50001 CREATE VIEW `v` AS SELECT 1 AS `a` */
LOCK TABLES `a` WRITE
UNLOCK TABLES
/*!40000 ALTER TABLE `a` DISABLE KEYS */
/*!50003 CREATE*/ /*!50003 TRIGGER `x` BEFORE INSERT ON t FOR EACH ROW SET @a=1 */
CREATE PROCEDURE `p`(x int) BEGIN select 'GRANT' /* DROP DATABASE x */; END
/*!50106 CREATE*/ /*!50106 EVENT `e` ON SCHEDULE EVERY 1 DAY DO SELECT 1 */
CREATE SEQUENCE `s` start with 1 minvalue 1 cache 1000 ENGINE=InnoDB
DO SETVAL(`s`, 1, 0)
COMMIT"""
REFUSED = rb"""GRANT ALL ON *.* TO x
DROP DATABASE x
/*!50000 DROP DATABASE x */
dRoP /* x */ database x
LOAD DATA LOCAL INFILE 'x' INTO TABLE t
CREATE USER x
ALTER USER root IDENTIFIED BY 'x'
SET GLOBAL x=1
SET @a=1, GLOBAL max_connections=1
SET @@GLOBAL.x=1
SET @a=1, @@global . x = 3
SET sql_log_bin=0
SET @@GLOBAL.GTID_PURGED='x'
SET PASSWORD = 'x'
SET @x = (select 1)
USE x
CREATE DATABASE x
HANDLER t OPEN
SELECT 1 INTO OUTFILE 'x'
SELECT LOAD_FILE('/etc/passwd')
source /etc/passwd
system id
CREATE TABLE a (x int) SELECT * FROM mysql.user
CREATE TABLE a (x int) ENGINE=FEDERATED CONNECTION='mysql://x'
CREATE TABLE a (x int) DATA DIRECTORY='/tmp'
CREATE TABLE a (LIKE mysql.user)
CREATE TABLE a (x int) ENGINE=MERGE UNION=(b)
CREATE TABLE x.a (x int)
CREATE TABLE a LIKE mysql.user
CREATE VIEW x.v AS SELECT 1
INSERT INTO x SELECT 1
DELETE FROM x
RENAME TABLE a TO b
TRUNCATE x
DROP TABLE a
PREPARE x FROM 'drop table y'
CREATE PROCEDURE p() BEGIN GRANT ALL ON *.* to x; END
INSTALL PLUGIN x SONAME 'y'
SHUTDOWN"""


@pytest.mark.parametrize("text", ALLOWED.split(b"\n"))
def test_what_mysqldump_writes_is_allowed(text):
    check(Statement(1, text))


@pytest.mark.parametrize("text", REFUSED.split(b"\n"))
def test_anything_else_is_refused_by_name_and_line(text):
    with pytest.raises(RefusedError, match=r"^line 77: .+ must not be in a dump"):
        check(Statement(77, text))


def test_an_insert_into_another_schema_is_refused():
    with pytest.raises(RefusedError, match="into another schema"):
        list(checked(io.BytesIO(texts.dump(b"INSERT INTO `mysql`.`user` VALUES (1);\n"))))


def test_what_is_checked_comes_out_as_a_client_takes_it():
    trigger = b"DELIMITER ;;\nCREATE TRIGGER `x` BEFORE INSERT ON t FOR EACH ROW BEGIN SET @a=1; END ;;\nDELIMITER ;\n"
    found = b"".join(checked(io.BytesIO(texts.dump(texts.PEOPLE, texts.ROWS, trigger))))
    assert found == texts.PEOPLE + texts.ROWS + trigger


def test_nothing_of_a_refused_statement_comes_out():
    given = checked(io.BytesIO(texts.dump(texts.PEOPLE, b"DROP DATABASE shop;\n")))
    assert next(given) == texts.PEOPLE
    with pytest.raises(RefusedError):
        next(given)
