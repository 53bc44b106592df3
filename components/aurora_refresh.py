"""AuroraRefresh, the dynamic resource of the second refresh. What happens is an automation's; here is when.

The provider is stored in the stack's state by reference: its dotted path is a contract with every stored state. It
keeps nothing on `self`, no client and no secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, Resource, ResourceProvider, UpdateResult

from components.dynamic import differs, failures, inputs_of, names_of, picked, plainly_spoken, with_unknowns
from refresh import aurora_plan, aurora_session, orphan
from refresh.aurora_session import AuroraWish
from refresh.errors import RefreshError

_DUE = ("dump_key", "expected_sha256", "accepted_schema", "serve", "migrations")


@dataclass(frozen=True, kw_only=True)
class AuroraRefreshArgs:
    """What AuroraRefresh needs.

    Attributes:
        dump_key: Key of the prepared dump in the import bucket; changing it asks for a refresh.
        expected_sha256: The hash that it must have; empty for that of its manifest.
        accepted_schema: Fingerprint of a schema that is taken though it differs; empty for none.
        serve: live, previous, last-known-good, or a time in UTC.
        migrations: Hash of the image and the commands that run over a loaded dump; empty for none.
        document: Name of the automation document.
        space: `<project>/<stack>`.
        region: The stack's region.
        cluster_id: The live cluster.
        schema: The live schema.
        import_bucket: Where dumps lie.
        reports_bucket: Where outcomes and reports lie.
    """

    dump_key: pulumi.Input[str]
    expected_sha256: pulumi.Input[str]
    accepted_schema: pulumi.Input[str]
    serve: pulumi.Input[str]
    migrations: pulumi.Input[str]
    document: pulumi.Input[str]
    space: pulumi.Input[str]
    region: pulumi.Input[str]
    cluster_id: pulumi.Input[str]
    schema: pulumi.Input[str]
    import_bucket: pulumi.Input[str]
    reports_bucket: pulumi.Input[str]


_INPUTS = names_of(AuroraRefreshArgs)
_OUTPUTS = (
    "execution_id",
    "refresh_id",
    "report",
    "schema_sha256",
    "endpoint",
    "dump_sha256",
    "tables",
    "phases",
    "swap",
    "data_as_of",
)


class AuroraRefreshProvider(ResourceProvider):
    """Something is due when dump, hash, accepted schema, migrations or what is to be served change; at nothing else."""

    serialize_as_secret_always = False

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Validate what is known; where something is due, print its plan."""
        wrong = failures(AuroraWish.from_inputs, news)
        if not wrong and is_due(_olds, news):
            _print_plan(news)
        return CheckResult(news, wrong)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Decide from the values alone; any other change is stored without a refresh."""
        return DiffResult(changes=any(differs(_olds, _news, name) for name in _INPUTS))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Run the first refresh."""
        with plainly_spoken():
            orphan.watch()
            return CreateResult(str(props["space"]), _performed(props, former=""))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Run what is due; return the complete outputs either way."""
        with plainly_spoken():
            orphan.watch()
            if not is_due(_olds, _news):
                return UpdateResult({**picked(_olds, _OUTPUTS), **_known(_news)})
            return UpdateResult(_performed(_news, former=str(_olds.get("execution_id") or "")))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Notice what a refresh that somebody else started has brought: the age counts from its moment."""
        with suppress(RefreshError):  # a bucket that cannot be asked just now is no drift
            props = {**props, "data_as_of": aurora_session.data_as_of(_known(props))}
        return ReadResult(id_, props, _known(props))


class AuroraRefresh(Resource, module="understudy", name="AuroraRefresh"):
    """The Aurora test cluster's data: refreshed when the dump changes, or brought back to what it was."""

    execution_id: pulumi.Output[str]
    refresh_id: pulumi.Output[str]
    report: pulumi.Output[str]
    schema_sha256: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    dump_sha256: pulumi.Output[str]
    tables: pulumi.Output[Mapping[str, int]]
    phases: pulumi.Output[Mapping[str, float]]
    swap: pulumi.Output[Mapping[str, Any]]
    data_as_of: pulumi.Output[str]

    def __init__(self, name: str, args: AuroraRefreshArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the refresh; see AuroraRefreshArgs."""
        super().__init__(AuroraRefreshProvider(), name, {**inputs_of(args), **dict.fromkeys(_OUTPUTS)}, opts)


def is_due(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Decide whether something is due, from old and new values alone.

    Args:
        olds: Stored inputs or outputs; empty before the first.
        news: Today's inputs, perhaps with parts that are not known yet.

    Returns:
        True when dump, hash, accepted schema, migrations or what is to be served differ.
    """
    return any(differs(olds, news, name) for name in _DUE)


def _known(props: Mapping[str, Any]) -> dict[str, Any]:
    return picked(props, _INPUTS)


def _performed(props: Mapping[str, Any], *, former: str) -> dict[str, Any]:
    inputs = _known(props)
    return {**inputs, **aurora_session.perform(inputs, former)}


def _print_plan(news: Mapping[str, Any]) -> None:
    world = aurora_session.World()
    for line in aurora_plan.lines(AuroraWish.from_inputs(with_unknowns(news)), world):
        world.say(line)
