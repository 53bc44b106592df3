"""What was asked for: the inputs of StagingRefresh and RefreshSpace as frozen, validated values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from refresh.errors import RequestError
from refresh.hosts import Document, Staging, Toolkit, Worker
from refresh.keeping import LIVE, Golden, Retention, Smoke, read_served
from refresh.places import Production, ProductionSession
from refresh.values import UNKNOWN, Reader, plain, sha256_of

TRIGGER = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long things may take, and how long production's data may lie about."""

    source_lag_seconds: int = 30
    step_timeout_minutes: Mapping[str, int] = field(default_factory=dict)
    quarantine_expiry_hours: int = 24

    @classmethod
    def read(cls, values: Reader) -> Limits:
        """Read the input `limits`."""
        minutes = Reader(values.mapping("step_timeout_minutes", {}), f"{values.path}step_timeout_minutes.")
        return cls(
            source_lag_seconds=values.number("source_lag_seconds", 30, least=1),
            step_timeout_minutes={step: minutes.number(step, 0, least=1) for step in minutes.values},
            quarantine_expiry_hours=values.number("quarantine_expiry_hours", 24, least=1),
        )


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Where an outcome is told; nothing is told where both are empty."""

    topic_arn: str = ""
    log_group: str = ""

    @classmethod
    def read(cls, values: Reader) -> Watch:
        """Read the input `watch`."""
        return cls(topic_arn=values.text("topic_arn", ""), log_group=values.text("log_group", ""))


@dataclass(frozen=True, kw_only=True)
class SpaceRequest:
    """What a space needs to be swept: where it is and through which hosts and documents."""

    space: str
    region: str
    reports_bucket: str
    staging_instance_id: str
    worker_instance_id: str
    documents: Mapping[str, Document]
    retain_live_volume: bool = False
    production: ProductionSession = field(default_factory=ProductionSession)

    @classmethod
    def from_inputs(cls, inputs: Mapping[str, Any]) -> SpaceRequest:
        """Read the inputs of RefreshSpace.

        Args:
            inputs: The resource's inputs as Pulumi hands them over.

        Returns:
            The request.
        """
        values = Reader(plain(inputs))
        return cls(
            space=values.text("space"),
            region=values.text("region"),
            reports_bucket=values.text("reports_bucket"),
            staging_instance_id=values.text("staging_instance_id"),
            worker_instance_id=values.text("worker_instance_id"),
            documents=Document.read_all(values),
            retain_live_volume=values.flag("retain_live_volume"),
            production=ProductionSession.read(Reader(values.mapping("production", {}), "production.")),
        )


@dataclass(frozen=True, kw_only=True)
class RefreshRequest:
    """One refresh as it was asked for."""

    trigger: str
    space: str
    region: str
    production: Production
    worker: Worker
    staging: Staging
    rules: Mapping[str, Any]
    documents: Mapping[str, Document]
    toolkit: Toolkit
    reports_bucket: str
    pseudonym_key_parameter: str
    limits: Limits
    retention: Retention
    until: str = "end"
    serve: str = LIVE
    golden: Golden = field(default_factory=Golden)
    smoke: Smoke = field(default_factory=Smoke)
    watch: Watch = Watch()

    @classmethod
    def from_inputs(cls, inputs: Mapping[str, Any]) -> RefreshRequest:
        """Read the inputs of StagingRefresh; numbers from Pulumi are floats and are cast.

        Args:
            inputs: The resource's inputs as Pulumi hands them over.

        Returns:
            The request.

        Raises:
            RequestError: A field is missing or breaks its rule.
        """
        values = Reader(plain(inputs))
        request = cls(
            trigger=values.text("trigger"),
            space=values.text("space"),
            region=values.text("region"),
            production=Production.read(values.inside("production")),
            worker=Worker.read(values.inside("worker")),
            staging=Staging.read(values.inside("staging")),
            rules=values.mapping("rules"),
            documents=Document.read_all(values),
            toolkit=Toolkit.read(values.inside("toolkit")),
            reports_bucket=values.text("reports_bucket"),
            pseudonym_key_parameter=values.text("pseudonym_key_parameter"),
            limits=Limits.read(values.inside("limits")),
            retention=Retention.read(values.inside("retention")),
            until=values.text("until", "end"),
            serve=read_served(values),
            golden=Golden.read(_optional(values, "golden")),
            smoke=Smoke.read(_optional(values, "smoke")),
            watch=Watch.read(_optional(values, "watch")),
        )
        _refuse_wrong(request)
        return request

    @property
    def rules_sha256(self) -> str:
        """Hash of the rules as they are written to the toolkit's bucket."""
        return sha256_of(self.rules)

    @property
    def refresh_id(self) -> str:
        """The trigger with a short hash of rules and source: the same request has the same id."""
        source = {"golden": self.golden.source} if self.is_reset else self.production.source()
        part = {"until": self.until} if self.until != "end" else {}
        short = sha256_of({"rules": self.rules, "source": source, **part})[:8]
        return f"{self.trigger}-{short}"

    @property
    def until_scan(self) -> bool:
        """Whether it ends with rules drafted from the quarantine, and staging stays as it was."""
        return self.until == "scan"

    @property
    def is_reset(self) -> bool:
        """Whether staging is made of a golden snapshot instead of production."""
        return self.golden.is_source

    @property
    def worker_is_staging(self) -> bool:
        """Whether staging's host is its own worker."""
        return self.worker.instance_id == self.staging.instance_id


def _optional(values: Reader, name: str) -> Reader:
    """Read the values inside a map that a state of before may not have."""
    return Reader({}, f"{name}.") if values.values.get(name) is None else values.inside(name)


def _refuse_wrong(request: RefreshRequest) -> None:
    if request.trigger != UNKNOWN and not TRIGGER.fullmatch(request.trigger):
        raise RequestError(
            "trigger",
            f"{request.trigger!r} must be 1 to 40 characters of a-z, 0-9 and -, such as 2026-03-01. "
            "Run: pulumi config set understudy:refresh_trigger 2026-03-01",
        )
    if not request.production.instance_ids:
        raise RequestError("production.instance_ids", "is empty: name the members of the replica set to read from")
    if request.until_scan and request.is_reset:
        raise RequestError("until", "scan drafts rules from production: set understudy:refresh_source production")
    for name, host in (("staging", request.staging.instance_id), ("worker", request.worker.instance_id)):
        if host != UNKNOWN and host in request.production.instance_ids:
            raise RequestError(
                f"{name}.instance_id",
                f"{host} is a production host: a refresh never writes there. Choose another {name} host",
            )
