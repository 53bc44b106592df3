"""What a half-made candidate knows about itself, kept in its `local` database, which no rule names."""

from __future__ import annotations

from typing import Any

from pymongo.write_concern import WriteConcern

from anonymizer.errors import ServerError
from anonymizer.mongo import Client
from anonymizer.rules import SYSTEM_DATABASES

COLLECTION = "understudy"
_RUN = "run"


class State:
    """Which collections are complete, under which rules, code and key."""

    def __init__(self, target: Client, rules_sha256: str, code_sha256: str, key_check: str) -> None:
        self._target = target
        # Journaled: a record tells that what was written before it is on disk, the journal being in order.
        self._rows = target.local.get_collection(COLLECTION, write_concern=WriteConcern(w=1, j=True))
        self._identity = {"rules_sha256": rules_sha256, "code_sha256": code_sha256, "key_check": key_check}

    def prepare(self) -> dict[str, dict[str, Any]]:
        """Make the candidate ready: what is complete stays, all else goes.

        Returns:
            The counts of each complete collection, by namespace.

        Raises:
            ServerError: The candidate holds data that this tool did not make.
        """
        before = self._rows.find_one({"_id": _RUN})
        databases = self._databases()
        if before is None and databases:
            raise ServerError("the target is not empty and was not made by this tool; give it an empty server")
        if before is None or {key: before.get(key) for key in self._identity} != self._identity:
            self.discard()
            self._rows.insert_one({"_id": _RUN, **self._identity})
            return {}
        complete = {row["_id"]: row["counts"] for row in self._rows.find({"complete": True})}
        self._drop_all_but(set(complete))
        return complete

    def record(self, namespace: str, counts: dict[str, int]) -> None:
        """Record a collection as complete."""
        self._rows.replace_one({"_id": namespace}, {"complete": True, "counts": counts}, upsert=True)

    def discard(self) -> None:
        """Empty the candidate and forget what was complete."""
        for name in self._databases():
            self._target.drop_database(name)
        self._rows.drop()

    def _databases(self) -> list[str]:
        return [name for name in self._target.list_database_names() if name not in SYSTEM_DATABASES]

    def _drop_all_but(self, complete: set[str]) -> None:
        for database in self._databases():
            for row in self._target[database].list_collections():
                if f"{database}.{row['name']}" not in complete and not row["name"].startswith("system."):
                    self._target[database].drop_collection(row["name"])
