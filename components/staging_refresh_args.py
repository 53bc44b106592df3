"""The arguments of StagingRefresh and RefreshSpace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components.dynamic import names_of


@dataclass(frozen=True, kw_only=True)
class RefreshSpaceArgs:
    """What sweeping a space needs.

    Attributes:
        space: `<project>/<stack>`, the tag of everything a refresh makes.
        region: The region of the stack.
        reports_bucket: Where lease and ledger lie.
        staging_instance_id: Staging's host.
        worker_instance_id: The worker's host; staging's where staging is its own worker.
        documents: For each verb a map with name and hash.
        retain_live_volume: Whether the live volume outlives the stack.
        production: role_arn, region, external_id (each may be empty): production's side is swept through them.
    """

    space: pulumi.Input[str]
    region: pulumi.Input[str]
    reports_bucket: pulumi.Input[str]
    staging_instance_id: pulumi.Input[str]
    worker_instance_id: pulumi.Input[str]
    documents: pulumi.Input[Mapping[str, pulumi.Input[Mapping[str, pulumi.Input[str]]]]]
    retain_live_volume: pulumi.Input[bool] = False
    production: pulumi.Input[Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StagingRefreshArgs:
    """What a refresh needs.

    Attributes:
        trigger: A value that was not used before; changing it asks for a refresh.
        production: instance_ids, role_arn, region, external_id (these may be empty), user_parameter,
            password_parameter, accept_unencrypted.
        worker: instance_id, cache_mib.
        staging: instance_id, address, replica_set, volume_gib (0: as the source's), kms_key_id, availability_zone,
            user_parameter, password_parameter.
        rules: The anonymizer's rules, structured.
        documents: For each verb a map with name and hash.
        toolkit: bucket, key, sha256.
        reports_bucket: Where lease, ledger, results and reports lie.
        pseudonym_key_parameter: Name of the SecureString with the key, never the key.
        limits: source_lag_seconds, step_timeout_minutes (a map by step), quarantine_expiry_hours.
        retention: previous_volumes, previous_volumes_max_age_days, golden_snapshots, golden_max_age_days,
            retain_live_volume.
        until: end, or scan: rules are drafted from the quarantine, and staging stays as it was.
        serve: live, or previous: what staging served before the latest refresh.
        golden: keep (a snapshot of each verified copy), source (production, golden or a golden snapshot's id),
            accepted_rules.
        smoke: commands whose failure switches back, and the endpoint that they are told.
        watch: topic_arn and log_group, where outcomes are told.
        space: `<project>/<stack>`, the tag of everything a refresh makes.
        region: The region of the stack.
    """

    trigger: pulumi.Input[str]
    production: pulumi.Input[Mapping[str, Any]]
    worker: pulumi.Input[Mapping[str, Any]]
    staging: pulumi.Input[Mapping[str, Any]]
    rules: pulumi.Input[Mapping[str, Any]]
    documents: pulumi.Input[Mapping[str, pulumi.Input[Mapping[str, pulumi.Input[str]]]]]
    toolkit: pulumi.Input[Mapping[str, Any]]
    reports_bucket: pulumi.Input[str]
    pseudonym_key_parameter: pulumi.Input[str]
    limits: pulumi.Input[Mapping[str, Any]]
    retention: pulumi.Input[Mapping[str, Any]]
    until: pulumi.Input[str]
    serve: pulumi.Input[str]
    golden: pulumi.Input[Mapping[str, Any]]
    smoke: pulumi.Input[Mapping[str, Any]]
    watch: pulumi.Input[Mapping[str, Any]]
    space: pulumi.Input[str]
    region: pulumi.Input[str]


INPUTS = names_of(StagingRefreshArgs)
SPACE_INPUTS = names_of(RefreshSpaceArgs)
