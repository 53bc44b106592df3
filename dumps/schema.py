"""The schema of a dump or a server, collected from its CREATE statements; its fingerprint, and differences in words.

`Collector().add(text)` takes CREATE TABLE, VIEW, TRIGGER, PROCEDURE, FUNCTION and EVENT as a dump or SHOW CREATE has
them; `as_json()` gives what schema.json holds. `fingerprint` and `difference` are pure and take that.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from dumps import code, definitions, names
from dumps.tables import Table

Schema = dict[str, Any]
VERSION = 1
KINDS = ("views", "triggers", "routines", "events")
_N = names.NAME.pattern.decode("latin-1")
_USER = rf"(?:{_N}|'[^']*')"
DEFINER = re.compile(rf"\bDEFINER\s*=\s*(?:CURRENT_USER(?:\(\))?|{_USER}(?:\s*@\s*(?:{_USER}|%))?)\s*", re.IGNORECASE)
_BEFORE = r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:AGGREGATE\s+)?(?:ALGORITHM\s*=\s*\w+\s+)?(?:SQL\s+SECURITY\s+\w+\s+)?"
_OBJECT = re.compile(
    rf"{_BEFORE}(VIEW|TRIGGER|PROCEDURE|FUNCTION|EVENT|TABLE)\s+(?:IF\s+NOT\s+EXISTS\s+)?({_N})", re.IGNORECASE
)
_TRIGGER = re.compile(rf"\s+(BEFORE|AFTER)\s+(INSERT|UPDATE|DELETE)\s+ON\s+({_N})", re.IGNORECASE)
_SECURITY = re.compile(r"\b(?:ALGORITHM\s*=\s*UNDEFINED|SQL\s+SECURITY\s+DEFINER)\s*", re.IGNORECASE)
# Columns follow a point, aliases AS: what else is quoted may be a table.
_READ = re.compile(r"(?<![.`])(?<!\bAS )(`(?:[^`]|``)+`)|\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+(\w+)", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"(?:SELECT\s+)?(?:(?:1|NULL)\s+AS\s+`(?:[^`]|``)*`\s*,?\s*)+", re.IGNORECASE)


class Collector:
    """Collects a schema.

    Args:
        schema: The schema's own name, where texts may qualify names with it (SHOW CREATE VIEW does).

    Attributes:
        own: The schema's name.
        tables: By name, in order.
        views, triggers, routines, events: By name: what schema.json has of them.
        reads: By kind and name of those: the names that stand in back-quotes in them, or bare after FROM and its like.
    """

    def __init__(self, schema: str = "") -> None:
        self.own = schema
        self.tables: dict[str, Table] = {}
        self.views: dict[str, str] = {}
        self.triggers: dict[str, dict[str, str]] = {}
        self.routines: dict[str, dict[str, str]] = {}
        self.events: dict[str, dict[str, str]] = {}
        self.reads: dict[tuple[str, str], set[str]] = {}

    def add(self, text: bytes | str, *, backslash: bool = True) -> tuple[str, str]:
        """Take a statement, if it defines something.

        Args:
            text: The statement.
            backslash: Whether a backslash escapes in its texts.

        Returns:
            What it defines and its name, as in `("table", "film")`; two empty texts where it defines nothing.

        Raises:
            RefusedError: A CREATE TABLE cannot be read.
        """
        raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
        if b"CREATE" not in raw[:40].upper():
            return "", ""
        plain = code.opened(raw, backslash=backslash).decode("utf-8", "surrogateescape")
        plain = DEFINER.sub("", " ".join(plain.split()) if "TABLE" not in plain[:30].upper() else plain)
        found = _OBJECT.match(plain)
        if not found:
            return "", ""
        kind, name = found[1].lower(), definitions.plain(found[2])
        if kind == "table":
            self.tables[name] = definitions.table(plain)
        else:
            self._object(kind, name, plain, plain[found.end() :])
        return kind, name

    def _object(self, kind: str, name: str, plain: str, rest: str) -> None:
        self.reads[kind, name] = _read_in(rest)
        sha256 = hashlib.sha256(normalized(plain, self.own).encode("utf-8", "surrogateescape")).hexdigest()
        if kind == "view":
            if not _PLACEHOLDER.fullmatch(rest.strip().removeprefix("AS").strip()):
                self.views[name] = sha256
        elif kind == "trigger":
            said = _TRIGGER.match(rest)
            timing, event, table = (said[1].lower(), said[2].lower(), definitions.plain(said[3])) if said else ("",) * 3
            self.triggers[name] = {"table": table, "timing": timing, "event": event, "sha256": sha256}
        elif kind == "event":
            self.events[name] = {"sha256": sha256}
        else:
            self.routines[f"{kind} {name}"] = {"sha256": sha256}

    def as_json(self) -> Schema:
        """Give what schema.json holds."""
        return {
            "version": VERSION,
            "tables": {name: table.as_json() for name, table in sorted(self.tables.items())},
            **{kind: dict(sorted(getattr(self, kind).items())) for kind in KINDS},
        }


def _read_in(text: str) -> set[str]:
    return {definitions.plain(found[1] or found[2]) for found in _READ.finditer(text)}


def normalized(text: str, own: str = "") -> str:
    """Give one form for the texts that a dump and a server have of one view, trigger, routine or event.

    Args:
        text: CREATE …, comments opened.
        own: The schema's own name, which is taken out where it qualifies another.
    """
    plain = _SECURITY.sub("", DEFINER.sub("", text))
    if own:
        plain = plain.replace(f"`{own}`.", "")
    plain = re.sub(r"^CREATE (?:OR REPLACE )?", "CREATE ", " ".join(plain.split()), flags=re.IGNORECASE)
    return plain.rstrip("; ")


def fingerprint(schema: Schema) -> str:
    """Give the hash of a schema."""
    return hashlib.sha256(json.dumps(schema, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def difference(before: Schema, after: Schema) -> list[str]:
    """Say how two schemas differ, in words; nothing where they are the same.

    Args:
        before: What schema.json held, or a server has.
        after: What is compared with it.
    """
    found = _keys("table", before.get("tables", {}), after.get("tables", {}))
    for name in sorted(before.get("tables", {}).keys() & after.get("tables", {}).keys()):
        found += _table(name, before["tables"][name], after["tables"][name])
    for kind in KINDS:
        one, other = before.get(kind, {}), after.get(kind, {})
        word = "" if kind == "routines" else kind[:-1]
        found += _keys(word, one, other)
        found += [
            f"{word} {name}: its text differs".strip()
            for name in sorted(one.keys() & other.keys())
            if one[name] != other[name]
        ]
    return found


def _keys(word: str, before: dict[str, Any], after: dict[str, Any], where: str = "") -> list[str]:
    gone = [f"{where}{word} {name}: gone".strip() for name in sorted(before.keys() - after.keys())]
    return gone + [f"{where}{word} {name}: new".strip() for name in sorted(after.keys() - before.keys())]


def _table(name: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for word, kind in (("column", "columns"), ("index", "indexes"), ("foreign key", "foreign_keys")):
        one, other = before.get(kind, {}), after.get(kind, {})
        found += _keys(word, one, other, f"table {name}: ")
        for key in sorted(one.keys() & other.keys()):
            found += [f"table {name}: {word} {key}: {said}" for said in _values(one[key], other[key])]
    found += [f"table {name}: {said}" for said in _values(before.get("options", {}), after.get("options", {}))]
    order = [key for key in before.get("columns", {}) if key in after.get("columns", {})]
    if order != [key for key in after.get("columns", {}) if key in before.get("columns", {})]:
        found.append(f"table {name}: its columns are in another order")
    return found


def _values(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    keys = sorted(before.keys() | after.keys())
    return [
        f"{key} was {_shown(before.get(key))}, is {_shown(after.get(key))}"
        for key in keys
        if before.get(key) != after.get(key)
    ]


def _shown(value: Any) -> str:
    return "nothing" if value in (None, "") else value if isinstance(value, str) else json.dumps(value)
