"""Numbers, times and spans as people read them."""

from __future__ import annotations

from datetime import datetime, timezone

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_UNITS = ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min"), (1, "s"))
_KIB = 1024


def span(seconds: float) -> str:
    """Write a span with its two largest units: 0.4 s, 12.3 s, 4 min 10 s, 2 h 5 min."""
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    left, parts = round(seconds), []
    for size, unit in _UNITS:
        if left >= size:
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts[:2])


def moment(time: str) -> str:
    """Write a time of ISO 8601 to the second, in UTC; what is no time stays as it is."""
    found = parsed(time)
    return f"{found:%Y-%m-%d %H:%M:%S} UTC" if found else time or "not known"


def short_moment(time: str) -> str:
    """Write a time to the minute, in UTC."""
    found = parsed(time)
    return f"{found:%Y-%m-%d %H:%M}" if found else time or "not known"


def parsed(time: str) -> datetime | None:
    """Read a time of ISO 8601; None for anything else. One without a zone is taken for UTC."""
    try:
        found = datetime.fromisoformat(time.replace("Z", "+00:00"))  # Python 3.10 knows no Z
    except ValueError:
        return None
    return found.astimezone(timezone.utc) if found.tzinfo else found.replace(tzinfo=timezone.utc)


def between(start: str, end: str) -> float | None:
    """Return the seconds from one time to another; None where one of them is not known."""
    first, last = parsed(start), parsed(end)
    return (last - first).total_seconds() if first and last else None


def number(value: float | None) -> str:
    """Write a number with thin spaces between thousands; a dash for none."""
    if value is None:
        return "\N{EN DASH}"
    return f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def bytes_of(value: int | None) -> str:
    """Write a size in the unit that it is best read in."""
    if value is None:
        return "not known"
    size, units = float(value), ["bytes", "KiB", "MiB", "GiB", "TiB"]
    while size >= _KIB and len(units) > 1:
        size, units = size / _KIB, units[1:]
    return f"{size:.0f} {units[0]}" if units[0] == "bytes" else f"{size:.1f} {units[0]}"


def plain(name: str) -> str:
    """Write an identifier as words."""
    return name.replace("_", " ")
