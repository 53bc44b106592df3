"""Refuses, before any row is read, rules that do not fit the schema: each mistake with its table and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from anonymizer.errors import Refused
from anonymizer.keys import Keyring
from anonymizer.masks.build import build, can_collide
from anonymizer.masks.parameters import KINDS
from anonymizer.rules.model import CollectionRule, FieldRule
from dumps import values
from dumps.masking import Bounds, looked_at
from dumps.tables import SPATIAL, Column, ForeignKey, Index, Table
from dumps.values_numbers import is_whole, range_of

TREATED = ("mask", "copy")
MODES = ("mask", "copy", "empty", "drop")
_GONE = ("null", "constant")
_PROBES = 64
_REPLACED = {"sample": "take mask, or empty", "preserve": "take empty, or drop"}
Rules = dict[str, CollectionRule]


def unlisted(tables: dict[str, Table], rules: Rules) -> list[str]:
    """Give the tables and columns that no rule names, as messages show them: `film`, `film.title`."""
    found = []
    for name, table in tables.items():
        rule = rules.get(name)
        if rule is None:
            found.append(name)
        elif rule.mode in TREATED and not rule.unchecked:
            found += [f"{name}.{column}" for column in table.stored() if column not in rule.fields]
    return found


def mistakes(tables: dict[str, Table], rules: Rules) -> list[str]:
    """Give all that does not fit.

    Args:
        tables: Of the dump, by name.
        rules: By table.
    """
    found = [
        f"table {name}: mode {rule.mode} is not for dumps: {_REPLACED.get(rule.mode, 'take another')}"
        for name, rule in rules.items()
        if rule.mode not in MODES
    ]
    for name, table in tables.items():
        rule = rules.get(name)
        if rule is None or rule.mode not in MODES:
            continue
        found += [f"table {name}{said}" for said in _keys(table, rule, rules)]
        if rule.mode == "mask":
            found += [f"table {name}, column {said}" for said in _columns(table, rule)]
            found += [f"table {name}, {said}" for said in _unique(table, rule)]
    return found


def bounds(tables: dict[str, Table], rules: Rules) -> Bounds:
    """Give, by domain, the ends of the ranges of all columns of whole numbers that share it, unless they are alike."""
    found: dict[str, set[int]] = {}
    for name, table in tables.items():
        rule = rules.get(name)
        for path, field in rule.fields.items() if rule and rule.mode == "mask" else ():
            column = table.columns.get(path)
            for one in (field, *(case.rule for case in field.cases)):
                if column and one.domain and is_whole(column):
                    found.setdefault(one.domain, set()).add(range_of(column)[1])
    return {domain: tuple(sorted(ends)) for domain, ends in found.items() if len(ends) > 1}


def _columns(table: Table, rule: CollectionRule) -> Iterator[str]:
    for name, field in rule.fields.items():
        column = table.columns.get(name)
        if column is None:
            continue
        for one in (field, *(case.rule for case in field.cases)):
            for said in _column(column, one):
                yield f"{name}: {said}"
        for path in sorted(looked_at(field) - set(table.stored())):
            yield f"{name}: its rule looks at {path}, which is no column with values of its own"


def _column(column: Column, rule: FieldRule) -> Iterator[str]:
    mask = rule.mask
    if mask == "keep":
        return
    if column.generated:
        yield "it is made of other columns; keep it, and mask those"
    elif mask == "drop":
        yield "a column cannot be dropped; take the mask null, or constant"
    elif mask in _GONE:
        yield from _replaced(column, rule)
    elif said := _by_kind(column, mask):
        yield said
    else:
        yield from _tried(column, rule)


def _by_kind(column: Column, mask: str) -> str:
    if column.kind in ("enum", "set") and mask != "enum":
        return f"the mask {mask} gives none of the values of {column.kind}; take enum with its values, or constant"
    if column.kind == "time":
        return f"the mask {mask} gives no TIME; take null, or constant"
    if (column.kind == "json" or "json_valid" in column.extra) and mask != "json":
        return f"the mask {mask} gives no JSON; take json with rules for what is inside, or constant"
    if column.kind in SPATIAL and mask != "coordinates":
        return f"the mask {mask} gives no geometry; take coordinates for points, or null"
    return ""


def _replaced(column: Column, rule: FieldRule) -> Iterator[str]:
    value = rule.parameter("value")
    if value is None:
        if not column.nullable:
            yield "it takes no NULL; take constant with a value that fits"
        return
    try:
        fits = _values(column, rule).write(value) is not None
    except (ValueError, TypeError, ArithmeticError, AttributeError):
        fits = False
    if not fits:
        yield f"its constant does not fit {column.type}"


def _values(column: Column, rule: FieldRule) -> values.Values:
    takes = frozenset() if KINDS[rule.mask].needs_context else frozenset(build(rule, Keyring.ephemeral()))
    return values.of(column, column.charset or "utf8mb4", backslash=True, takes=takes)


def _tried(column: Column, rule: FieldRule) -> Iterator[str]:
    """Say whether a mask takes the type, and whether anything that it makes of its own example fits."""
    if column.kind in SPATIAL:
        return
    functions = build(rule, Keyring.ephemeral(), lambda: "probe", lambda path: [])
    own = _values(column, rule)
    if not any(one in functions for one in own.classes):
        yield f"the mask {rule.mask} does not take {column.type}"
        return
    example, function = KINDS[rule.mask].example, functions.get(str)
    if own.classes != (str,) or not isinstance(example, str) or function is None:
        return
    made = []
    for number in range(_PROBES):
        try:
            made.append(own.write(function(f"{number:02d}{example}"[: column.length])))
        except (Refused, ValueError):
            return
    if not any(made):
        yield f"the mask {rule.mask} gives nothing that fits {column.type}"


def _unique(table: Table, rule: CollectionRule) -> Iterator[str]:
    """Say which unique indexes a mask may break; one that holds another unbroken one cannot break."""
    safe = [
        set(_plain(index.columns))
        for index in table.indexes.values()
        if index.unique and not _colliding(index, rule, table) and not _expressions(index)
    ]
    for index in table.indexes.values():
        risky = _colliding(index, rule, table) if index.unique else []
        if risky and not any(one <= set(_plain(index.columns)) for one in safe):
            shown = ", ".join(f"{name} ({rule.fields[name].mask})" for name in risky)
            yield (
                f"unique index {index.name}: the mask of {shown} may give two values one pseudonym; take an injective "
                "one (docs/masks.md)"
            )


def _colliding(index: Index, rule: CollectionRule, table: Table) -> list[str]:
    found = []
    for name in _plain(index.columns):
        field = rule.fields.get(name)
        if field is None:
            continue
        every = [field, *(case.rule for case in field.cases)]
        nulls = all(one.mask == "null" and one.parameter("value") is None for one in every)
        if (len(every) > 1 and any(one.mask != "keep" for one in every)) or any(map(can_collide, every)):
            found += [] if nulls and table.columns[name].nullable else [name]
    return found


def _plain(columns: Iterable[str]) -> list[str]:
    """Give the columns of an index without lengths and directions."""
    return [one.split("(")[0].removesuffix(" DESC").removesuffix("DESC") for one in columns]


def _expressions(index: Index) -> bool:
    return any("(" in one for one in index.columns)


def _keys(table: Table, rule: CollectionRule, rules: Rules) -> Iterator[str]:
    for key in table.foreign_keys.values() if rule.mode != "drop" else ():
        other = rules.get(key.table)
        if other is None:
            continue
        if other.mode == "drop":
            yield f": the foreign key {key.name} refers to {key.table}, which is dropped; take mode empty for it"
        elif rule.mode in TREATED and other.mode == "empty" and key.table != table.name:
            yield from _to_empty(table, rule, key)
        elif rule.mode in TREATED and other.mode in TREATED:
            yield from _pairs(rule, other, key)


def _to_empty(table: Table, rule: CollectionRule, key: ForeignKey) -> Iterator[str]:
    nulled = [name for name in key.columns if name in rule.fields and rule.fields[name].mask == "null"]
    if not nulled:
        where = next((name for name in key.columns if table.columns[name].nullable), "")
        advice = f"give {where} the mask null" if where else f"take mode empty for {table.name} too"
        yield f": the foreign key {key.name} refers to {key.table}, which is emptied; {advice}"


def _pairs(rule: CollectionRule, other: CollectionRule, key: ForeignKey) -> Iterator[str]:
    for own, their in zip(key.columns, key.references, strict=True):
        one, two = rule.fields.get(own), other.fields.get(their)
        if (
            one
            and two
            and one.mask != "null"
            and (one.mask, one.domain, one.cases) != (two.mask, two.domain, two.cases)
        ):
            yield (
                f": the foreign key {key.name} would break: {own} has the mask {one.mask} (domain "
                f"{one.domain or 'none'}), {key.table}.{their} has {two.mask} (domain {two.domain or 'none'}); "
                "give both the same"
            )
