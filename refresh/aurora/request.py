"""What a task of the Aurora refresh is asked for, as frozen, validated values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from refresh.aurora import schemas
from refresh.errors import RequestError
from refresh.values import Reader, plain, sha256_of

DUMP_KEY = re.compile(r"(?P<folder>[0-9]{8})/(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\.sql\.gz")
LAST_KNOWN_GOOD = "last-known-good"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Smoke:
    """What has to work after the swap."""

    urls: tuple[str, ...] = ()
    command: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long and how often things are tried."""

    step_timeout_minutes: Mapping[str, int] = field(default_factory=dict)
    swap_tries: int = 10
    swap_pause_seconds: int = 6
    smoke_timeout_seconds: int = 60
    smoke_command_timeout_minutes: int = 30
    sample_rows: int = 2000


@dataclass(frozen=True, kw_only=True)
class AuroraRequest:
    """One refresh as it was asked for."""

    space: str
    region: str
    execution_id: str
    dump_key: str
    expected_sha256: str
    accepted_schema: str
    import_bucket: str
    reports_bucket: str
    cluster_id: str
    endpoint: str
    port: int
    schema: str
    secret_arn: str
    ca_bundle_path: str
    clone: bool
    smoke: Smoke
    migrations: str
    log_group: str
    topic_arn: str
    previous_schemas: int
    limits: Limits

    @classmethod
    def from_inputs(cls, inputs: Mapping[str, Any]) -> AuroraRequest:
        """Read a request.

        Args:
            inputs: The request as JSON.

        Returns:
            The request.

        Raises:
            RequestError: A field is missing or breaks its rule.
        """
        values = Reader(plain(inputs))
        request = cls(
            space=values.text("space"),
            region=values.text("region"),
            execution_id=values.text("execution_id", ""),
            dump_key=values.text("dump_key", ""),
            expected_sha256=values.text("expected_sha256", ""),
            accepted_schema=values.text("accepted_schema", ""),
            import_bucket=values.text("import_bucket"),
            reports_bucket=values.text("reports_bucket"),
            cluster_id=values.text("cluster_id"),
            endpoint=values.text("endpoint"),
            port=values.number("port", 3306, least=1),
            schema=values.text("schema"),
            secret_arn=values.text("secret_arn"),
            ca_bundle_path=values.text("ca_bundle_path"),
            clone=values.flag("clone"),
            smoke=_smoke(_optional(values, "smoke")),
            migrations=values.text("migrations", ""),
            log_group=values.text("log_group", ""),
            topic_arn=values.text("topic_arn", ""),
            previous_schemas=_optional(values, "retention").number("previous_schemas", 1),
            limits=_limits(_optional(values, "limits")),
        )
        _refuse_wrong(request)
        return request

    @property
    def manifest_key(self) -> str:
        """Where the dump's manifest lies."""
        return self.dump_key.removesuffix(".sql.gz") + ".manifest.json"

    @property
    def schema_key(self) -> str:
        """Where the dump's schema lies."""
        return self.dump_key.removesuffix(".sql.gz") + ".schema.json"

    @property
    def refresh_id(self) -> str:
        """The dump's folder with a short hash of dump, migrations and target: the same of all has the same id."""
        target = {"cluster": self.cluster_id, "schema": self.schema, "space": self.space}
        if self.migrations:
            target["migrations"] = self.migrations
        short = sha256_of({"dump": self.dump_key, "expected": self.expected_sha256, **target})[:8]
        return f"{self.dump_key.partition('/')[0]}-{short}"


def _optional(values: Reader, name: str) -> Reader:
    return Reader(values.mapping(name, {}), f"{values.path}{name}.")


def _smoke(values: Reader) -> Smoke:
    urls = values.texts("urls") if "urls" in values.values else []
    command = values.texts("command") if "command" in values.values else []
    return Smoke(urls=tuple(urls), command=tuple(command))


def _limits(values: Reader) -> Limits:
    minutes = Reader(values.mapping("step_timeout_minutes", {}), f"{values.path}step_timeout_minutes.")
    usual = Limits()
    return Limits(
        step_timeout_minutes={step: minutes.number(step, 0, least=1) for step in minutes.values},
        swap_tries=values.number("swap_tries", usual.swap_tries, least=1),
        swap_pause_seconds=values.number("swap_pause_seconds", usual.swap_pause_seconds),
        smoke_timeout_seconds=values.number("smoke_timeout_seconds", usual.smoke_timeout_seconds, least=1),
        smoke_command_timeout_minutes=values.number(
            "smoke_command_timeout_minutes", usual.smoke_command_timeout_minutes, least=1
        ),
        sample_rows=values.number("sample_rows", usual.sample_rows, least=1),
    )


def _refuse_wrong(request: AuroraRequest) -> None:
    if request.dump_key not in {"", LAST_KNOWN_GOOD} and not DUMP_KEY.fullmatch(request.dump_key):
        raise RequestError(
            "dump_key", f"{request.dump_key!r} must be YYYYMMDD/<name>.sql.gz, such as 20260301/intake.sql.gz"
        )
    for name in ("expected_sha256", "accepted_schema"):
        text = getattr(request, name)
        if text and not _SHA256.fullmatch(text):
            raise RequestError(name, f"{text!r} must be 64 hexadecimal characters, or left out")
    if not schemas.PATTERN.fullmatch(request.schema):
        raise RequestError(
            "schema",
            f"{request.schema!r} must be at most {schemas.LONGEST} letters, digits, _, $ and -: names are made of it",
        )
    for url in request.smoke.urls:
        if not url.startswith(("http://", "https://")):
            raise RequestError("smoke.urls", f"{url!r} must begin with http:// or https://")
