"""Reads CREATE TABLE, as SHOW CREATE TABLE and people write it, into a `Table`."""

from __future__ import annotations

import re
from dataclasses import replace

from dumps import tables
from dumps.attributes import Attributes, Words, bracket, joined, split, utf8mb3
from dumps.errors import RefusedError
from dumps.tables import Column, ForeignKey, Index, Table

_TOKEN = re.compile(r"'(?:[^'\\]|\\.|'')*'|`(?:[^`]|``)*`|\"(?:[^\"\\]|\\.|\"\")*\"|[(),]|[^\s'`\"(),=]+|=", re.DOTALL)
_HEAD = ("CREATE", "OR", "REPLACE", "TABLE", "IF", "NOT", "EXISTS")
_INDEXES = ("KEY", "INDEX", "UNIQUE", "FULLTEXT", "SPATIAL", "PRIMARY", "CONSTRAINT", "FOREIGN", "CHECK", "PERIOD")
_OPTIONS = {
    "ENGINE": "engine", "CHARSET": "charset", "SET": "charset", "COLLATE": "collation", "ROW_FORMAT": "row_format",
}  # fmt: skip


def table(text: str) -> Table:
    """Read a definition.

    Args:
        text: CREATE TABLE without comments (`code.opened`).

    Raises:
        RefusedError: It cannot be read.
    """
    words = _TOKEN.findall(text)
    at = 0
    while at < len(words) and words[at].upper() in _HEAD:
        at += 1
    name = plain(words[at]) if at < len(words) else ""
    if words[at + 1 : at + 2] != ["("]:
        raise RefusedError(f"CREATE TABLE {name}: its definition cannot be read; make the dump with mysqldump")
    inside, rest = bracket(words, at + 1)
    found = Table(name)
    found.options.update(_options(rest))
    for element in split(inside):
        try:
            _element(found, element)
        except (IndexError, ValueError):
            shown = " ".join(element[:2])
            raise RefusedError(f"CREATE TABLE {name}: what defines {shown} cannot be read") from None
    charset, collation = found.options.get("charset", ""), found.options.get("collation", "")
    for one in list(found.columns.values()):
        if is_text(one) and not one.charset:
            own = one.collation.split("_")[0]
            found.columns[one.name] = replace(one, charset=own or charset, collation=one.collation or collation)
    return found


def is_text(column: Column) -> bool:
    """Tell whether a column has a character set."""
    return column.kind in ("char", "varchar", "enum", "set") or column.kind in tables.TEXTS


def plain(word: str) -> str:
    """Give a name without its quotes."""
    if word[:1] in '`"':
        return word[1:-1].replace("``", "`")
    return word


def _element(found: Table, element: Words) -> None:
    first = element[0].upper()
    if first not in _INDEXES:
        _column(found, element)
        return
    name = ""
    if first == "CONSTRAINT":
        element = element[1:]
        if element[0].upper() not in _INDEXES:
            name, element = plain(element[0]), element[1:]
        first = element[0].upper()
    if first == "FOREIGN":
        _foreign_key(found, name, element[2:])
    elif first == "CHECK":
        found.checks[name or f"check_{len(found.checks) + 1}"] = joined(bracket(element, 1)[0])
    elif first != "PERIOD":
        _index(found, name, element)


def _index(found: Table, name: str, element: Words) -> None:
    unique = element[0].upper() in ("UNIQUE", "PRIMARY")
    kind = element[0].lower() if element[0].upper() in ("FULLTEXT", "SPATIAL") else ""
    at = element.index("(")
    before = [word for word in element[:at] if word.upper() not in _INDEXES]
    using = [word.upper() for word in before]
    if "USING" in using:
        kind, before = before[using.index("USING") + 1].lower(), before[: using.index("USING")]
    inside, rest = bracket(element, at)
    upper = [word.upper() for word in rest]
    if "USING" in upper:
        kind = rest[upper.index("USING") + 1].lower()
    columns = tuple(_index_column(one) for one in split(inside))
    name = "PRIMARY" if element[0].upper() == "PRIMARY" else plain(before[0]) if before else name or columns[0]
    found.indexes[name] = Index(name, columns, unique, "" if kind == "btree" else kind)


def _index_column(words: Words) -> str:
    kept = [word for word in words if word.upper() != "ASC"]
    return joined([plain(kept[0]), *kept[1:]]) if kept[0] != "(" else joined(kept)


def _foreign_key(found: Table, name: str, element: Words) -> None:
    own, rest = bracket(element, element.index("("))
    upper = [word.upper() for word in rest]
    at = upper.index("REFERENCES")
    theirs, actions = bracket(rest, rest.index("(", at))
    said = joined(actions).upper()
    acts = {side: _action(said, side) for side in ("DELETE", "UPDATE")}
    if "." in rest[at + 1] or rest[at + 2] != "(":
        raise RefusedError(f"table {found.name}: the foreign key {name} refers to another schema")
    name = name or f"{found.name}_ibfk_{len(found.foreign_keys) + 1}"
    columns, references = (tuple(plain(one[0]) for one in split(side)) for side in (own, theirs))
    found.foreign_keys[name] = ForeignKey(
        name, columns, plain(rest[at + 1]), references, acts["DELETE"], acts["UPDATE"]
    )


def _action(said: str, side: str) -> str:
    """Give what happens to a reference, or nothing where that is what happens without a word."""
    found = re.search(rf"ON {side} (CASCADE|SET NULL|SET DEFAULT)", said)
    return found[1] if found else ""


def _column(found: Table, element: Words) -> None:
    name, kind = plain(element[0]), tables.canonical_kind(element[1])
    rest = element[2:]
    size: tuple[str, ...] = ()
    if kind == "double" and rest[:1] and rest[0].upper() == "PRECISION":
        rest = rest[1:]
    if rest[:1] == ["("]:
        inside, rest = bracket(rest, 0)
        size = tuple(word for word in inside if word != ",")
    if kind == "decimal":
        size = (size or ("10",)) + (() if len(size) == 2 else ("0",))
    said = Attributes(rest)
    column = Column(name, kind, size, **said.read())
    found.columns[name] = column
    if said.primary:
        found.indexes["PRIMARY"] = Index("PRIMARY", (name,), unique=True)
    if said.unique:
        found.indexes[name] = Index(name, (name,), unique=True)


def _options(rest: Words) -> dict[str, str]:
    found: dict[str, str] = {}
    upper = [word.upper() for word in rest]
    for at, word in enumerate(upper):
        if word == "PARTITION":
            found["partitions"] = joined(rest[at:])
            break
        name = _OPTIONS.get(word)
        value = next((word for word in rest[at + 1 : at + 3] if word != "="), "")
        if name and value:
            found[name] = utf8mb3(value.strip("'").lower())
    return found
