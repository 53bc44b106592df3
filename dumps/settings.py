"""What the SET statements of a dump say of the session, as far as reading depends on it."""

from __future__ import annotations

import re

from dumps.errors import RefusedError

_ASSIGNED = re.compile(
    rb"(?:(?P<names>\bNAMES\s+(?P<charset>'?\w+'?))|(?P<name>@@(?:SESSION\.)?\w+|@\w+|\b\w+)\s*:?=\s*"
    rb"(?P<value>'(?:[^']|'')*'|@@?[\w.]+|[\w+.:-]+))",
    re.IGNORECASE,
)
_SET = re.compile(rb"(?:/\*M?!\d*\s*)?SET\b", re.IGNORECASE)
# Their letters have bytes that read like a backslash: who does not know each letter cannot tell where a text ends.
_UNSAFE = ("big5", "cp932", "gb18030", "gbk", "sjis")
_FOLLOWED = ("sql_mode", "names")


class Settings:
    """The settings that decide how a dump is read.

    Attributes:
        backslash: Whether a backslash escapes.
        ansi_quotes: Whether double quotes hold names.
        charset: The character set that texts are written in.
    """

    def __init__(self) -> None:
        self._held: dict[str, str] = {"sql_mode": "", "names": "utf8mb4"}

    @property
    def backslash(self) -> bool:
        """Whether a backslash escapes."""
        return "NO_BACKSLASH_ESCAPES" not in self._held["sql_mode"].upper()

    @property
    def ansi_quotes(self) -> bool:
        """Whether double quotes hold names."""
        mode = self._held["sql_mode"].upper()
        return "ANSI" in mode

    @property
    def charset(self) -> str:
        """The character set that texts are written in."""
        return self._held["names"]

    def heed(self, text: bytes, line: int) -> None:
        """Take over what a statement sets, if it is a SET.

        Raises:
            RefusedError: The dump is in a character set that cannot be read safely.
        """
        if not _SET.match(text):
            return
        for found in _ASSIGNED.finditer(text):
            name = (found["name"] or b"names").decode().lower().removeprefix("@@session.")
            name = {"character_set_client": "names"}.get(name.removeprefix("@@"), name.removeprefix("@@"))
            self._set(name, (found["value"] or found["charset"]).decode("latin-1"))
        if self.charset in _UNSAFE:
            raise RefusedError(
                f"line {line}: the dump is written in {self.charset}, in which texts cannot be told apart safely; "
                "make it with --default-character-set=utf8mb4"
            )

    def _set(self, name: str, value: str) -> None:
        if value.startswith("@"):
            other = value.lower().removeprefix("@@session.").removeprefix("@@")
            other = "names" if other == "character_set_client" else other
            if name in _FOLLOWED or name.startswith("@"):
                self._held[name] = self._held.get(other, self._held.get(name, _DEFAULTS.get(name, "")))
        elif name in _FOLLOWED or name.startswith("@"):
            word = value.strip("'")
            self._held[name] = word.lower() if name == "names" else word


_DEFAULTS = {"names": "utf8mb4", "sql_mode": ""}
