"""Uploads a prepared dump: the dump, its schema and, last, its manifest, tagged as what they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

from boto3.s3.transfer import TransferConfig

from dumps import manifest
from dumps.errors import RefusedError, ServerError, UsageError
from dumps.manifest import Prepared

TAGS = {"Environment": "test", "DataClass": "scrubbed"}
_FOLDER_DIGITS = 8
# In one request, up to S3's limit: a part of an upload carries no tags, and the bucket's policy refuses what carries
# none (boto/boto3 issue 2675).
_WHOLE = TransferConfig(multipart_threshold=5 * 1024**3)


class Bucket(Protocol):
    """The calls of boto3's S3 client that are used."""

    def head_object(self, **arguments: Any) -> dict[str, Any]:
        """Tell of an object."""

    def get_object_tagging(self, **arguments: Any) -> dict[str, Any]:
        """Give its tags."""

    def upload_file(self, *arguments: Any, **more: Any) -> None:
        """Upload a file."""


@dataclass(frozen=True)
class Uploaded:
    """What was uploaded.

    Attributes:
        key: Of the dump.
        sha256: Of the dump.
        new: Whether anything had to be uploaded.
    """

    key: str
    sha256: str
    new: bool


def upload(prepared: Prepared, bucket: str, client: Bucket, tell: Callable[[str], None]) -> Uploaded:
    """Upload a prepared dump; what is there already, whole and tagged, is not uploaded again.

    Args:
        prepared: Its files, in a folder named YYYYMMDD.
        bucket: The import bucket.
        client: Of S3.
        tell: Takes what is going on, in a line.

    Raises:
        RefusedError: The manifest has findings, has no checks, or is of another file.
        ServerError: S3 refused, failed or could not be reached.
    """
    found = accepted(prepared)
    folder = prepared.folder.resolve().name
    if len(folder) != _FOLDER_DIGITS or not folder.isdigit():
        raise UsageError(f"{prepared.folder}: a prepared dump lies in a folder named YYYYMMDD")
    new = False
    for path in (prepared.dump, prepared.schema, prepared.manifest):
        key, sha256 = f"{folder}/{path.name}", manifest.file_sha256(path)
        with _calls(f"uploading s3://{bucket}/{key}"):
            if _is_there(client, bucket, key, sha256):
                tell(f"s3://{bucket}/{key}: is there already")
                continue
            more = {"Tagging": urlencode(TAGS), "ChecksumAlgorithm": "SHA256", "Metadata": {"sha256": sha256}}
            client.upload_file(str(path), bucket, key, ExtraArgs=more, Config=_WHOLE)
            tell(f"s3://{bucket}/{key}: {path.stat().st_size:,} bytes")
            new = True
    return Uploaded(f"{folder}/{prepared.dump.name}", found["sha256"], new)


def accepted(prepared: Prepared) -> dict[str, Any]:
    """Give the manifest of a dump that may be uploaded.

    Raises:
        RefusedError: It may not.
    """
    found = manifest.read(prepared)
    if found["findings"]:
        raise RefusedError(
            f"{prepared.dump.name}: the verifier had {len(found['findings'])} finding(s); correct the rules and "
            "prepare it again"
        )
    if not found["checks"]:
        raise RefusedError(f"{prepared.dump.name}: was never verified; run `python -m dumps verify` first")
    if not prepared.dump.exists() or manifest.file_sha256(prepared.dump) != found["sha256"]:
        raise RefusedError(f"{prepared.dump}: is not the file that its manifest is of; prepare it again")
    if _schema_sha256(prepared.schema) != found["schema_sha256"]:
        raise RefusedError(f"{prepared.schema}: is not the schema that the manifest is of; prepare the dump again")
    return found


def _schema_sha256(path: Path) -> str:
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return ""
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _is_there(client: Bucket, bucket: str, key: str, sha256: str) -> bool:
    from botocore.exceptions import ClientError  # noqa: PLC0415 (loaded when it is needed)

    try:
        there = client.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
            return False
        raise
    if there.get("Metadata", {}).get("sha256") != sha256:
        return False
    tags = client.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
    return TAGS.items() <= {tag["Key"]: tag["Value"] for tag in tags}.items()


class _calls:  # noqa: N801 (reads as a statement)
    """Turns errors of S3 into one of ours."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        from boto3.exceptions import Boto3Error  # noqa: PLC0415 (as above)
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        if isinstance(error, ClientError):
            code = error.response["Error"]["Code"]
            raise ServerError(f"{self._what}: S3 says {code}; see to it and run the same command again") from None
        if isinstance(error, (BotoCoreError, Boto3Error)):
            name = type(error.__cause__ or error).__name__
            raise ServerError(f"{self._what}: {name}; see to it and run the same command again") from None
