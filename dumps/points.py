"""Points of geometry as MySQL keeps them: an SRID and WKB; their coordinates are masked one by one."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from anonymizer.errors import Refused
from dumps import literals

_POINT = struct.Struct("<IBIdd")  # SRID, byte order (1: little), type (1: point), x, y


def coordinates(data: bytes) -> tuple[float, float]:
    """Give the coordinates of a point.

    Raises:
        Refused: It is something else than a point.
    """
    if len(data) != _POINT.size:
        raise Refused
    _, order, kind, x, y = _POINT.unpack(data)
    if (order, kind) != (1, 1):
        raise Refused
    return x, y


def moved(literal: bytes, mask: Callable[[Any], Any] | None, backslash: bool) -> bytes:  # noqa: FBT001 (as it is named)
    """Give the literal of a point whose coordinates a mask has treated.

    Raises:
        Refused: It is something else than a point.
    """
    if literals.is_null(literal) or mask is None:
        return literal
    data = literals.said(literal, backslash=backslash)[0]
    x, y = coordinates(data)
    return literals.in_hex(_POINT.pack(struct.unpack_from("<I", data)[0], 1, 1, mask(x), mask(y)))
