"""The schema of a dump that lies in a file; its rows are passed over."""

from __future__ import annotations

from pathlib import Path

from dumps.reading import Insert, Reader, opened
from dumps.schema import Collector


def schema_of(dump: Path) -> Collector:
    """Read a dump's definitions.

    Args:
        dump: The dump, plain or gzip.

    Returns:
        What was collected; mysqldump's placeholders of views are not among its tables.

    Raises:
        RefusedError: It holds what no dump holds, or is cut short.
        UsageError: It cannot be read.
    """
    collector = Collector()
    with opened(dump) as file:
        reader = Reader(file)
        for statement in reader.statements():
            if not isinstance(statement, Insert):
                collector.add(statement.text, backslash=reader.settings.backslash)
    for view in collector.views:
        collector.tables.pop(view, None)
    return collector
