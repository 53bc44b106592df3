"""What production's owner fills in, read and checked: every problem is told at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pulumi

from components.production_access import ProductionAccessArgs
from components.production_policy import Consent
from components.surroundings import place_of

_RULES: Mapping[str, tuple[str, str]] = {
    "staging_account_id": (r"\d{12}", "must be the 12 digits of staging's account, in quotes"),
    "staging_region": (r"[a-z]{2}(-[a-z]+)+-\d", "must be staging's region"),
    "external_id": (r"[\w+=,.@:/\-]{2,1224}", "must be 2 to 1224 letters, digits and +=,.@:/-_"),
    "space": (r"[\w.\-]+/[\w.\-]+", "must be <project>/<stack> of the staging stack"),
}
_LISTS: Mapping[str, tuple[str, str]] = {
    "instance_ids": (r"i-[0-9a-f]{8,17}", "must list the ids of the members' instances"),
    "key_arns": (r"arn:aws[a-z\-]*:kms:[a-z0-9\-]+:\d{12}:key/.+", "must list ARNs of customer managed keys"),
    "principal_arns": (r"arn:aws[a-z\-]*:iam::\d{12}:(role|user)/.+", "must list ARNs of roles or users"),
}
_MAY_BE_EMPTY = frozenset({"principal_arns", "key_arns"})


class Config(Protocol):
    """What is needed of `pulumi.Config`."""

    def get(self, key: str) -> str | None:
        """Return a text."""

    def get_object(self, key: str) -> Any:
        """Return a value that is written as JSON."""


def read_consent(config: Config, region: str | None, scripts: Path) -> ProductionAccessArgs:
    """Read the owner's configuration.

    Args:
        config: The stack's configuration.
        region: `aws:region`.
        scripts: The folder with the project's scripts.

    Returns:
        The arguments of ProductionAccess.

    Raises:
        pulumi.RunError: With every problem found; nothing was made.
    """
    texts = {name: config.get(name) or "" for name in _RULES}
    lists = {name: config.get_object(name) or [] for name in _LISTS}
    problems = [*_wrong_texts(texts), *_wrong_lists(lists)]
    if not region:
        problems.append("aws:region: must be production's region")
    if problems or not region:
        listed = "\n".join(f"  - {each}" for each in problems)
        raise pulumi.RunError(f"the configuration of production's side cannot be used; nothing was made:\n{listed}")
    consent = Consent(
        place=place_of(region),
        staging_account_id=texts["staging_account_id"],
        staging_region=texts["staging_region"],
        principal_arns=tuple(lists["principal_arns"]),
        external_id=texts["external_id"],
        space=texts["space"],
        instance_ids=tuple(lists["instance_ids"]),
        key_arns=tuple(lists["key_arns"]),
    )
    return ProductionAccessArgs(
        consent=consent,
        scripts=scripts,
        document_name=config.get("document_name") or "understudy-production-check",
        role_name=config.get("role_name") or "understudy",
        tags={"understudy:stack": consent.space},
    )


def _wrong_texts(texts: Mapping[str, str]) -> Iterator[str]:
    for name, (pattern, rule) in _RULES.items():
        if not re.fullmatch(pattern, texts[name]):
            yield f"{name}: {texts[name]!r} {rule}"


def _wrong_lists(lists: Mapping[str, Any]) -> Iterator[str]:
    for name, (pattern, rule) in _LISTS.items():
        found = lists[name]
        if not isinstance(found, list) or not all(isinstance(one, str) and re.fullmatch(pattern, one) for one in found):
            yield f"{name}: {found!r} {rule}"
        elif not found and name not in _MAY_BE_EMPTY:
            yield f"{name}: is empty and {rule}"
