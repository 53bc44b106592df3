"""The settings of the second refresh: the structured key `understudy:aurora`. Plain Python.

Where the key is absent, nothing of the second refresh is in the stack.
"""

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from components.aurora_kinds import (
    SERVED,
    Bucket,
    Cidr,
    ClusterName,
    Command,
    DocumentName,
    DumpKey,
    Image,
    RoleName,
    SchemaName,
    SecretName,
    Sha256,
    like,
    served,
)
from refresh.values import sha256_of

# The least that is needed with a cluster that is there already; on one line, for an error.
EXAMPLE = json.dumps(
    {
        "schema": "iset_intake",
        "dump_key": "20261122/iset_intake_test_dump.sql.gz",
        "names": {
            "import_bucket": "nwac-test-db-import",
            "reports_bucket": "nwac-test-db-import-reports",
            "loader_role": "nwac-test-db-loader",
            "document": "NWACTest-DBRefresh",
            "secret": "nwac-test/db/admin",
        },
        "cluster": {"adopt": "nwac-test-db"},
        "network": {
            "vpc_id": "vpc-0123456789abcdef0",
            "subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        },
        "images": {"load": f"111122223333.dkr.ecr.eu-central-1.amazonaws.com/mysql-client@sha256:{'0' * 64}"},
        "ca_bundle_path": "/etc/ssl/certs/rds-global-bundle.pem",
    }
)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Names(_Part):
    """What the stack's own resources are called."""

    import_bucket: Bucket
    reports_bucket: Bucket
    loader_role: RoleName
    document: DocumentName
    secret: SecretName


class Cluster(_Part):
    """The cluster: adopted where `adopt` names one, otherwise made."""

    adopt: ClusterName | None = None
    name: ClusterName | None = None
    engine_version: str = "8.0.mysql_aurora.3.08.2"
    instance_class: str = "db.r6g.large"
    instances: Annotated[int, Field(ge=1, le=15)] = 2
    backup_days: Annotated[int, Field(ge=1, le=35)] = 7
    rotation_lambda_arn: str | None = None
    rotation_days: Annotated[int, Field(ge=1, le=1000)] = 30

    @model_validator(mode="after")
    def _is_one_of_the_two(self) -> "Cluster":
        if (self.adopt is None) == (self.name is None):
            raise ValueError(
                "set `adopt`, to take a cluster that is there, or `name`, to have one made; one of the two"
            )
        if self.name and not self.rotation_lambda_arn:
            raise ValueError(
                "rotation_lambda_arn must be set with `name`: deploy AWS's rotation function "
                "SecretsManagerRDSMySQLRotationSingleUser once and name it here (docs/aurora.md)"
            )
        return self

    @property
    def identifier(self) -> str:
        """The cluster's identifier, made or adopted."""
        return str(self.adopt or self.name)


class Network(_Part):
    """Where tasks and a made cluster are: a network of yours, which has ways to the services that tasks need."""

    vpc_id: Annotated[str, AfterValidator(like(r"vpc-[0-9a-f]+", "must be the id of a VPC"))]
    subnet_ids: Annotated[
        tuple[Annotated[str, AfterValidator(like(r"subnet-[0-9a-f]+", "must be the id of a subnet"))], ...],
        Field(min_length=2),
    ]
    access_cidrs: tuple[Cidr, ...] = ()
    task_security_group_ids: tuple[str, ...] = ()
    assign_public_ip: bool = False


class Images(_Part):
    """Images of the tasks, by digest."""

    load: Image
    migrations: Image | None = None


class Smoke(_Part):
    """What has to answer once the new schema serves."""

    urls: tuple[Annotated[str, AfterValidator(like(r"https?://\S+", "must be a URL"))], ...] = ()
    command: tuple[str, ...] = ()


class Task(_Part):
    """The size of the load's task, and how long any task may run."""

    cpu: Literal[256, 512, 1024, 2048, 4096, 8192, 16384] = 1024
    memory_mib: Annotated[int, Field(ge=512, le=122880)] = 4096
    disk_gib: Annotated[int, Field(ge=21, le=200)] = 21
    timeout_minutes: Annotated[int, Field(ge=5, le=2880)] = 360


class AuroraSettings(_Part):
    """The checked configuration of the second refresh."""

    names: Names
    cluster: Cluster
    network: Network
    images: Images
    # Unlike pydantic's own, a table's name in SQL.
    schema_name: Annotated[SchemaName, Field(alias="schema")]
    ca_bundle_path: Annotated[str, AfterValidator(like(r"/\S+", "must be an absolute path in the load's image"))]
    dump_key: DumpKey | None = None
    expected_sha256: Sha256 | None = None
    accepted_schema: Sha256 | None = None
    serve: Annotated[Any, AfterValidator(served)] = "live"
    migrations: Command | None = None
    derived: tuple[Command, ...] = ()
    smoke: Smoke = Smoke()
    clone: bool = False
    task: Task = Task()
    archive_after_days: Annotated[int, Field(ge=1, le=3650)] = 30
    archive_class: Literal["GLACIER", "GLACIER_IR", "DEEP_ARCHIVE"] = "GLACIER"
    previous_schemas_kept: Literal[0, 1] = 1
    data_age_limit_hours: Annotated[int, Field(ge=0, le=8760)] = 192

    @model_validator(mode="after")
    def _fits_together(self) -> "AuroraSettings":
        if (self.migrations or self.derived) and not self.images.migrations:
            raise ValueError("images.migrations must be set: migrations and derived data run in an image of yours")
        if self.serve != "live" and self.dump_key is None:
            raise ValueError("dump_key must be set with `serve`: it names the refresh that is gone back from")
        if self.serve == "previous" and not self.previous_schemas_kept:
            raise ValueError("serve: previous needs previous_schemas_kept: 1")
        return self

    @property
    def migrations_sha256(self) -> str:
        """Hash of the image and the commands that run over a loaded dump: others make a refresh due. Empty for none."""
        commands = [*([self.migrations] if self.migrations else []), *self.derived]
        return sha256_of([self.images.migrations, commands]) if commands else ""

    @property
    def log_group_name(self) -> str:
        """Where tasks and outcomes are logged."""
        return f"/understudy/{self.names.document}"

    @property
    def restore_to(self) -> str:
        """The moment to restore the cluster at, in UTC; empty when none is asked for."""
        return "" if self.serve in SERVED else str(self.serve)

    @property
    def action(self) -> str:
        """What the automation is asked to do."""
        if self.restore_to:
            return "point-in-time"
        return "refresh" if self.serve == "live" else str(self.serve)


def parse(raw: str) -> AuroraSettings:
    """Read the structured value, which Pulumi hands over as JSON.

    Raises:
        ValueError: With everything that is wrong in it, each by its place.
    """
    rule = "must be a map of settings; Pulumi.staging.yaml has an example"
    try:
        value = json.loads(raw)
    except ValueError:
        raise ValueError(rule) from None
    if not isinstance(value, dict):
        raise ValueError(rule)  # noqa: TRY004 (what is wrong is the user's value)
    try:
        return AuroraSettings.model_validate(value)
    except ValidationError as error:
        raise ValueError("; ".join(dict.fromkeys(_told(one) for one in error.errors()))) from None


def _told(error: Any) -> str:
    """Return one of pydantic's errors as place and rule."""
    place = ".".join(str(each) for each in error["loc"])
    if error["type"] == "missing":
        return f"{place} must be set"
    if error["type"] == "extra_forbidden":
        return f"{place} is no setting; check its spelling"
    told = str(error["msg"])
    reason = str(error["ctx"]["error"]) if error["type"] == "value_error" else told[:1].lower() + told[1:]
    return f"{place}: {reason}" if place else reason
