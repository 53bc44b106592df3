"""CheckObject: the dump is the one that its manifest describes, and it was scrubbed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh.aurora import dump
from refresh.aurora.context import AuroraContext
from refresh.aurora.ports import Head
from refresh.aurora.request import AuroraRequest
from refresh.errors import RefusedError


@dataclass(frozen=True)
class CheckObject:
    """Read the object's tags, its manifest and every byte of it.

    Idempotent: it only reads. Resumes by its record, as long as the object has the same etag.
    """

    name: str = "check_object"
    timeout_minutes: int = 240

    def plan(self, request: AuroraRequest) -> str:
        """Say what it will do."""
        return f"check object: s3://{request.import_bucket}/{request.dump_key} is scrubbed, and what its manifest says"

    def is_done(self, context: AuroraContext) -> bool:
        """Say whether this very object was checked."""
        if not context.ledger.is_done(self.name):
            return False
        head = context.ports.objects.head(context.request.import_bucket, context.request.dump_key)
        return head is not None and head.etag == context.ledger.facts(self.name)["etag"]

    def run(self, context: AuroraContext) -> dict[str, Any]:
        """Check; refuse with what is wrong."""
        request, objects = context.request, context.ports.objects
        place = f"s3://{request.import_bucket}/{request.dump_key}"
        head = _scrubbed(context, place)
        values = dump.read_json(objects, request.import_bucket, request.manifest_key)
        manifest = dump.manifest_of(values, f"s3://{request.import_bucket}/{request.manifest_key}", request.dump_key)
        if request.expected_sha256 and request.expected_sha256 != manifest.sha256:
            raise RefusedError(
                f"{place}: its manifest says SHA-256 {manifest.sha256}, but {request.expected_sha256} is expected: "
                "give the hash of this dump, or the key of that one"
            )
        stream = objects.open(request.import_bucket, request.dump_key, head.etag)
        try:
            sha256, size = dump.hash_of(stream)
        finally:
            stream.close()
        if (sha256, size) != (manifest.sha256, int(values["bytes"])):
            raise RefusedError(
                f"{place} has SHA-256 {sha256} and {size} bytes, but its manifest says {manifest.sha256} and "
                f"{values['bytes']}: it was cut short or changed. Upload it again"
            )
        return {"etag": head.etag, "sha256": sha256, "bytes": size, "manifest": values}


def _scrubbed(context: AuroraContext, place: str) -> Head:
    head = context.ports.objects.head(context.request.import_bucket, context.request.dump_key)
    if head is None:
        raise RefusedError(f"{place} does not exist: upload the dump, or correct dumpKey")
    wrong = [f"{name}={value}" for name, value in dump.TAGS.items() if head.tags.get(name) != value]
    if wrong:
        raise RefusedError(
            f"{place} lacks the tags {', '.join(wrong)}: only a scrubbed dump is loaded. Prepare it and upload it with "
            "python -m dumps upload"
        )
    return head
