"""A script of the automation: name the cluster that will be restored, so that the same execution names it the same."""

from typing import Any

_LONGEST = 63  # of a cluster's identifier
_PART = 8


def handler(events: dict[str, Any], _context: Any) -> dict[str, str]:
    """Return the identifier.

    Args:
        events: `cluster_id`, `execution_id` and `restore_to`.

    Returns:
        The identifier, as `cluster_id`.

    Raises:
        ValueError: No time was given.
    """
    if not events["restore_to"]:
        raise ValueError("action point-in-time needs restoreTo, a time in UTC such as 2026-11-22T10:15:00Z")
    suffix = f"-{events['execution_id'].replace('-', '')[:_PART]}"
    return {"cluster_id": events["cluster_id"][: _LONGEST - len(suffix)] + suffix}
