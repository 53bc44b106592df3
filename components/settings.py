"""The stack's settings: the only reader of `pulumi.Config`.

Every value is checked here, and every problem is told at once, before anything is made.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import pulumi.runtime.config

from components.aurora_settings import AuroraSettings
from components.config_keys import KEYS, REQUIRED, Key
from components.rules_file import RulesFileError, read_rules

_ELSEWHERE = ("production_role_arn", "production_region", "production_external_id", "production_document")


class SettingsError(pulumi.RunError):
    """The stack's configuration cannot be used; the message lists every problem."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The checked configuration: the keys, what Pulumi itself knows (project, stack, region), and the rules."""

    project: str
    stack: str
    region: str
    rules: Mapping[str, Any]
    production: str
    production_instance_ids: tuple[str, ...]
    production_tags: Mapping[str, str]
    production_role_arn: str | None
    production_user_parameter: str
    production_password_parameter: str
    staging_user_parameter: str
    staging_password_parameter: str
    pseudonym_key_parameter: str
    ami_id: str
    availability_zone: str
    vpc_cidr: str
    staging_instance_type: str
    worker_instance_type: str
    worker: str
    staging_access_cidrs: tuple[str, ...]
    staging_volume_gib: int
    staging_replica_set: str
    rules_path: Path
    refresh_trigger: str | None
    refresh_source: str
    accepted_golden_rules: str | None
    serve: str
    source_lag_limit_seconds: int
    step_timeout_minutes: Mapping[str, int]
    quarantine_expiry_hours: int
    previous_volumes_kept: int
    previous_volumes_max_age_days: int
    golden: bool
    golden_snapshots_kept: int
    golden_max_age_days: int
    retain_live_volume: bool
    notify_emails: tuple[str, ...]
    data_age_limit_hours: int
    smoke_tests: tuple[str, ...]
    on_smoke_failure: str
    toolkit_path: Path
    aurora: AuroraSettings | None = None
    production_region: str | None = None
    production_external_id: str | None = None
    production_document: str | None = None
    production_unencrypted: str = "refuse"
    until: str = "end"

    @property
    def space(self) -> str:
        """Return the name under which everything of this stack is tagged: `<project>/<stack>`."""
        return f"{self.project}/{self.stack}"

    @property
    def tags(self) -> dict[str, str]:
        """Return the tags of the stack's ordinary resources.

        Not `understudy:space`: that one marks what a refresh makes, and what carries it is swept.
        """
        return {"understudy:stack": self.space}


def load_settings() -> Settings:
    """Read and check the stack's configuration.

    Raises:
        SettingsError: With every problem found.
    """
    project = pulumi.get_project()
    config = pulumi.Config(project)
    given = {key.name: config.get(key.name) for key in KEYS}
    region = pulumi.Config("aws").get("region")
    return check_settings(project, pulumi.get_stack(), region, given, _given_names(project))


def check_settings(
    project: str, stack: str, region: str | None, given: Mapping[str, str | None], names: Iterable[str]
) -> Settings:
    """Check raw values and make Settings of them.

    Args:
        project: Name of the Pulumi project, which is also the keys' namespace.
        stack: Name of the stack.
        region: `aws:region`.
        given: Raw text of each known key, None where it is not set.
        names: Every key set in the namespace, known or not.

    Raises:
        SettingsError: With every problem found.
    """
    problems = [_unknown(project, name) for name in sorted(set(names) - {key.name for key in KEYS})]
    values: dict[str, Any] = {}
    broken: list[tuple[str, str]] = []
    for key in KEYS:
        try:
            values[key.name] = _value(key, given.get(key.name))
        except ValueError as error:
            broken.append((key.name, str(error)))
    broken += _contradictions(values, region)
    rules: Mapping[str, Any] = {}
    try:
        rules = read_rules(Path(values["rules_path"])) if "rules_path" in values else {}
    except RulesFileError as error:
        broken.append(("rules_path", str(error)))
    by_name = {key.name: key for key in KEYS}
    problems += [_problem(project, by_name[name], given.get(name), rule) for name, rule in broken]
    if not region:
        problems.append(_entry("aws:region", None, "must be set", "eu-central-1"))
    if problems:
        raise SettingsError(_message(stack, problems))
    values.update(rules_path=Path(values["rules_path"]), toolkit_path=Path(values["toolkit_path"]))
    return Settings(project=project, stack=stack, region=str(region), rules=rules, **values)


