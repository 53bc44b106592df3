"""What single values of the second refresh's settings may be: types that pydantic checks. Plain Python."""

import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Annotated, Any

from pydantic import AfterValidator, Field

_DIGEST = "an image is named by its digest, so that a refresh runs what was looked at: name@sha256:<64 hex digits>"
_MOMENT = "2026-11-22T10:15:00Z"
SERVED = ("live", "previous", "last-known-good")


def like(pattern: str, rule: str) -> Callable[[str], str]:
    """Return a check that a whole text matches a pattern; the rule says in words what that asks."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(rule)
        return value

    return check


def served(value: Any) -> str:
    """Read what is to be served: a word, or a moment, which is returned as its time in UTC."""
    if value in SERVED:
        return str(value)
    if isinstance(value, dict) and list(value) == ["point_in_time"]:
        moment = _moment(str(value["point_in_time"]))
        if moment:
            return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    raise ValueError(f"must be {', '.join(SERVED)}, or a map with a time and its zone, {{point_in_time: {_MOMENT}}}")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


DUMP_KEY = r"\d{8}/[A-Za-z0-9][A-Za-z0-9._-]{0,200}\.sql\.gz"
DumpKey = Annotated[
    str, AfterValidator(like(DUMP_KEY, "must be the key of a prepared dump, YYYYMMDD/<name>.sql.gz, as uploaded"))
]
Sha256 = Annotated[
    str, AfterValidator(like(r"[0-9a-f]{64}", "must be a SHA-256, 64 hexadecimal digits; in quotes if all are digits"))
]
Image = Annotated[str, AfterValidator(like(r"[A-Za-z0-9][A-Za-z0-9./:_-]*@sha256:[0-9a-f]{64}", _DIGEST))]
Bucket = Annotated[
    str, AfterValidator(like(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "must be the name of a bucket, free in all of AWS"))
]
RoleName = Annotated[
    str, AfterValidator(like(r"[A-Za-z0-9+=,.@_-]{1,50}", "must be the name of a role, of at most 50 characters"))
]
DocumentName = Annotated[
    str, AfterValidator(like(r"[A-Za-z0-9_.-]{3,128}", "must be 3 to 128 letters, digits, _, . or -"))
]
SecretName = Annotated[
    str, AfterValidator(like(r"[A-Za-z0-9/_+=.@-]{1,512}", "must be the name of a secret (its name, never its value)"))
]
SchemaName = Annotated[
    str,
    AfterValidator(
        like(
            r"[A-Za-z][A-Za-z0-9_]{0,51}",
            "must be a name of 1 to 52 letters, digits and _: `__understudy` is put behind it",
        )
    ),
]
ClusterName = Annotated[
    str,
    AfterValidator(
        like(
            r"[a-z](-?[a-z0-9]){0,45}",
            "must be a cluster's identifier of 1 to 46 a-z, 0-9 and single -: a restored one gets a longer name",
        )
    ),
]
Cidr = Annotated[
    str,
    AfterValidator(like(r"(?!0\.0\.0\.0/0)\d+\.\d+\.\d+\.\d+/\d+", "must be an IPv4 network, and not the internet")),
]
Command = Annotated[tuple[str, ...], Field(min_length=1)]
