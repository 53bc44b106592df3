from dataclasses import replace

import pytest
from bson.objectid import ObjectId

from sandbox.demo.record import Write, acknowledged_until, missing_writes, read_record

TICKET = ObjectId("65f0c0ffee65f0c0ffee0001")
ORDER = Write(at=1000.5, operation_time=(1000, 2), collection="orders", id=7, kind="insert")
STOCK = Write(1001.0, (1001, 1), "products", "LAMP", "raise", "stock", 12)
OPENED = Write(1002.0, (1002, 1), "tickets", TICKET, "insert")
DOUBT = Write(1003.0, (0, 0), "tickets", TICKET, "doubt")
CLOSED = Write(1003.1, (1003, 1), "tickets", TICKET, "delete")
LATER = (9000, 1)


class Collection:
    def __init__(self, rows):
        self.rows = rows

    def find(self, query, projection):
        return [row for row in self.rows if row["_id"] in query["_id"]["$in"]]


def staging(orders=(), products=(), tickets=()):
    rows = {"orders": orders, "products": products, "tickets": tickets}
    return {name: Collection(documents) for name, documents in rows.items()}


def test_what_is_recorded_is_read_back(tmp_path):
    path = tmp_path / "record.jsonl"
    path.write_text("".join(write.line() for write in (ORDER, STOCK, OPENED)))
    assert read_record(path) == [ORDER, STOCK, OPENED]


def test_a_line_that_is_still_being_written_is_left_out(tmp_path):
    path = tmp_path / "record.jsonl"
    path.write_text(ORDER.line() + STOCK.line()[:20])
    assert read_record(path) == [ORDER]


def test_a_commit_point_covers_writes_up_to_its_increment():
    assert acknowledged_until([ORDER, replace(ORDER, operation_time=(1000, 3))], (1000, 2)) == [ORDER]


def test_nothing_is_missing_where_all_is_there():
    there = staging(orders=[{"_id": 7}], products=[{"_id": "LAMP", "stock": 15}], tickets=[{"_id": TICKET}])
    assert missing_writes([ORDER, STOCK, OPENED], LATER, there) == []


@pytest.mark.parametrize(
    ("lost", "there"),
    [
        (ORDER, staging(products=[{"_id": "LAMP", "stock": 12}])),
        (STOCK, staging(orders=[{"_id": 7}], products=[{"_id": "LAMP", "stock": 11}])),
        (STOCK, staging(orders=[{"_id": 7}])),
    ],
    ids=["an insert", "a number that was raised", "a document that was raised"],
)
def test_a_write_that_is_not_there_is_named(lost, there):
    assert missing_writes([ORDER, STOCK], LATER, there) == [lost]


def test_a_write_after_the_commit_point_may_be_missing():
    assert missing_writes([ORDER], (1000, 1), staging()) == []


def test_a_deleted_document_must_be_gone():
    writes = [OPENED, DOUBT, CLOSED]
    assert missing_writes(writes, LATER, staging()) == []
    assert missing_writes(writes, LATER, staging(tickets=[{"_id": TICKET}])) == [CLOSED]


@pytest.mark.parametrize("tickets", [[], [{"_id": TICKET}]])
def test_a_document_deleted_after_the_commit_point_may_be_there_or_not(tickets):
    assert missing_writes([OPENED, DOUBT, CLOSED], (1002, 1), staging(tickets=tickets)) == []