def _value(key: Key, raw: str | None) -> Any:
    if raw is not None:
        return key.parse(raw)
    if key.default is REQUIRED:
        raise ValueError("must be set")
    return key.default


def _contradictions(values: Mapping[str, Any], region: str | None) -> Iterator[tuple[str, str]]:
    """Yield (key, broken rule) for values that are right alone and wrong together."""
    yield from _production_contradictions(values)
    yield from _elsewhere_contradictions(values, region)
    zone = values.get("availability_zone")
    if zone and region and zone[:-1] != region:
        yield "availability_zone", f"must be a zone of aws:region, which is {region}"
    for name in ("user_parameter", "password_parameter"):
        if values.get(f"staging_{name}", 0) == values.get(f"production_{name}", 1):
            yield (
                f"staging_{name}",
                f"must not be production's (production_{name}): each side has credentials of its own",
            )
    toolkit = values.get("toolkit_path")
    if toolkit and not Path(toolkit).is_dir():
        yield "toolkit_path", "must be a folder with the wheels for the hosts; `make setup` makes it"


def _production_contradictions(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    named = [name for name in ("production_instance_ids", "production_tags") if values.get(name)]
    if values.get("production") == "adopt":
        if not named and "production_instance_ids" in values and "production_tags" in values:
            yield "production_instance_ids", "must be set (or production_tags), to say which instances are production"
        if len(named) > 1:
            yield "production_tags", "must not be set together with production_instance_ids: which of them is meant?"
        if values.get("refresh_trigger", "") is None and not values.get("aurora"):
            yield "refresh_trigger", "must be set: a new value asks for a refresh, the same value asks for none"
    if values.get("production") == "create":
        for name in [*named, *(name for name in _ELSEWHERE if values.get(name))]:
            yield name, "must not be set with `production: create`, which makes production itself"


def _elsewhere_contradictions(values: Mapping[str, Any], region: str | None) -> Iterator[tuple[str, str]]:
    there = values.get("production_region")
    if there and there != region and not values.get("production_document"):
        rule = "a document is seen in its own region only, so production's owner makes one there (production_role/)"
        yield "production_document", f"must be set with production_region {there}: {rule}"
    if values.get("production_external_id") and not values.get("production_role_arn"):
        yield "production_external_id", "must not be set without production_role_arn, whose trust policy asks for it"


def _given_names(project: str) -> list[str]:
    """Return every key that the stack sets in the project's namespace, which pulumi.Config itself cannot list."""
    every = {**pulumi.runtime.config.get_config_env(), **pulumi.runtime.config.CONFIG.get()}
    return [full.split(":", 1)[1] for full in every if full.startswith(f"{project}:")]


def _unknown(project: str, name: str) -> str:
    known = [key.name for key in KEYS]
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
    return f"  {project}:{name}\n    rule: is no key of this project; the nearest one is {project}:{nearest[0]}"


def _problem(project: str, key: Key, raw: str | None, rule: str) -> str:
    return _entry(f"{project}:{key.name}", raw, rule, key.example)


def _entry(name: str, raw: str | None, rule: str, example: str) -> str:
    got = "nothing" if raw is None else repr(raw)
    return f"  {name}\n    got: {got}\n    rule: {rule}\n    example: {example}"


def _message(stack: str, problems: list[str]) -> str:
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    head = f"the configuration of stack {stack} has {count}; nothing was made:"
    tail = f"  Set a key in Pulumi.{stack}.yaml or with `pulumi config set`; Pulumi.staging.yaml says what each is for."
    return "\n".join([head, *problems, tail])
