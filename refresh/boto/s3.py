"""Objects behind the Protocol of `aws.py`."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from typing import Any

from botocore.exceptions import ClientError

from refresh.aws import Stored
from refresh.boto.errors import is_code, wrapped

# A browser shows what says that it is a page, and saves all else.
_CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
}


class S3:
    """Objects, with conditional writes."""

    def __init__(self, client: Any) -> None:
        """Take a client."""
        self._client = client

    def get(self, bucket: str, key: str) -> Stored | None:
        """Read an object and its age by the bucket's clock."""
        with wrapped(f"GetObject s3://{bucket}/{key}"):
            try:
                answer = self._client.get_object(Bucket=bucket, Key=key)
                body = answer["Body"].read()
            except ClientError as error:
                if is_code(error, "NoSuchKey", "404"):
                    return None
                raise
        told = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        now = parsedate_to_datetime(told) if told else datetime.now(timezone.utc)
        age = now - answer["LastModified"]
        return Stored(body=body, etag=answer["ETag"], age_seconds=max(0.0, age.total_seconds()))

    def put(self, bucket: str, key: str, body: bytes, *, etag: str | None = None, absent: bool = False) -> str | None:
        """Write an object under a condition; an answer that was lost on the way counts by what is stored."""
        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"} if absent else {}
        with wrapped(f"PutObject s3://{bucket}/{key}"):
            try:
                kind = _CONTENT_TYPES.get(PurePosixPath(key).suffix, "application/octet-stream")
                answer = self._client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=kind, **condition)
                return str(answer["ETag"])
            except ClientError as error:
                if not is_code(error, "PreconditionFailed", "ConditionalRequestConflict", "412", "NoSuchKey"):
                    raise
        stored = self.get(bucket, key)
        return stored.etag if stored is not None and stored.body == body else None

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """List keys."""
        return list(self.etags(bucket, prefix))

    def etags(self, bucket: str, prefix: str) -> dict[str, str]:
        """List keys and etags; a page holds a thousand."""
        with wrapped(f"ListObjectsV2 s3://{bucket}/{prefix}"):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            return {entry["Key"]: entry["ETag"] for page in pages for entry in page.get("Contents", [])}
