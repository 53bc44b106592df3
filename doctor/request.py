"""What the next refresh would be asked for: today's configuration over what the state knows of hosts and buckets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components import refresh_inputs
from components.settings import Settings, SettingsError, check_settings
from doctor.stack import Stack
from refresh.errors import RequestError
from refresh.mongo.examination.finding import Finding, in_order, unasked, wrong
from refresh.request import RefreshRequest
from refresh.values import UNKNOWN, plain

_DEFAULT_CACHE_MIB = 256  # of no consequence here: a doctor opens no server


def request_of(stack: Stack) -> tuple[RefreshRequest | None, list[Finding]]:
    """Put the request together.

    Args:
        stack: Configuration and state.

    Returns:
        The request, with what is not there yet as unknown, and what is to be said of the configuration. No request
        where neither configuration nor state give one.
    """
    findings: list[Finding] = []
    settings = _settings(stack, findings)
    state = stack.inputs_of("StagingRefresh")
    if state is None:
        findings.append(unasked("state", "no refresh yet: pulumi up makes the stack", ""))
    if settings is None and state is None:
        return None, findings
    values = _values(stack, settings, plain(state or {}))
    try:
        return RefreshRequest.from_inputs(values), findings
    except RequestError as error:
        findings.append(wrong("configuration", str(error)))
        return None, findings


def _settings(stack: Stack, findings: list[Finding]) -> Settings | None:
    given = {key.split(":", 1)[1]: value for key, value in stack.config.items() if key.startswith(f"{stack.project}:")}
    try:
        settings = check_settings(stack.project, stack.name, stack.config.get("aws:region"), given, given)
    except SettingsError as error:
        findings.append(wrong("configuration", str(error)))
        return None
    findings.append(in_order("configuration", f"{len(given)} keys, rules {settings.rules_path}"))
    return settings


def _values(stack: Stack, settings: Settings | None, state: Mapping[str, Any]) -> dict[str, Any]:
    """Return inputs of StagingRefresh; documents are those of the space, which each `pulumi up` brings up to date."""
    space = plain(stack.inputs_of("RefreshSpace") or {})
    values = {**_unknown(stack), **state, **{name: space[name] for name in ("documents",) if name in space}}
    if settings is None:
        return values
    production = {**values["production"], **refresh_inputs.production(settings)}
    if settings.production_instance_ids:
        production["instance_ids"] = list(settings.production_instance_ids)
    return {
        **values,
        "trigger": settings.refresh_trigger or values["trigger"],
        "region": settings.region,
        "production": production,
        "staging": {**values["staging"], **refresh_inputs.staging(settings)},
        "rules": settings.rules,
        "limits": refresh_inputs.limits(settings),
        "pseudonym_key_parameter": settings.pseudonym_key_parameter,
    }


def _unknown(stack: Stack) -> dict[str, Any]:
    """Return inputs of which nothing is known yet."""
    texts = dict.fromkeys(("trigger", "reports_bucket", "pseudonym_key_parameter"), UNKNOWN)
    return {
        **texts,
        "space": f"{stack.project}/{stack.name}",
        "region": stack.config.get("aws:region", UNKNOWN),
        "production": {"instance_ids": [UNKNOWN], "user_parameter": UNKNOWN, "password_parameter": UNKNOWN},
        "worker": {"instance_id": UNKNOWN, "cache_mib": _DEFAULT_CACHE_MIB},
        "staging": dict.fromkeys(
            (
                "instance_id",
                "address",
                "replica_set",
                "kms_key_id",
                "availability_zone",
                "user_parameter",
                "password_parameter",
            ),
            UNKNOWN,
        ),
        "rules": {},
        "documents": {},
        "toolkit": dict.fromkeys(("bucket", "key", "sha256"), UNKNOWN),
        "limits": {},
        "retention": {},
    }
