"""Where reports go: `reports/<id>/` in the reports bucket, and the same below a folder of this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from refresh.aws import ObjectPort
from refresh.errors import RefreshError
from refresh.reporting import changes, here, index, page, text
from refresh.reporting.model import Report
from refresh.reporting.names import JSON_NAME, PAGE_NAME, TEXT_NAME


def publish(objects: ObjectPort, bucket: str, report: Report, folder: Path, say: Callable[[str], None]) -> str:
    """Write an event's report as page, JSON and Markdown, and bring the index up to date.

    Args:
        objects: The bucket's port.
        bucket: The reports bucket.
        report: The event; what is other than in the refresh before is added here.
        folder: Gets `<id>/` with the three files, and the index.
        say: Takes a line when the index, or what is kept here, could not be written: that fails no event.

    Returns:
        Where the page lies in the bucket.
    """
    told = _with_changes(objects, bucket, report)
    files = {JSON_NAME: told.as_json(), TEXT_NAME: text.as_text(told), PAGE_NAME: page.as_html(told)}
    for name, content in files.items():
        objects.put(bucket, key_of(told.refresh_id, name), content.encode())
    try:
        here.keep(folder / told.refresh_id, {name: content.encode() for name, content in files.items()})
        index.write(objects, bucket, folder)
    except RefreshError as error:
        say(f"        {error}")
    return f"s3://{bucket}/{key_of(told.refresh_id, PAGE_NAME)}"


def key_of(refresh_id: str, name: str = JSON_NAME) -> str:
    """Return where a file of a report lies."""
    return f"{index.PREFIX}{refresh_id}/{name}"


def read(objects: ObjectPort, bucket: str, refresh_id: str) -> Report | None:
    """Read a report; None where there is none, or one that this version does not read."""
    stored = objects.get(bucket, key_of(refresh_id))
    try:
        return Report.model_validate_json(stored.body) if stored else None
    except ValidationError:
        return None


def _with_changes(objects: ObjectPort, bucket: str, report: Report) -> Report:
    """Add what is other than in the refresh of the same database that finished last before this one."""
    if report.kind != "refresh":
        return report
    same = [
        each.refresh_id
        for each in index.read(objects, bucket)
        if (each.kind, each.outcome, each.database) == ("refresh", "finished", report.database)
        and each.has_page  # rules that were only drafted leave no report
        and each.refresh_id != report.refresh_id
        and each.finished_at <= report.finished_at
    ]
    former = read(objects, bucket, same[0]) if same else None
    return report.model_copy(update={"changes": changes.since(former, report)}) if former else report
