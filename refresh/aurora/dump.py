"""A prepared dump in the import bucket: its manifest, its bytes with their hashes, its statements for a client."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dumps.allowed import check
from dumps.code import opened
from dumps.errors import AnonymizerError
from dumps.names import NAME
from dumps.names import plain as named
from dumps.reading import Insert, Reader
from refresh.aurora.ports import DumpPort, Stream
from refresh.errors import RefusedError

TAGS = {"Environment": "test", "DataClass": "scrubbed"}
GOOD_TAG = "LastKnownGood"
_PART_BYTES = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS
_NEEDED = ("dump", "sha256", "bytes", "sql_sha256", "schema", "schema_sha256", "tables", "objects")
_EVENT = re.compile(
    rb"CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?EVENT\s+(?:IF\s+NOT\s+EXISTS\s+)?(" + NAME.pattern + rb")",
    re.IGNORECASE,
)
_STATUS = re.compile(
    rb"(\bON\s+COMPLETION\s+(?:NOT\s+)?PRESERVE\s+)(ENABLE|DISABLE(?:\s+ON\s+SLAVE)?)\b", re.IGNORECASE
)
_BEFORE_BODY = re.compile(rb"\sDO\s", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a manifest says, as far as loading needs it; `values` has all of it."""

    values: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """Hash of the object."""
        return str(self.values["sha256"])

    @property
    def schema_sha256(self) -> str:
        """Fingerprint of the schema."""
        return str(self.values["schema_sha256"])

    @property
    def rows(self) -> dict[str, int]:
        """How many rows of each table were written."""
        return {str(each["table"]): int(each["written"]) for each in self.values["tables"]}

    def named(self, kind: str) -> list[str]:
        """Return the names of its views, triggers, routines or events."""
        found = self.values["objects"].get(kind, [])
        return sorted(str(each["name"]) if isinstance(each, Mapping) else str(each) for each in found)


def read_json(objects: DumpPort, bucket: str, key: str) -> dict[str, Any]:
    """Read a file that lies beside a dump.

    Args:
        objects: The port.
        bucket: The import bucket.
        key: The file.

    Returns:
        Its values.

    Raises:
        RefusedError: It is not there, or no JSON object of version 1.
    """
    stored = objects.get(bucket, key)
    place = f"s3://{bucket}/{key}"
    if stored is None:
        raise RefusedError(f"{place} is missing: upload a dump with its manifest and schema (python -m dumps upload)")
    try:
        values = json.loads(stored.body)
    except ValueError:
        values = None
    if not isinstance(values, dict) or values.get("version") != 1:
        raise RefusedError(f"{place} is no JSON object of version 1: prepare and upload the dump again")
    return values


def manifest_of(values: Mapping[str, Any], place: str, dump_key: str) -> Manifest:
    """Check a manifest.

    Args:
        values: What it says.
        place: Where it lies, for the message.
        dump_key: The dump that it has to be of.

    Returns:
        The manifest.

    Raises:
        RefusedError: It lacks something, or is another dump's.
    """
    missing = [name for name in _NEEDED if name not in values]
    if missing:
        raise RefusedError(f"{place} lacks {', '.join(missing)}: prepare and upload the dump again")
    name = dump_key.rpartition("/")[2]
    if values["dump"] not in {name, name.removesuffix(".sql.gz")}:
        raise RefusedError(f"{place} is the manifest of another dump, not of {name}: upload the three files together")
    return Manifest(values=values)


def hash_of(stream: Stream) -> tuple[str, int]:
    """Read a stream to its end.

    Args:
        stream: The object.

    Returns:
        Its SHA-256 in hexadecimal, and its size in bytes.
    """
    digest, size = hashlib.sha256(), 0
    while part := stream.read(_PART_BYTES):
        digest.update(part)
        size += len(part)
    return digest.hexdigest(), size


class Unpacked:
    """The text of a compressed dump, and the hashes of both forms once it has been read to its end."""

    def __init__(self, stream: Stream) -> None:
        """Take the object."""
        self._stream = stream
        self._unpack = zlib.decompressobj(_GZIP)
        self._packed, self._text = hashlib.sha256(), hashlib.sha256()
        self.sql_bytes = 0

    @property
    def sha256(self) -> str:
        """Hash of the object, as far as it was read."""
        return self._packed.hexdigest()

    @property
    def sql_sha256(self) -> str:
        """Hash of the text, as far as it was read."""
        return self._text.hexdigest()

    def read(self, size: int, /) -> bytes:
        """Give up to so many bytes of the text.

        Raises:
            RefusedError: It is no gzip file, or is cut short.
        """
        try:
            while True:
                held = self._unpack.unconsumed_tail
                part = held or self._stream.read(_PART_BYTES)
                if not held:
                    self._packed.update(part)
                text = self._unpack.decompress(part, size) if part else b""
                if self._unpack.unused_data:
                    raise RefusedError("the dump has bytes behind its compressed form: prepare and upload it again")
                if text or not part:
                    break
        except zlib.error:
            raise RefusedError("the dump is no gzip file, or is damaged: upload it again") from None
        if not text and not self._unpack.eof:
            raise RefusedError("the dump is cut short: its compressed form has no end. Upload it again")
        self._text.update(text)
        self.sql_bytes += len(text)
        return text


class Loadable:
    """The statements of a scrubbed dump, checked, for a client; its events are disabled, since they would run at once.

    Attributes:
        enabled: The names of the events that are enabled in the dump.
    """

    def __init__(self, text: Unpacked) -> None:
        """Take the text."""
        self._text = text
        self.enabled: list[str] = []

    def parts(self) -> Iterator[bytes]:
        """Give it part by part, each statement checked before its first byte is given.

        Raises:
            RefusedError: A statement must not be in a dump, or it ends too early.
        """
        reader = Reader(self._text)
        try:
            for statement in reader.statements():
                check(statement, backslash=reader.settings.backslash)
                if isinstance(statement, Insert):
                    yield from statement.parts()
                    continue
                statement.text = self._disabled(statement.text, reader.settings.backslash)
                yield statement.written
        except AnonymizerError as error:
            raise RefusedError(f"the dump is refused: {error}") from None

    def _disabled(self, text: bytes, backslash: bool) -> bytes:  # noqa: FBT001 - as the reader's own
        plain = opened(text, backslash=backslash) if b"EVENT" in text[:200].upper() else b""
        event = _EVENT.match(plain)
        if event is None:
            return text
        end = _BEFORE_BODY.search(plain)
        head, body = (plain[: end.start()], plain[end.start() :]) if end else (plain, b"")
        found = _STATUS.search(head)
        if found is None:
            raise RefusedError(
                "an event of the dump does not say whether it is enabled, as mysqldump writes it: make the dump with it"
            )
        if found[2].upper() == b"ENABLE":
            self.enabled.append(named(event[1]))
        return head[: found.start(2)] + b"DISABLE" + head[found.end(2) :] + body
