"""The commands of a page: its blocks of bash, and what is said of them just before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
_BLOCK = re.compile(
    r"(?:<!-- (?P<said>not run: [^>]+|yours) -->\n\n)?^```bash\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """One block.

    Attributes:
        text: its commands.
        said: `yours` where readers write values of their own, `not run: <why>` where a test leaves it out; or nothing.
    """

    text: str
    said: str

    @property
    def variables(self) -> set[str]:
        """The variables that it exports."""
        return set(re.findall(r"\bexport (\w+)", self.text))


def blocks_of(page: str) -> list[Block]:
    """Return the blocks of a page of docs/, in order."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [Block(found["text"], found["said"] or "") for found in _BLOCK.finditer(text)]


def script_of(page: str, values: dict[str, str]) -> str:
    """Return a page's commands as one script, with a reader's values in place of the examples.

    Raises:
        ValueError: The page asks for other values than these.
    """
    blocks = blocks_of(page)
    (yours,) = (block for block in blocks if block.said == "yours")
    if yours.variables != set(values):
        raise ValueError(f"{page} asks for {sorted(yours.variables)}, given are {sorted(values)}")
    return "set -euo pipefail\n" + "\n".join(block.text for block in blocks if not block.said)
