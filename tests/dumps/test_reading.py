# ruff: noqa: E501, S608 (cases and SQL stay on one line; nothing here is anybody's input or secret)
"""A dump is read as a stream of statements, and rows are cut into columns without being decoded."""

from __future__ import annotations

import gzip
import io
import tracemalloc

import pytest

from dumps.errors import CutShortError, RefusedError
from dumps.reading import Insert, Reader, opened, statements
from dumps.rows import pattern
from tests.dumps import texts

NASTY = rb"""-- Host: h    Database: shop
/*M!999999\- enable the sandbox mode */
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
# a comment; with 'signs
CREATE TABLE `t;` (`a` int, -- x ; '
 /* ; ' */ `b``;` text DEFAULT ';''\';');
INSERT INTO `t;` VALUES (1,'a\'b;\\'),(2,'(3,''x''),(4,\'y\')'),
(NULL,_binary '\0x'), ( -1.5e-7 , 0xAB );
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`%`*/ /*!50003 TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN SET a='*/;;'; END */;;
DELIMITER ;
REPLACE INTO t (a, `b``;`) VALUES (1,"dou,ble""x\"");
INSERT IGNORE INTO t VALUES (b'01',x'FF');
-- Dump completed on 2026
"""


class Slow(io.BytesIO):
    """Gives a few bytes at a time, as a pipe may."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self._most = size

    def read(self, size: int = -1, /) -> bytes:
        return super().read(min(size, self._most) if size >= 0 else self._most)


def told(source, *, columns=2, **more):
    found = []
    for statement in statements(source, **more):
        if isinstance(statement, Insert):
            rows = [row for batch in statement.rows.batches(columns, (0, 1)) for row in batch]
            found.append(
                (
                    statement.line,
                    statement.how,
                    statement.table,
                    [row[1::2] for row in rows],
                    b"".join(b"".join(r) for r in rows),
                )
            )
        else:
            found.append((statement.line, statement.text, statement.delimiter))
    return found


def test_statements_are_the_same_however_the_stream_is_cut():
    whole = told(io.BytesIO(NASTY))
    assert [one[0] for one in whole] == [3, 5, 7, 10, 12, 13]
    for size in (1, 2, 3, 7, 64, 1000):
        assert told(Slow(NASTY, size)) == whole


def test_rows_are_cut_at_their_own_commas_and_brackets():
    _, _, first, trigger, second, third = told(io.BytesIO(NASTY))[:6]
    assert first[2] == "t;"
    assert first[3] == [
        (b"1", rb"'a\'b;\\'"), (b"2", rb"'(3,''x''),(4,\'y\')'"), (b"NULL", rb"_binary '\0x'"), (b"-1.5e-7", b"0xAB"),
    ]  # fmt: skip
    assert trigger[2] == b";;"
    assert second[1:4] == ("REPLACE", "t", [(b"1", rb'"dou,ble""x\""')])
    assert third[1:4] == ("INSERT IGNORE", "t", [(b"b'01'", b"x'FF'")])


def test_the_parts_of_rows_are_the_rows_as_they_were():
    found = [b"".join(one.parts()) for one in statements(io.BytesIO(NASTY)) if isinstance(one, Insert)]
    assert len(found) == 3
    assert all(one in NASTY for one in found)


def test_a_text_that_looks_like_rows_does_not_mislead():
    trap = ",".join(f"({n},'x),({n},''y'',(1,2);\n')" for n in range(5000))
    source = texts.dump(texts.PEOPLE, f"INSERT INTO `t` VALUES {trap};\n".encode())
    rows = next(one for one in told(io.BytesIO(source)) if one[1] == "INSERT")[3]
    assert len(rows) == 5000
    assert rows[4999] == (b"4999", b"'x),(4999,''y'',(1,2);\n'")


def test_no_backslash_escapes_is_heeded_and_ends():
    source = texts.dump(
        b"SET @saved = @@sql_mode;\nSET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES';\nINSERT INTO t VALUES (1,'back\\'),(2,'it''s');\n"
        b"SET sql_mode = @saved;\nINSERT INTO t VALUES (3,'it\\'s');\n"
    )
    rows = [row for one in told(io.BytesIO(source)) if one[1] == "INSERT" for row in one[3]]
    assert rows == [(b"1", b"'back\\'"), (b"2", b"'it''s'"), (b"3", b"'it\\'s'")]


def test_what_the_header_says_is_known():
    reader = Reader(io.BytesIO(texts.dump(texts.PEOPLE)))
    assert len(list(reader.statements())) == 1
    assert (reader.server_version, reader.database, reader.completed) == ("8.0.36", "shop", True)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.75, 0.9])
def test_a_dump_cut_short_is_refused_wherever_it_was_cut(share):
    source = texts.dump(texts.PEOPLE, texts.ROWS)
    with pytest.raises(CutShortError, match=r"line \d+: the dump ends"):
        told(io.BytesIO(source[: int(len(source) * share)]), columns=4)


def test_a_dump_without_its_last_line_is_refused_unless_that_is_allowed():
    source = texts.dump(texts.PEOPLE, end=b"")
    with pytest.raises(CutShortError, match="Dump completed"):
        told(io.BytesIO(source))
    assert len(told(io.BytesIO(source), whole=False)) == 1


def test_a_gzip_file_is_read_and_one_cut_short_is_refused(tmp_path):
    packed = gzip.compress(texts.dump(texts.PEOPLE))
    (tmp_path / "whole.sql.gz").write_bytes(packed)
    with opened(tmp_path / "whole.sql.gz") as file:
        assert len(told(file)) == 1
    (tmp_path / "half.sql.gz").write_bytes(packed[:-20])
    with pytest.raises(CutShortError, match=r"half\.sql\.gz"), opened(tmp_path / "half.sql.gz") as file:
        told(file)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (b"\\! id\n;", "command of the client"),
        (b"SET NAMES gbk;", "written in gbk"),
        (b"INSERT INTO t VALUES (1,now());", "something else than a literal"),
        (b"INSERT INTO t VALUES (1,2),(3);", "1 values for 2 columns"),
        (b"INSERT INTO t VALUES (1,2) ON DUPLICATE KEY UPDATE a=1;", "something else than a literal"),
        (b"DELIMITER\nSELECT 1;", "DELIMITER"),
    ],
)
def test_what_no_dump_has_is_refused_by_its_line(statement, said):
    with pytest.raises(RefusedError, match=said) as error:
        told(io.BytesIO(texts.dump(statement)))
    assert "line 5" in str(error.value)


def peak(rows: int, size: int) -> int:
    class Endless(io.RawIOBase):
        """One INSERT of any size, which nobody holds."""

        def __init__(self) -> None:
            self._parts = self._made()

        def _made(self):
            yield b"INSERT INTO `t` VALUES (0,'')"
            for number in range(rows):
                yield b",(%d,'%s')" % (number, b"x" * size)
            yield b";\n" + texts.END

        def read(self, size: int = -1, /) -> bytes:
            return next(self._parts, b"")

    tracemalloc.start()
    for statement in statements(Endless()):
        for _ in statement.rows.batches(2, (1,)):
            pass
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


@pytest.mark.sandbox  # for its time
def test_memory_does_not_grow_with_an_insert():
    small, large = peak(20, 100_000), peak(200, 100_000)
    assert large < small * 1.5 + 1_000_000


@pytest.mark.parametrize("backslash", [True, False])
def test_a_row_that_is_cut_off_is_given_up_at_once_however_many_columns_it_has(backslash):
    """Were there two ways to read each value, this would take 2 to the power of 60 steps."""
    values = b",".join([b"7", b"'x'", b"_utf8mb4 'y'", b"-1.5e-7", b"NULL", b"x'00'"] * 10)
    matched = pattern(60, (), backslash=backslash)
    assert matched.findall(b"(" + values) == []
    assert matched.findall(b"(%b),(%b);(%b" % (values, values, values)) == [b"(%b)," % values, b"(%b)" % values]
