"""A person who reads a draft and finds each proposal right."""

from __future__ import annotations

import re


def confirmed_text(text: str) -> str:
    """Let each proposal of a draft take the place of the line above it; that of a subject stands by itself."""
    lines: list[str] = []
    for line in text.splitlines():
        proposed = re.match(r" +# .*confirm:", line)
        if proposed and "subject:" not in line:
            lines.pop()
        lines.append(line.replace("# ", "", 1) if proposed else line)
    return "\n".join(lines)
