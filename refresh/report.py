"""Reports of refreshes of any kind: `report.json` for programs, `test-report.md` for people, and its parts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from refresh.aws import ObjectPort

JSON_NAME, TEXT_NAME = "report.json", "test-report.md"


def write(objects: ObjectPort, bucket: str, report: Mapping[str, Any], text: str, folder: Path) -> str:
    """Put a report into the reports bucket and the same below a folder of this machine.

    Args:
        objects: The bucket's port.
        bucket: The reports bucket.
        report: Plain values; `refresh_id` is among them.
        text: The same for people, in Markdown.
        folder: Gets `<refresh-id>/` with both files.

    Returns:
        Where the text lies in the bucket.
    """
    files = {JSON_NAME: json.dumps(report, indent=2) + "\n", TEXT_NAME: text}
    prefix = f"reports/{report['refresh_id']}"
    place = folder / str(report["refresh_id"])
    place.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        objects.put(bucket, f"{prefix}/{name}", content.encode())
        (place / name).write_text(content, encoding="utf-8")
    return f"s3://{bucket}/{prefix}/{TEXT_NAME}"


def section(title: str, lines: Iterable[str]) -> list[str]:
    """Write a section."""
    return [f"## {title}", "", *lines, ""]


def table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """Write a table; a column whose name ends in a colon holds numbers."""
    columns = tuple(columns)
    return [
        _row(name.rstrip(":") for name in columns),
        f"|{'|'.join('---:' if name.endswith(':') else '---' for name in columns)}|",
        *map(_row, rows),
    ]


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def listed(items: Iterable[str], *, none: str) -> list[str]:
    """Write a list; `none` when it is empty."""
    return [f"- {item}" for item in items] or [none]


def phases(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give each step with its seconds, and their sum."""
    for name, seconds in report["phases"].items():
        yield name, f"{seconds:.1f}"
    yield "together", f"{sum(report['phases'].values()):.1f}"
