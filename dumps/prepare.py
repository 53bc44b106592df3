"""Prepares a dump: surveyed, scrubbed, verified, and stored with its manifest and schema, in that order.

The manifest comes last: a run that was killed before leaves nothing that anybody takes for a prepared dump.
"""

from __future__ import annotations

import glob
import json
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, Any, cast

from anonymizer.keys import Keyring
from anonymizer.rules.model import Rules
from dumps import manifest, schema
from dumps.errors import ServerError, UsageError
from dumps.manifest import Prepared
from dumps.output import GZIP, PART, Output
from dumps.scrub import Counts, Scrubber
from dumps.sharing import Shared
from dumps.survey import Survey, look, of_one_schema, without_dropped
from dumps.window import Source

Tell = Callable[[str], None]
_PART_BYTES = 1 << 20


@dataclass(frozen=True)
class Job:
    """What is to be prepared.

    Attributes:
        prepared: Where it goes.
        rules: The rules.
        keyring: Where keys of domains come from.
        source_name: How the manifest and messages name the source; never a host.
        verify: Whether the result is verified; without, nobody may upload it.
        level: Of compression.
        workers: Processes that mask and verify.
    """

    prepared: Prepared
    rules: Rules
    keyring: Keyring
    source_name: str
    verify: bool = True
    level: int = 1
    workers: int = 1


def run(job: Job, file: IO[bytes], tell: Tell) -> dict[str, Any]:
    """Prepare a dump.

    Args:
        job: What is to be done.
        file: The source, plain or gzip, which can be read again from its beginning.
        tell: Takes what is going on, in a line.

    Returns:
        The manifest, as it was written.

    Raises:
        AnonymizerError: As `survey.look` and `Scrubber.run` say.
    """
    of_one_schema(job.rules)
    _make_room(job.prepared)
    tell("reading the schema")
    survey = look(file, job.source_name, job.rules)
    tell("masking")
    file.seek(0)
    try:
        scrubber = Scrubber(survey, job.rules, job.keyring)
        with Shared(scrubber.part, job.workers) as shared, Output(job.prepared.dump, job.level) as output:
            shared.write_now = output.write
            scrubber.run(file, job.source_name, shared)
            output.finish()
    except OSError as error:
        raise ServerError(f"writing {job.prepared.dump}: {error.strerror}") from None
    found = _written(job, survey, scrubber.counts, output)
    if job.verify:
        tell("verifying")
        from dumps.verify import verify  # noqa: PLC0415 (loaded when it is needed)

        rows = sum(scrubber.counts.read.values())
        outcome = verify(file, job.prepared.dump, job.rules, survey.collector, job.prepared.folder, rows, job.workers)
        found.update(checks=outcome.checks, findings=outcome.findings)
    manifest.write_json(job.prepared.manifest, found)
    return found


def _make_room(prepared: Prepared) -> None:
    """Make the folder, and take away what an earlier run left there, the manifest first."""
    try:
        prepared.folder.mkdir(parents=True, exist_ok=True)
        for path in (prepared.manifest, prepared.dump, prepared.schema):
            path.unlink(missing_ok=True)
            path.with_name(f".{path.name}{PART}").unlink(missing_ok=True)
        for left in prepared.folder.glob(f".{glob.escape(prepared.dump.name)}.digests-*"):
            shutil.rmtree(left, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"{prepared.folder}: {error.strerror}") from None


def _written(job: Job, survey: Survey, counts: Counts, output: Output) -> dict[str, Any]:
    """Write the schema and give the manifest."""
    _, own = of_one_schema(job.rules)
    collector = without_dropped(survey.collector, job.rules)
    content = collector.as_json()
    manifest.write_json(job.prepared.schema, content)
    return {
        "version": manifest.VERSION, "dump": job.prepared.dump.name, "sha256": output.sha256, "bytes": output.bytes,
        "sql_sha256": output.sql_sha256, "sql_bytes": output.sql_bytes, "schema": survey.schema,
        "schema_sha256": schema.fingerprint(content),
        "source": {"file": job.source_name, "sha256": survey.sha256, "server_version": survey.server_version},
        "rules_sha256": job.rules.sha256, "code_sha256": manifest.code_sha256(),
        "prepared_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "tables": [_row(name, own[name].mode, counts) for name in own if name in collector.tables or counts.read[name]],
        "objects": {kind: sorted(getattr(collector, kind)) for kind in schema.KINDS},
        "difference": _difference(job.prepared, content),
        "opt_ins": [asdict(one) for one in job.rules.opt_ins], "checks": [], "findings": [],
    }  # fmt: skip


def _row(name: str, mode: str, counts: Counts) -> dict[str, Any]:
    written = counts.written[name]
    return {
        "table": name, "mode": mode, "read": counts.read[name], "written": written,
        "masked": written if mode == "mask" else 0,
    }  # fmt: skip


def _difference(prepared: Prepared, content: schema.Schema) -> dict[str, Any]:
    """Say how the schema differs from that of the last dump of this name that was prepared to its end."""
    earlier = [
        Prepared(folder, prepared.name)
        for folder in prepared.folder.parent.iterdir()
        if folder.is_dir() and folder.name < prepared.folder.name
    ]
    last = max((one for one in earlier if one.manifest.exists()), key=lambda one: one.folder.name, default=None)
    if last is None:
        return {"from": None, "lines": []}
    try:
        before = json.loads(last.schema.read_text())
    except (OSError, ValueError):
        raise UsageError(f"{last.schema}: cannot be read; remove that folder, or bring the file back") from None
    return {"from": last.folder.name, "lines": schema.difference(before, content)}


@contextmanager
def spooled(source: Source, folder: Path) -> Iterator[IO[bytes]]:
    """Keep what comes through a pipe, so that it can be read again: compressed, in a file that has no name.

    The file is gone when the process ends, however it ends; it lies beside the result, on the same disk.

    Raises:
        ServerError: The disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        packer = zlib.compressobj(1, zlib.DEFLATED, GZIP)
        first = source.read(_PART_BYTES)
        packed = first[:2] == b"\x1f\x8b"
        try:
            data = first
            while data:
                file.write(data if packed else packer.compress(data))
                data = source.read(_PART_BYTES)
            file.write(b"" if packed else packer.flush())
            file.seek(0)
        except OSError as error:
            raise ServerError(f"keeping the dump in {folder}: {error.strerror}; make room and run it again") from None
        yield cast("IO[bytes]", file)
