"""Where the reports bucket says how a schema stands; what its tasks write there, `pulumi up` reads."""

from __future__ import annotations


def current_key(cluster_id: str, schema: str) -> str:
    """Return the key of the refresh that was begun last."""
    return f"{_folder(cluster_id, schema)}/current.json"


def good_key(cluster_id: str, schema: str) -> str:
    """Return the key of the dump that is the last known good one."""
    return f"{_folder(cluster_id, schema)}/last-known-good.json"


def serving_key(cluster_id: str, schema: str) -> str:
    """Return the key of what the live schema serves: refresh_id, dump_key, data_as_of (ISO 8601, perhaps empty)."""
    return f"{_folder(cluster_id, schema)}/serving.json"


def _folder(cluster_id: str, schema: str) -> str:
    return f"state/aurora/{cluster_id}/{schema}"
