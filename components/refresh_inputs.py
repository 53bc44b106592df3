"""The inputs of StagingRefresh that the configuration alone decides: the stack's, and the doctor's. Plain Python."""

from collections.abc import Mapping
from typing import Any

from components.settings import Settings


def way_to_production(settings: Settings) -> Mapping[str, str]:
    """Return how production's side is reached; empty texts where it is the stack's own."""
    return {
        "role_arn": settings.production_role_arn or "",
        "region": settings.production_region or "",
        "external_id": settings.production_external_id or "",
    }


def production(settings: Settings) -> Mapping[str, Any]:
    """Return the input `production` without its hosts, which may be looked up or made."""
    return {
        **way_to_production(settings),
        "user_parameter": settings.production_user_parameter,
        "password_parameter": settings.production_password_parameter,
        "accept_unencrypted": settings.production_unencrypted == "accept",
    }


def staging(settings: Settings) -> Mapping[str, Any]:
    """Return the part of the input `staging` that does not come from the host."""
    return {
        "volume_gib": settings.staging_volume_gib,
        "availability_zone": settings.availability_zone,
        "user_parameter": settings.staging_user_parameter,
        "password_parameter": settings.staging_password_parameter,
    }


def limits(settings: Settings) -> Mapping[str, Any]:
    """Return the input `limits`."""
    return {
        "source_lag_seconds": settings.source_lag_limit_seconds,
        "step_timeout_minutes": dict(settings.step_timeout_minutes),
        "quarantine_expiry_hours": settings.quarantine_expiry_hours,
    }


def retention(settings: Settings) -> Mapping[str, Any]:
    """Return the input `retention`."""
    return {
        "previous_volumes": settings.previous_volumes_kept,
        "previous_volumes_max_age_days": settings.previous_volumes_max_age_days,
        "golden_snapshots": settings.golden_snapshots_kept,
        "golden_max_age_days": settings.golden_max_age_days,
        "retain_live_volume": settings.retain_live_volume,
    }


def golden(settings: Settings) -> Mapping[str, Any]:
    """Return the input `golden`."""
    return {
        "keep": settings.golden,
        "source": settings.refresh_source,
        "accepted_rules": settings.accepted_golden_rules or "",
    }
