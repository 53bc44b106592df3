"""Puts finished things in their place in one move, so that nobody ever meets half of one."""

import shlex
import shutil
from pathlib import Path


def install_link(target: Path, link: Path) -> None:
    """Make a symbolic link, replacing what is there."""
    link.parent.mkdir(parents=True, exist_ok=True)
    draft = link.with_name(f".{link.name}.new")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(link)


def install_wrapper(command: list[str | Path], script: Path) -> None:
    """Make a script that runs a command with absolute paths, replacing what is there.

    A link will not do for a program that finds its parts by the path it was called by, as an interpreter of a virtual
    environment does.
    """
    script.parent.mkdir(parents=True, exist_ok=True)
    draft = script.with_name(f".{script.name}.new")
    words = " ".join(shlex.quote(str(word)) for word in command)
    draft.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    draft.chmod(0o755)
    draft.replace(script)


def replace_folder(finished: Path, place: Path) -> None:
    """Put a finished folder in its place; what was there goes."""
    former = finished.with_name(f"{place.name}.former")
    shutil.rmtree(former, ignore_errors=True)
    if place.exists():
        place.rename(former)
    place.parent.mkdir(parents=True, exist_ok=True)
    finished.rename(place)
    shutil.rmtree(former, ignore_errors=True)


def fresh_folder(folder: Path) -> Path:
    """Return the folder, existing and empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
