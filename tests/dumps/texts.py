# ruff: noqa: S608 (nothing here is anybody's input)
"""Small dumps as texts, as mysqldump writes them."""

from __future__ import annotations

PEOPLE = b"""CREATE TABLE `people` (
  `id` int NOT NULL AUTO_INCREMENT,
  `name` varchar(40) NOT NULL,
  `mail` varchar(80) DEFAULT NULL,
  `born` date DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `mail` (`mail`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
"""
ROWS = (
    b"INSERT INTO `people` VALUES\n"
    b"(1,'Ada Lovelace','ada.lovelace@real-company.de','1985-12-10'),\n"
    b"(2,'Grace O\\'Hopper','grace@real-company.de',NULL),\n"
    b"(3,'',NULL,'0000-00-00');\n"
)
END = b"-- Dump completed on 2026-11-22  1:02:03\n"
RULES = {
    "version": 1,
    "databases": {
        "shop": {
            "people": {
                "mode": "mask",
                "fields": {"id": "keep", "name": "name", "mail": "email", "born": {"mask": "birth_date", "band": 5}},
            }
        }
    },
}


def dump(*parts: bytes, head: bytes = b"-- Host: prod-db-7.internal    Database: shop\n", end: bytes = END) -> bytes:
    return b"".join([b"-- MySQL dump 10.13  Distrib 8.0.36\n", head, b"-- Server version\t8.0.36\n\n", *parts, end])


def one(columns: str, *rows: str, table: str = "t") -> bytes:
    """A dump of one table."""
    made = f"CREATE TABLE `{table}` (\n{columns}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n".encode()
    inserted = f"INSERT INTO `{table}` VALUES {','.join(rows)};\n".encode() if rows else b""
    return dump(made, inserted)


def rules(fields: dict, *, table: str = "t", mode: str = "mask", **more) -> dict:
    body = {"mode": mode, "fields": fields} if fields else {"mode": mode}
    return {"version": 1, "databases": {"shop": {table: body, **more}}}
