"""Collections that are taken over from today's staging, and only from one that this tool made."""

from __future__ import annotations

from typing import Any

from anonymizer import mongo
from anonymizer.errors import ServerError, UsageError
from anonymizer.mongo import Client, Collection, server_errors
from anonymizer.rules.model import CollectionRule, Rules
from anonymizer.transfer import state

NOTHING = "nothing"


class Preserved:
    """Today's staging.

    Args:
        address: Unix socket or URI; empty where none was named; `NOTHING` where there is no staging yet.
    """

    def __init__(self, address: str) -> None:
        self._nothing = address == NOTHING
        self.address = "" if self._nothing else address
        self._client: Client | None = mongo.connect(self.address) if self.address else None

    @property
    def server(self) -> Any:
        """The server; asked for only where something is taken over."""
        return self._client

    def take_over(
        self, rules: Rules, listed: list[tuple[CollectionRule, Collection]]
    ) -> list[tuple[CollectionRule, Collection]]:
        """Put staging's collections in the place of the source's where the rules say so.

        Raises:
            UsageError: The rules preserve something, and no server was named.
            ServerError: That server's data were not made by this tool, or are half-made.
        """
        wanted = [rule for rule in rules.collections.values() if rule.mode == "preserve"]
        others = [(rule, collection) for rule, collection in listed if rule.mode != "preserve"]
        if not wanted or self._nothing:
            return others
        if self._client is None:
            names = ", ".join(rule.namespace for rule in wanted)
            raise UsageError(
                f"the rules preserve {names}: name today's staging by --preserve-socket or --preserve-uri-env, or "
                "say --preserve-nothing where there is none yet"
            )
        with server_errors("the server to preserve from"):
            if not state.is_made_by_this_tool(self._client):
                raise ServerError(
                    "the server to preserve from does not hold a whole copy made by this tool: its documents may be "
                    "production's own, so nothing is taken over from it"
                )
            held = mongo.collections(self._client)
        return others + [(rule, held[rule.namespace]) for rule in wanted if rule.namespace in held]

    def close(self) -> None:
        """Close the connection."""
        if self._client:
            self._client.close()
