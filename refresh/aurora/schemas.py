"""The names of the schemas that a refresh works with, and of what is in them."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 64 - len("__understudy")
PATTERN = re.compile(rf"[A-Za-z0-9_][A-Za-z0-9_$-]{{0,{LONGEST - 1}}}")


@dataclass(frozen=True)
class Schemas:
    """The live schema and those beside it.

    Args:
        live: The schema that applications use.
    """

    live: str

    @property
    def candidate(self) -> str:
        """Where a dump is loaded."""
        return f"{self.live}__next"

    @property
    def former(self) -> str:
        """What was live before."""
        return f"{self.live}__previous"

    @property
    def own(self) -> str:
        """Holds a marker for each of the others: which refresh made it."""
        return f"{self.live}__understudy"


def quoted(name: str) -> str:
    """Write a name of SQL in back-quotes."""
    return "`" + name.replace("`", "``") + "`"


def inside(schema: str, name: str) -> str:
    """Write the name of something in a schema."""
    return f"{quoted(schema)}.{quoted(name)}"
