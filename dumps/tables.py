"""Tables as CREATE TABLE defines them: columns, indexes, foreign keys, options, read from SHOW CREATE TABLE's form."""

from __future__ import annotations

from dataclasses import dataclass, field

INTEGERS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}
TEXTS = {"tinytext": 2**8 - 1, "text": 2**16 - 1, "mediumtext": 2**24 - 1, "longtext": 2**32 - 1}
BLOBS = {"tinyblob": 2**8 - 1, "blob": 2**16 - 1, "mediumblob": 2**24 - 1, "longblob": 2**32 - 1}
SPATIAL = frozenset(
    "geometry point linestring polygon multipoint multilinestring multipolygon geometrycollection".split()
)
_ALIASES = {
    "integer": "int", "bool": "tinyint", "boolean": "tinyint", "dec": "decimal", "numeric": "decimal",
    "fixed": "decimal", "real": "double", "nvarchar": "varchar", "nchar": "char", "serial": "bigint",
    "int1": "tinyint", "int2": "smallint", "int4": "int", "int8": "bigint", "character": "char",
    "geomcollection": "geometrycollection",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        name: Its name.
        kind: Its type's name in small letters: `varchar`.
        size: What stands in the type's brackets: lengths, or the values of an ENUM or SET.
        unsigned: Whether a number has no sign.
        nullable: Whether it takes NULL.
        default: As it is written, or None.
        charset: Its own character set or the table's; empty: the server's.
        collation: The same of its collation.
        generated: The expression that it is made of, or nothing.
        extra: Other attributes, in small letters: `auto_increment`, `on update current_timestamp`, `invisible`.
    """

    name: str
    kind: str
    size: tuple[str, ...] = ()
    unsigned: bool = False
    nullable: bool = True
    default: str | None = None
    charset: str = ""
    collation: str = ""
    generated: str = ""
    extra: str = ""

    @property
    def type(self) -> str:
        """The type as schemas are compared by: no display widths, which MySQL 8 no longer shows."""
        size = self.size
        if (self.kind in INTEGERS and not (self.kind == "tinyint" and size == ("1",))) or self.kind == "year":
            size = ()
        shown = f"({','.join(size)})" if size else ""
        return f"{self.kind}{shown}{' unsigned' if self.unsigned else ''}"

    @property
    def length(self) -> int | None:
        """How many characters (CHAR, VARCHAR), bytes (the other texts, binaries) or bits (BIT) it takes."""
        if self.kind in TEXTS or self.kind in BLOBS:
            return (TEXTS | BLOBS)[self.kind]
        if self.kind in ("char", "varchar", "binary", "varbinary", "bit"):
            return int(self.size[0]) if self.size else 1
        return None

    @property
    def values(self) -> tuple[str, ...]:
        """The values of an ENUM or SET."""
        return tuple(unquoted(one) for one in self.size) if self.kind in ("enum", "set") else ()

    def as_json(self) -> dict[str, object]:
        """Give what schema.json has of it."""
        extra = " ".join(part for part in (self.extra, f"as {self.generated}" if self.generated else "") if part)
        return {
            "type": self.type, "nullable": self.nullable, "default": self.default, "extra": extra,
            "collation": self.collation or self.charset,
        }  # fmt: skip


@dataclass(frozen=True)
class Index:
    """An index; `columns` are names, with a length or an expression as written: `name`, `name(10)`, `(lower(x))`."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    type: str = ""

    def as_json(self) -> dict[str, object]:
        """Give what schema.json has of it."""
        return {"columns": list(self.columns), "unique": self.unique, "type": self.type}


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key."""

    name: str
    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]
    on_delete: str = ""
    on_update: str = ""

    def as_json(self) -> dict[str, object]:
        """Give what schema.json has of it."""
        return {
            "columns": list(self.columns), "references": [self.table, list(self.references)],
            "on_delete": self.on_delete, "on_update": self.on_update,
        }  # fmt: skip


@dataclass
class Table:
    """A table.

    Attributes:
        name: Its name.
        columns, indexes, foreign_keys: By name, in order.
        checks: Conditions, as written.
        options: Engine, character set, collation, row format and partitions, where they are given.
    """

    name: str
    columns: dict[str, Column] = field(default_factory=dict)
    indexes: dict[str, Index] = field(default_factory=dict)
    foreign_keys: dict[str, ForeignKey] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)

    def stored(self) -> list[str]:
        """Give the columns that have values of their own. MariaDB dumps those too that are generated."""
        return [name for name, column in self.columns.items() if not column.generated]

    def implied(self) -> tuple[str, ...]:
        """Give the columns of an INSERT that lists none."""
        return tuple(name for name, column in self.columns.items() if "invisible" not in column.extra.split())

    def as_json(self) -> dict[str, object]:
        """Give what schema.json has of it."""
        options = {**self.options, **{f"check {name}": text for name, text in self.checks.items()}}
        return {
            "columns": {name: one.as_json() for name, one in self.columns.items()},
            "indexes": {name: one.as_json() for name, one in self.indexes.items()},
            "foreign_keys": {name: one.as_json() for name, one in self.foreign_keys.items()},
            "options": options,
        }


def canonical_kind(name: str) -> str:
    """Give the name of a type that its aliases stand for."""
    return _ALIASES.get(name.lower(), name.lower())


def unquoted(text: str) -> str:
    """Give what a text in quotes says, as definitions write it."""
    if text[:1] != "'":
        return text
    return text[1:-1].replace("''", "'").replace("\\'", "'").replace("\\\\", "\\").replace("\\n", "\n")
