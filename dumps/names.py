"""Names of tables and columns as SQL writes them: in back-quotes, or bare."""

from __future__ import annotations

import re

NAME = re.compile(rb"(?:`(?:[^`]|``)+`|[0-9A-Za-z_$\x80-\xff]+)")


def plain(name: bytes) -> str:
    """Give a name without its quotes; names are UTF-8 in every dump that mysqldump writes by default."""
    if name[:1] == b"`":
        name = name[1:-1].replace(b"``", b"`")
    return name.decode("utf-8", "surrogateescape")


def quoted(name: str) -> bytes:
    """Give a name in back-quotes."""
    return b"`%b`" % name.replace("`", "``").encode("utf-8", "surrogateescape")


def all_names(text: bytes) -> list[str]:
    """Give all names of a list."""
    return [plain(found) for found in NAME.findall(text)]
