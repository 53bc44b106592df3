"""What a half-made candidate knows about itself, kept in its `local` database, which no rule names.

A record is journaled before it counts, and the journal is in order: what was written before a record is on disk when
the record is. Nothing in it can be read back: a part of a collection is known by a keyed hash of its bounds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

import bson
from pymongo.write_concern import WriteConcern

from anonymizer.bsontypes import DECODE
from anonymizer.errors import ServerError
from anonymizer.keys import Keyring
from anonymizer.mongo import Client
from anonymizer.parallel.partitions import Partition
from anonymizer.rules.model import SYSTEM_DATABASES

COLLECTION = "understudy"
_RUN = "run"
_FORMAT = 2
_PART = "part "  # no namespace begins like that: a database's name has no space
_KEY_DOMAIN = "understudy: names of parts"


@dataclass(frozen=True)
class Done:
    """What an earlier run with the same rules, code and key has left.

    Attributes:
        complete: Counts of each complete collection.
        parts: Counts of each recorded part of the others, by namespace and then by the part's name.
    """

    complete: dict[str, dict[str, int]] = field(default_factory=dict)
    parts: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)


class State:
    """What is complete, under which rules, code and key."""

    def __init__(self, target: Client, rules_sha256: str, code_sha256: str, keyring: Keyring) -> None:
        self._target = target
        self._rows = target.local.get_collection(COLLECTION, write_concern=WriteConcern(w=1, j=True))
        self._key = keyring.for_domain(_KEY_DOMAIN)
        self._identity = {
            "rules_sha256": rules_sha256,
            "code_sha256": code_sha256,
            "key_check": keyring.check_value(),
            "format": _FORMAT,
        }

    def prepare(self) -> Done:
        """Make the candidate ready: what is complete or recorded stays, all else goes.

        Raises:
            ServerError: The candidate holds data that this tool did not make.
        """
        before = self._rows.find_one({"_id": _RUN})
        if before is None and self._databases():
            raise ServerError("the target is not empty and was not made by this tool; give it an empty server")
        if before is None or {key: before.get(key) for key in self._identity} != self._identity:
            self.discard()
            self._rows.insert_one({"_id": _RUN, "finished": False, **self._identity})
            return Done()
        complete = {row["_id"]: row["counts"] for row in self._rows.find({"complete": True})}
        parts: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
        for row in self._rows.find({"part_of": {"$exists": True}}):
            parts[row["part_of"]][row["_id"]] = row["counts"]
        there = set(self._keep(complete.keys() | parts.keys()))
        self._rows.delete_many({"part_of": {"$in": [name for name in parts if name not in there]}})
        return Done(
            {name: counts for name, counts in complete.items() if name in there},
            {name: found for name, found in parts.items() if name in there},
        )

    def name_of(self, part: Partition) -> str:
        """Give the name of a part in the records: a keyed hash of its bounds, which are values of documents."""
        bounds = {"collection": part.namespace, "low": list(part.low or ()), "high": list(part.high or ())}
        return _PART + blake2b(bson.encode(bounds, codec_options=DECODE), key=self._key, digest_size=16).hexdigest()

    def record_part(self, part: Partition, counts: dict[str, int]) -> None:
        """Record a part of a collection as written."""
        self._rows.replace_one({"_id": self.name_of(part)}, {"part_of": part.namespace, "counts": counts}, upsert=True)

    def record(self, namespace: str, counts: dict[str, int]) -> None:
        """Record a collection as complete."""
        self._rows.replace_one({"_id": namespace}, {"complete": True, "counts": counts}, upsert=True)
        self._rows.delete_many({"part_of": namespace})

    def finish(self) -> None:
        """Record that the candidate is whole."""
        self._rows.update_one({"_id": _RUN}, {"$set": {"finished": True}})

    def discard(self) -> None:
        """Empty the candidate and forget what was complete.

        First of all the records stop to count: killed in the middle, no later run takes what is left for complete.
        """
        if self._rows.find_one({"_id": _RUN}):
            self._rows.replace_one({"_id": _RUN}, {"finished": False, "discarding": True})
            self._rows.delete_many({"_id": {"$ne": _RUN}})
        for name in self._databases():
            self._target.drop_database(name)
        self._rows.drop()

    def _databases(self) -> list[str]:
        return [name for name in self._target.list_database_names() if name not in SYSTEM_DATABASES]

    def _keep(self, wanted: Iterable[str]) -> list[str]:
        """Drop all collections but those wanted, and give those that are there."""
        wanted, kept = set(wanted), []
        for database in self._databases():
            for row in self._target[database].list_collections():
                name = f"{database}.{row['name']}"
                if name in wanted:
                    kept.append(name)
                elif not row["name"].startswith("system."):
                    self._target[database].drop_collection(row["name"])
        return kept


def is_half_made(target: Client) -> bool:
    """Tell whether a server holds a copy that this tool has begun and not finished."""
    row = target.local[COLLECTION].find_one({"_id": _RUN})
    return row is not None and not row.get("finished", True)


def is_made_by_this_tool(server: Client) -> bool:
    """Tell whether a server's data are a whole copy that this tool made; those of its first form say nothing more."""
    row = server.local[COLLECTION].find_one({"_id": _RUN})
    return row is not None and bool(row.get("finished", "format" not in row))
