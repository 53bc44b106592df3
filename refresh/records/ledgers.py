"""Where ledgers lie, and how they are read by whoever has no right to write them."""

from __future__ import annotations

import json
from typing import Any

from refresh.aws import ObjectPort
from refresh.errors import LedgerError

PREFIX = "ledger/"
RUNNING, FINISHED, ABANDONED = "running", "finished", "abandoned"


def key_of(refresh_id: str, prefix: str = PREFIX) -> str:
    """Return where the ledger of a refresh lies."""
    return f"{prefix}{refresh_id}.json"


def read(objects: ObjectPort, bucket: str, refresh_id: str, prefix: str = PREFIX) -> dict[str, Any] | None:
    """Read a ledger without the right to write it.

    Args:
        objects: The bucket's port.
        bucket: The reports bucket.
        refresh_id: Whose ledger.
        prefix: What the keys of its kind of refresh begin with.

    Returns:
        Its values; None when there is none.

    Raises:
        LedgerError: It is no JSON object.
    """
    stored = objects.get(bucket, key_of(refresh_id, prefix))
    return None if stored is None else parsed(stored.body, bucket, key_of(refresh_id, prefix), refresh_id)


def read_all(objects: ObjectPort, bucket: str, prefix: str = PREFIX) -> list[dict[str, Any]]:
    """Read every ledger of a space, the one that started last at the end."""
    keys = objects.keys(bucket, prefix)
    ids = [key[len(prefix) : -len(".json")] for key in keys if key.endswith(".json")]
    found = [values for each in ids if (values := read(objects, bucket, each, prefix)) is not None]
    return sorted(found, key=lambda values: str(values.get("started_at", "")))


def values_of(body: bytes) -> dict[str, Any] | None:
    """Read the bytes of any refresh's ledger; None when they are none."""
    try:
        values = json.loads(body)
        return dict(values) if values["refresh_id"] and isinstance(values["steps"], dict) and values["state"] else None
    except (ValueError, KeyError, TypeError):
        return None


def parsed(body: bytes, bucket: str, key: str, refresh_id: str) -> dict[str, Any]:
    """Read the bytes of the ledger of one refresh.

    Args:
        body: What the object holds.
        bucket: The reports bucket.
        key: Where it lies.
        refresh_id: Whose ledger it must be.

    Returns:
        Its values.

    Raises:
        LedgerError: It is another's, or no ledger.
    """
    values = values_of(body)
    if values is not None and values["refresh_id"] == refresh_id:
        return values
    raise LedgerError(
        f"s3://{bucket}/{key} is not the ledger of refresh {refresh_id}. Choose another trigger, or remove the object"
    )
