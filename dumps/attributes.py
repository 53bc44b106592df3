"""What stands after a column's type in its definition; and brackets, which hold lists and expressions."""

from __future__ import annotations

import re
from typing import Any

from dumps.tables import unquoted

Words = list[str]
_NOW = re.compile(r"(?:current_timestamp|now|localtime(?:stamp)?)(?:\((\d*)\))?", re.IGNORECASE)


def bracket(words: Words, at: int) -> tuple[Words, Words]:
    """Give what lies between the bracket at a place and its other, and what comes after that."""
    depth = 0
    for place in range(at, len(words)):
        depth += {"(": 1, ")": -1}.get(words[place], 0)
        if depth == 0:
            return words[at + 1 : place], words[place + 1 :]
    raise ValueError("a bracket is not closed")


def split(words: Words) -> list[Words]:
    """Split at the commas that stand in no bracket."""
    found: list[Words] = [[]]
    depth = 0
    for word in words:
        depth += {"(": 1, ")": -1}.get(word, 0)
        if word == "," and depth == 0:
            found.append([])
        else:
            found[-1].append(word)
    return [one for one in found if one]


def joined(words: Words) -> str:
    """Give words as one text, with no spaces at brackets and commas."""
    return re.sub(r" ?([(),]) ?", r"\1", " ".join(words))


class Attributes:
    """What stands after a column's type."""

    def __init__(self, words: Words) -> None:
        self._left = words
        self.primary = self.unique = False

    def read(self) -> dict[str, Any]:
        """Give the fields of `Column` that are said."""
        found: dict[str, Any] = {}
        extra: list[str] = []
        while self._left:
            word = self._next().upper()
            if word in ("UNSIGNED", "ZEROFILL"):
                found["unsigned"] = True
            elif word == "NOT" and self._is("NULL"):
                found["nullable"] = False
            elif word == "DEFAULT":
                found["default"] = self._default()
            elif word in ("CHARSET", "COLLATE") or (word == "CHARACTER" and self._is("SET")):
                found["collation" if word == "COLLATE" else "charset"] = utf8mb3(self._next().strip("'").lower())
            elif word in ("AS", "GENERATED"):
                found["generated"] = self._generated(word)
            elif word in ("PRIMARY", "UNIQUE"):
                self._is("KEY")
                self.primary, self.unique = self.primary or word == "PRIMARY", self.unique or word == "UNIQUE"
            else:
                extra += self._other(word)
        found["extra"] = " ".join(extra)
        return found

    def _other(self, word: str) -> Words:
        if word == "ON" and self._is("UPDATE"):
            return ["on update", now(self._expression())]
        if word in ("AUTO_INCREMENT", "INVISIBLE"):
            return [word.lower()]
        if word in ("SRID", "REF_SYSTEM_ID"):
            self._is("=")
            return [f"srid {self._next()}"]
        if word == "CHECK":
            return ["check", self._expression()]
        if word in ("COMMENT", "COLUMN_FORMAT", "STORAGE"):
            self._next()
        return []

    def _default(self) -> str | None:
        said = self._expression()
        if said.upper() == "NULL":
            return None
        bare = unquoted(said)
        return bare if re.fullmatch(r"'-?\d+(?:\.\d+)?'", said) else now(said)

    def _generated(self, word: str) -> str:
        if word == "GENERATED":
            self._is("ALWAYS")
            self._is("AS")
        expression = self._expression()
        if self._left and self._left[0].upper() in ("STORED", "PERSISTENT"):
            return f"{expression} stored"
        return f"{expression} virtual"

    def _expression(self) -> str:
        """Take a value: a text, a word with its brackets, or what lies in brackets."""
        first = self._left[0]
        if first != "(":
            self._next()
            if first[:1] == "_" and self._left and self._left[0][:1] == "'":
                first = self._next()
        if first == "(" or self._left[:1] == ["("]:
            inside, self._left = bracket(self._left, 0)
            return f"{'' if first == '(' else first}({joined(inside)})"
        return first

    def _next(self) -> str:
        return self._left.pop(0)

    def _is(self, word: str) -> bool:
        if self._left and self._left[0].upper() == word:
            self._next()
            return True
        return False


def now(text: str) -> str:
    """Give one form for the ways to write the current time."""
    found = _NOW.fullmatch(text)
    return f"current_timestamp({found[1]})" if found and found[1] else "current_timestamp" if found else text


def utf8mb3(name: str) -> str:
    """Give one name for MySQL's first UTF-8."""
    return name.replace("utf8_", "utf8mb3_") if name.startswith("utf8_") else "utf8mb3" if name == "utf8" else name
