"""Remembers from what a tool was made, so that nothing is made twice and nothing outdated stays."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from sandbox.toolchain.layout import Layout


def fingerprint(*parts: str | Path) -> str:
    """Return a hash over texts and the contents of files."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def is_current(layout: Layout, tool: str, made_from: str, outputs: Iterable[Path]) -> bool:
    """Tell whether a tool was made from just this and all of it is still there."""
    return recorded(layout, tool) == made_from and all(output.exists() for output in outputs)


def recorded(layout: Layout, tool: str) -> str | None:
    """Return what a tool was made from, or None when it was never finished."""
    stamp = layout.stamps / tool
    return stamp.read_text() if stamp.exists() else None


def record(layout: Layout, tool: str, made_from: str) -> None:
    """Note that a tool is finished. Written last and in one move: without it, a killed set-up starts the tool again."""
    layout.stamps.mkdir(parents=True, exist_ok=True)
    draft = layout.stamps / f".{tool}"
    draft.write_text(made_from)
    draft.replace(layout.stamps / tool)


def forget(layout: Layout, tool: str) -> None:
    """Drop a tool's stamp before its files are touched."""
    (layout.stamps / tool).unlink(missing_ok=True)
