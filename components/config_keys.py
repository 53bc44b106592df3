"""The configuration keys of the stack: what each may hold. Plain Python.

What they are is told in `descriptions.py`, and how to choose a value in `Pulumi.staging.yaml`, one comment a key; tests
hold the three together.
"""

from dataclasses import dataclass
from typing import Any

from components import aurora_settings
from components import config_values as kinds

REQUIRED = object()


@dataclass(frozen=True, kw_only=True)
class Key:
    """One configuration key: how its value is read, what it is when it is not given, and an example."""

    name: str
    parse: kinds.Parser
    example: str
    default: Any = REQUIRED


_PARAMETER = kinds.parameter_name
_INSTANCE_TYPE = kinds.text(r"[a-z0-9\-]+\.[a-z0-9\-]+", "must be an EC2 instance type")

KEYS: tuple[Key, ...] = (
    Key(name="production", parse=kinds.one_of("adopt", "create"), example="adopt", default="adopt"),
    Key(name="production_instance_ids", parse=kinds.instance_ids, example='["i-0123456789abcdef0"]', default=()),
    Key(name="production_tags", parse=kinds.tags, example='{"Role": "mongodb"}', default={}),
    Key(
        name="production_role_arn",
        parse=kinds.text(r"arn:aws[a-z\-]*:iam::\d{12}:role/.+", "must be the ARN of an IAM role"),
        example="arn:aws:iam::111122223333:role/understudy",
        default=None,
    ),
    Key(
        name="production_region",
        parse=kinds.text(r"[a-z]{2}(-[a-z]+)+-\d", "must be a region"),
        example="eu-north-1",
        default=None,
    ),
    Key(
        name="production_external_id",
        parse=kinds.text(r"[\w+=,.@:/\-]{2,1224}", "must be 2 to 1224 letters, digits and +=,.@:/-_"),
        example="understudy-staging",
        default=None,
    ),
    Key(
        name="production_document",
        parse=kinds.text(r"[A-Za-z0-9_.\-]{3,128}", "must be the name of an SSM document of production's own account"),
        example="understudy-production-check",
        default=None,
    ),
    Key(name="production_unencrypted", parse=kinds.one_of("refuse", "accept"), example="refuse", default="refuse"),
    Key(name="production_user_parameter", parse=_PARAMETER, example="/production/mongo/understudy"),
    Key(name="production_password_parameter", parse=_PARAMETER, example="/production/mongo/understudy/password"),
    Key(name="staging_user_parameter", parse=_PARAMETER, example="/mongo/admin", default="/mongo/admin"),
    Key(
        name="staging_password_parameter",
        parse=_PARAMETER,
        example="/mongo/admin/password",
        default="/mongo/admin/password",
    ),
    Key(name="pseudonym_key_parameter", parse=_PARAMETER, example="/understudy/pseudonym-key"),
    Key(
        name="ami_id",
        parse=kinds.text(
            r"ami-[0-9a-f]{8,17}", "must be the id of an AMI with mongod, mongosh and the SSM agent on it"
        ),
        example="ami-0123456789abcdef0",
    ),
    Key(
        name="availability_zone",
        parse=kinds.text(r"[a-z]{2}(-[a-z]+)+-\d[a-z]", "must be an availability zone of aws:region"),
        example="eu-central-1a",
    ),
    Key(name="vpc_cidr", parse=kinds.private_network, example="10.77.0.0/16", default="10.77.0.0/16"),
    Key(name="staging_instance_type", parse=_INSTANCE_TYPE, example="r6i.large", default="r6i.large"),
    Key(name="worker_instance_type", parse=_INSTANCE_TYPE, example="m6i.xlarge", default="m6i.xlarge"),
    Key(name="worker", parse=kinds.one_of("dedicated", "staging"), example="dedicated", default="dedicated"),
    Key(name="staging_access_cidrs", parse=kinds.networks, example='["10.20.0.0/16"]', default=()),
    Key(name="staging_volume_gib", parse=kinds.whole_number(0, 65536), example="200", default=0),
    Key(
        name="staging_replica_set",
        parse=kinds.text(r"[A-Za-z0-9_\-]{1,64}", "must be 1 to 64 letters, digits, - or _"),
        example="staging",
        default="staging",
    ),
    Key(name="rules_path", parse=kinds.text(r".+", "must be the path of the rules file"), example="rules/shop.yaml"),
    Key(
        name="refresh_trigger",
        parse=kinds.text(
            r"[a-z0-9]([a-z0-9\-]{0,38}[a-z0-9])?", "must be 1 to 40 of a-z, 0-9 and -, and - inside only"
        ),
        example="2026-11-22",
        default=None,
    ),
    Key(name="refresh_source", parse=kinds.refresh_source, example="production", default="production"),
    Key(
        name="accepted_golden_rules",
        parse=kinds.text(r"[0-9a-f]{64}", "must be the SHA-256 of the rules that a golden snapshot was made under"),
        example="0123456789abcdef" * 4,
        default=None,
    ),
    Key(name="serve", parse=kinds.one_of("live", "previous"), example="live", default="live"),
    Key(name="until", parse=kinds.one_of("end", "scan"), example="scan", default="end"),
    Key(name="source_lag_limit_seconds", parse=kinds.whole_number(1, 86400), example="60", default=60),
    Key(name="step_timeout_minutes", parse=kinds.minutes_by_step, example='{"anonymize": 240}', default={}),
    Key(name="quarantine_expiry_hours", parse=kinds.whole_number(1, 168), example="24", default=24),
    Key(name="previous_volumes_kept", parse=kinds.whole_number(0, 10), example="1", default=1),
    Key(name="previous_volumes_max_age_days", parse=kinds.whole_number(0, 3650), example="30", default=0),
    Key(name="golden", parse=kinds.true_or_false, example="true", default=False),
    Key(name="golden_snapshots_kept", parse=kinds.whole_number(0, 50), example="2", default=1),
    Key(name="golden_max_age_days", parse=kinds.whole_number(0, 3650), example="90", default=0),
    Key(name="retain_live_volume", parse=kinds.true_or_false, example="false", default=False),
    Key(name="notify_emails", parse=kinds.email_addresses, example='["team@example.org"]', default=()),
    Key(name="data_age_limit_hours", parse=kinds.whole_number(0, 8760), example="192", default=192),
    Key(name="smoke_tests", parse=kinds.texts, example='["./tests/smoke.sh"]', default=()),
    Key(name="on_smoke_failure", parse=kinds.one_of("stay", "switch-back"), example="switch-back", default="stay"),
    Key(
        name="toolkit_path",
        parse=kinds.text(r".+", "must be a folder"),
        example=".cache/toolkit",
        default=".cache/toolkit",
    ),
    Key(name="aurora", parse=aurora_settings.parse, example=aurora_settings.EXAMPLE, default=None),
)
