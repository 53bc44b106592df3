"""Which paths a database had, and of which types, when it was last looked at: a file of JSON that holds no value."""

from __future__ import annotations

import json
import os
from pathlib import Path

from anonymizer.errors import UsageError

Types = dict[str, dict[str, list[str]]]  # types in order, by collection and path
_VERSION = 1


def load(file: Path) -> Types | None:
    """Read what was remembered.

    Args:
        file: Where.

    Returns:
        None where there is no such file yet.

    Raises:
        UsageError: The file cannot be read, or is none of these.
    """
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"--shape: {file} cannot be read: {error.strerror}; check the file") from None
    except ValueError:
        raise UsageError(f"--shape: {file} is no JSON; give the file that check wrote, or a new name") from None
    if not isinstance(read, dict) or read.get("version") != _VERSION or not _is_types(read.get("types")):
        raise UsageError(f"--shape: {file} is no file that check wrote; give that one, or a new name")
    types: Types = read["types"]
    return types


def _is_types(read: object) -> bool:
    return isinstance(read, dict) and all(
        isinstance(paths, dict) and all(isinstance(kinds, list) for kinds in paths.values()) for paths in read.values()
    )


def merged(before: Types, now: Types, *, whole: bool) -> Types:
    """Put what was found to what was remembered: in its place, or beside it where only a sample was read."""
    if whole:
        return {**before, **now}
    both = {name: dict(paths) for name, paths in before.items()}
    for name, paths in now.items():
        there = both.setdefault(name, {})
        for path, kinds in paths.items():
            there[path] = sorted({*there.get(path, ()), *kinds})
    return both


def save(file: Path, types: Types) -> None:
    """Write what is to be remembered, whole or not at all.

    Raises:
        UsageError: The file cannot be written.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    text = json.dumps({"version": _VERSION, "types": types}, indent=1, sort_keys=True, ensure_ascii=False)
    try:
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(file)
    except OSError as error:
        raise UsageError(f"--shape: {file} cannot be written: {error.strerror}; check the folder") from None
