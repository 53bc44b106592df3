"""The scripts of the automation document, as the files of `scripts/automation/` hold them. Plain Python."""

from pathlib import Path

_FOLDER = Path(__file__).resolve().parent.parent / "scripts" / "automation"


def _text(verb: str) -> str:
    return (_FOLDER / f"{verb}.py").read_text(encoding="utf-8")


STOP_TASKS = _text("stop_tasks")
READ_OUTCOME = _text("read_outcome")
TELL_FAILED = _text("tell_failed")
END_AS_FAILED = _text("end_as_failed")
NAME_RESTORED = _text("name_restored")
RECORD_RESTORED = _text("record_restored")
REMOVE_RESTORED = _text("remove_restored")

# The automation's outputs, and what `read_outcome` calls each.
OUTCOME = {"refreshId": "refresh_id", "report": "report", "schemaSha256": "schema_sha256", "endpoint": "endpoint"}
