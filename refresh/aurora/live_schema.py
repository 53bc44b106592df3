"""The schema of a live server in the words of a dump's: by SHOW CREATE and dumps' own parser, so that they compare."""

from __future__ import annotations

from typing import Any

from dumps.schema import Collector
from refresh.aurora import definitions
from refresh.aurora.schemas import quoted
from refresh.aurora.sql import Sql


def read(sql: Sql, schema: str) -> dict[str, Any]:
    """Read a schema.

    Args:
        sql: The session; its own schema is changed.
        schema: The schema.

    Returns:
        What schema.json holds of a dump.
    """
    collector = Collector(schema)
    sql.use(schema)
    for name in definitions.tables(sql, schema):
        collector.add(str(sql.rows(f"SHOW CREATE TABLE {quoted(name)}", about=f"table {schema}.{name}")[0][1]))
    for each in definitions.read(sql, schema):
        backslash = "NO_BACKSLASH_ESCAPES" not in each.sql_mode
        collector.add(each.text, backslash=backslash)
    return collector.as_json()
