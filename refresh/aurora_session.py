"""The way in of AuroraRefresh: inputs to outputs. The work is an automation's, started and followed from here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from refresh import automation
from refresh.automation import AutomationPort, Execution
from refresh.aws import ObjectPort
from refresh.boto import automation as boto_automation
from refresh.boto.sessions import connect as connect_aws
from refresh.errors import ExecutionError, RequestError
from refresh.poller import Clock, Poller, SystemClock
from refresh.session import say
from refresh.values import UNKNOWN, Reader, plain, sha256_of

SERVED = {"live": "refresh", "previous": "previous", "last-known-good": "last-known-good"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_SUFFIX = ".sql.gz"


@dataclass(frozen=True, kw_only=True)
class AuroraWish:
    """What AuroraRefresh is asked for.

    Attributes:
        dump_key: Key of the dump in the import bucket.
        expected_sha256: The hash that it must have; empty for that of its manifest.
        accepted_schema: Fingerprint of a schema that is taken though it differs; empty for none.
        serve: live, previous, last-known-good, or a time in UTC.
        migrations: Hash of what runs over a loaded dump; empty for nothing.
        document: Name of the automation document.
        space: `<project>/<stack>`.
        region: The stack's region.
        cluster_id: The live cluster.
        schema: The live schema.
        import_bucket: Where dumps lie.
        reports_bucket: Where outcomes and reports lie.
    """

    dump_key: str
    expected_sha256: str
    accepted_schema: str
    serve: str
    migrations: str
    document: str
    space: str
    region: str
    cluster_id: str
    schema: str
    import_bucket: str
    reports_bucket: str

    @classmethod
    def from_inputs(cls, inputs: Mapping[str, Any]) -> AuroraWish:
        """Read the inputs of AuroraRefresh.

        Args:
            inputs: The resource's inputs as Pulumi hands them over.

        Returns:
            The wish.

        Raises:
            RequestError: A field is missing or breaks its rule.
        """
        values = Reader(plain(inputs))
        optional = {name: values.text(name, "") for name in ("expected_sha256", "accepted_schema", "migrations")}
        required = {name: values.text(name) for name in cls.__annotations__ if name not in optional}
        wish = cls(**optional, **required)
        if wish.serve not in {*SERVED, UNKNOWN} and not _MOMENT.fullmatch(wish.serve):
            rule = f"must be {', '.join(SERVED)}, or a time in UTC such as 2026-11-22T10:15:00Z"
            raise RequestError("serve", f"{wish.serve!r} {rule}")
        if wish.dump_key != UNKNOWN and not wish.dump_key.endswith(_SUFFIX):
            raise RequestError("dump_key", f"{wish.dump_key!r} must be the key of a prepared dump, ending in {_SUFFIX}")
        return wish

    @property
    def action(self) -> str:
        """What the automation is asked to do."""
        return SERVED.get(self.serve, "point-in-time")

    def beside(self, ending: str, dump_key: str = "") -> str:
        """Return the key of a file beside a dump: `manifest.json` or `schema.json`."""
        return (dump_key or self.dump_key).removesuffix(_SUFFIX) + f".{ending}"

    def request_id(self, former: str) -> str:
        """Name the request: the same wish after the same former refresh has the same name.

        Args:
            former: Id of the execution that the resource's outputs are of; empty before the first.
        """
        asked = [
            self.dump_key,
            self.expected_sha256,
            self.accepted_schema,
            self.serve,
            self.migrations,
            self.space,
            former,
        ]
        return f"{self.dump_key[:8]}-{sha256_of(asked)[:12]}"

    def parameters(self) -> dict[str, str]:
        """Return the document's parameters."""
        return {
            "dumpKey": self.dump_key,
            "expectedSha256": self.expected_sha256,
            "acceptedSchema": self.accepted_schema,
            "action": self.action,
            "restoreTo": "" if self.serve in SERVED else self.serve,
        }


def _objects(region: str) -> ObjectPort:
    return connect_aws(region).objects


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything that a session meets; tests bring their own."""

    automations: Callable[[str], AutomationPort] = boto_automation.connect
    objects: Callable[[str], ObjectPort] = _objects
    clock: Clock = field(default_factory=SystemClock)
    say: Callable[[str], None] = say


def perform(inputs: Mapping[str, Any], former: str, world: World | None = None) -> dict[str, Any]:
    """Make what is asked for happen, or follow the execution that an interrupted run left.

    Args:
        inputs: The inputs of AuroraRefresh.
        former: Id of the execution that its outputs are of; empty before the first.
        world: What to meet; the real one when left out.

    Returns:
        The outputs of AuroraRefresh.

    Raises:
        RefreshError: What failed, why, and what to do next.
    """
    world = world or World()
    wish = AuroraWish.from_inputs(inputs)
    port, objects = world.automations(wish.region), world.objects(wish.region)
    request_id = wish.request_id(former)
    found, there = automation.settle(
        port, wish.document, request_id, wish.parameters(), lambda each: bool(_outcome(objects, wish, each))
    )
    verb = "follows" if there else "has started"
    world.say(f"{wish.action} of {wish.cluster_id}: {verb} execution {found} of {wish.document}")
    ended = automation.follow(port, found, Poller(world.clock), world.say)
    if ended.status != automation.SUCCESS:
        raise ExecutionError(_failure(wish, ended))
    world.say(f"{wish.action} {ended.outputs.get('refreshId', '')} is done; report {ended.outputs.get('report')}")
    return _outputs(ended, _outcome(objects, wish, found))


def _outcome(objects: ObjectPort, wish: AuroraWish, execution_id: str) -> Mapping[str, Any]:
    """Read the report of an execution; nothing where it did not get so far, or where another came after it."""
    if wish.action == "point-in-time":
        return _read(objects, wish.reports_bucket, f"restored/{execution_id}.json")
    current = _read(objects, wish.reports_bucket, f"state/aurora/{wish.cluster_id}/{wish.schema}/current.json")
    if current.get("execution_id") != execution_id:
        return {}
    return _read(objects, wish.reports_bucket, f"reports/{current.get('refresh_id')}/report.json")


def _read(objects: ObjectPort, bucket: str, key: str) -> Mapping[str, Any]:
    stored = objects.get(bucket, key)
    try:
        told = json.loads(stored.body) if stored else {}
    except ValueError:
        return {}
    return told if isinstance(told, Mapping) else {}


def _failure(wish: AuroraWish, ended: Execution) -> str:
    failed = [step for step in ended.steps if step.has_failed]
    where = f" in step {failed[0].name}" if failed else ""
    # The last step of a failed execution says why, as its task told it.
    why = (failed[-1].failure if failed else "") or ended.failure or "no reason was given"
    return (
        f"{wish.action} of {wish.cluster_id} ended as {ended.status}{where}: {why}\nSee: aws ssm "
        f"get-automation-execution --automation-execution-id {ended.execution_id}; pulumi up tries again"
    )


def _outputs(ended: Execution, outcome: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "execution_id": ended.execution_id,
        "refresh_id": ended.outputs.get("refreshId", ""),
        "report": ended.outputs.get("report", ""),
        "schema_sha256": ended.outputs.get("schemaSha256", ""),
        "endpoint": ended.outputs.get("endpoint", ""),
        "dump_sha256": str((outcome.get("dump") or {}).get("sha256") or ""),
        "tables": outcome.get("rows") or {},
        "phases": outcome.get("phases") or {},
        "swap": outcome.get("swap") or {},
    }
