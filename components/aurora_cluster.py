"""The Aurora test cluster: adopted as it is, or made by the stack."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import boto3
import pulumi
import pulumi_aws as aws

from components.adoption import AdoptionError
from components.aurora_adoption import ENGINE, find_cluster
from components.aurora_server import Server
from components.aurora_settings import AuroraSettings

PORT = 3306
_ADMINISTRATOR = "admin"
_PASSWORD_BYTES = 30
# AWS's shortest but none at all: the password in it can be set anew on the cluster.
_SECRET_RECOVERY_DAYS = 7
_PARAMETERS = {
    # A client that does not speak TLS is refused.
    "require_secure_transport": "ON",
    # A dump's triggers and routines are made by an administrator, who has no SUPER on Aurora.
    "log_bin_trust_function_creators": "1",
    # No statement of a dump reads files of the client.
    "local_infile": "0",
}


def server_of(
    name: str, settings: AuroraSettings, region: str, key_arn: pulumi.Input[str], tags: Mapping[str, str], parent: Any
) -> Server:
    """Find the cluster that the settings name, or make the one that they ask for.

    Args:
        name: Name of the component, where it is made.
        settings: The settings of the second refresh.
        region: The stack's region.
        key_arn: Key of the storage.
        tags: Tags of everything in it.
        parent: The component above it.

    Raises:
        pulumi.RunError: The cluster to adopt cannot be found or used; it is told without a traceback.
    """
    child = pulumi.ResourceOptions(parent=parent)
    if settings.cluster.adopt is None:
        return MadeCluster(name, settings, key_arn, tags, child).server
    session = boto3.Session(region_name=region)
    try:
        found = find_cluster(
            session.client("rds"),
            session.client("secretsmanager"),
            settings.cluster.adopt,
            settings.names.secret,
            settings.cluster.backup_days,
        )
    except AdoptionError as error:
        raise pulumi.RunError(str(error)) from None
    return Server(
        endpoint=found.endpoint,
        port=found.port,
        subnet_group=found.subnet_group,
        parameter_group=found.parameter_group,
        security_group_ids=list(found.security_group_ids),
        task_security_group_ids=settings.network.task_security_group_ids,
        secret_arn=found.secret_arn,
        ready=(),
    )


class MadeCluster(pulumi.ComponentResource):
    """A cluster with its administrator's secret, which is rotated as soon as it is there.

    The first password is made here and stands, encrypted, in the stack's state; the rotation right after makes it
    worthless, and no later one ever passes through Pulumi.
    """

    def __init__(
        self,
        name: str,
        settings: AuroraSettings,
        key_arn: pulumi.Input[str],
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Make groups, secret, cluster and instances; see server_of."""
        super().__init__("understudy:components:AuroraCluster", name, None, opts)
        self._name, self._settings, self._key_arn, self._tags = name, settings, key_arn, tags
        self._child = pulumi.ResourceOptions(parent=self)
        password = pulumi.Output.secret(secrets.token_urlsafe(_PASSWORD_BYTES))
        group = self._security_group()
        secret = self._secret()
        subnets, parameters = self._subnet_group(), self._parameter_group()
        cluster = self._cluster(password, group, subnets, parameters)
        instances = [self._instance(cluster, number) for number in range(1, settings.cluster.instances + 1)]
        rotation = self._rotation(secret, cluster, password, instances)
        self.server = Server(
            endpoint=cluster.endpoint,
            port=cluster.port,
            subnet_group=subnets.name,
            parameter_group=parameters.name,
            security_group_ids=[group.id],
            task_security_group_ids=[group.id, *settings.network.task_security_group_ids],
            secret_arn=secret.arn,
            ready=[*instances, rotation],
        )
        self.register_outputs({"endpoint": cluster.endpoint})

    def _named(self, role: str) -> dict[str, str]:
        return {**self._tags, "Name": f"{self._name}-{role}"}

    def _security_group(self) -> aws.ec2.SecurityGroup:
        """Make the group of the cluster and of those that reach it: its members reach one another's database port."""
        ports = {"protocol": "tcp", "from_port": PORT, "to_port": PORT}
        members = {"description": "Tasks and the cluster", **ports, "self": True}
        clients = {"description": "Clients", **ports, "cidr_blocks": list(self._settings.network.access_cidrs)}
        return aws.ec2.SecurityGroup(
            f"{self._name}-database",
            description="The Aurora test cluster, and who loads it",
            vpc_id=self._settings.network.vpc_id,
            ingress=[members, *([clients] if self._settings.network.access_cidrs else [])],
            egress=[members],
            tags=self._named("database"),
            opts=self._child,
        )

    def _subnet_group(self) -> aws.rds.SubnetGroup:
        return aws.rds.SubnetGroup(
            f"{self._name}-subnets",
            subnet_ids=list(self._settings.network.subnet_ids),
            tags=self._named("subnets"),
            opts=self._child,
        )

    def _parameter_group(self) -> aws.rds.ClusterParameterGroup:
        release = ".".join(self._settings.cluster.engine_version.split(".")[:2])
        return aws.rds.ClusterParameterGroup(
            f"{self._name}-parameters",
            family=f"{ENGINE}{release}",
            description="TLS is required, and dumps read no files",
            parameters=[{"name": name, "value": value} for name, value in _PARAMETERS.items()],
            tags=self._named("parameters"),
            opts=self._child,
        )

    def _secret(self) -> aws.secretsmanager.Secret:
        return aws.secretsmanager.Secret(
            f"{self._name}-secret",
            name=self._settings.names.secret,
            # Under Secrets Manager's own key: the function that rotates it is there before this stack's key is.
            description="Administrator of the Aurora test cluster",
            recovery_window_in_days=_SECRET_RECOVERY_DAYS,
            tags=self._named("secret"),
            opts=self._child,
        )

    def _cluster(
        self,
        password: pulumi.Output[str],
        group: aws.ec2.SecurityGroup,
        subnets: aws.rds.SubnetGroup,
        parameters: aws.rds.ClusterParameterGroup,
    ) -> aws.rds.Cluster:
        return aws.rds.Cluster(
            self._name,
            cluster_identifier=self._settings.cluster.identifier,
            engine=ENGINE,
            engine_version=self._settings.cluster.engine_version,
            master_username=_ADMINISTRATOR,
            master_password=password,
            port=PORT,
            storage_encrypted=True,
            kms_key_id=self._key_arn,
            backup_retention_period=self._settings.cluster.backup_days,
            db_subnet_group_name=subnets.name,
            db_cluster_parameter_group_name=parameters.name,
            vpc_security_group_ids=[group.id],
            copy_tags_to_snapshot=True,
            # What is in it came from a dump and can be loaded again.
            skip_final_snapshot=True,
            tags=self._named("cluster"),
            # Rotated from then on: the password is the secret's business.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["masterPassword"]),
        )

    def _instance(self, cluster: aws.rds.Cluster, number: int) -> aws.rds.ClusterInstance:
        return aws.rds.ClusterInstance(
            f"{self._name}-{number}",
            identifier=f"{self._settings.cluster.identifier}-{number}",
            cluster_identifier=cluster.id,
            engine=ENGINE,
            instance_class=self._settings.cluster.instance_class,
            publicly_accessible=False,
            tags=self._named(str(number)),
            opts=self._child,
        )

    def _rotation(
        self,
        secret: aws.secretsmanager.Secret,
        cluster: aws.rds.Cluster,
        password: pulumi.Output[str],
        instances: Sequence[pulumi.Resource],
    ) -> aws.secretsmanager.SecretRotation:
        """Make the first version, in the form that AWS's rotation functions read, and rotate it at once."""
        value = {
            "engine": "mysql",
            "host": cluster.endpoint,
            "port": PORT,
            "username": _ADMINISTRATOR,
            "password": password,
            "dbClusterIdentifier": self._settings.cluster.identifier,
        }
        version = aws.secretsmanager.SecretVersion(
            f"{self._name}-secret-first",
            secret_id=secret.id,
            secret_string=pulumi.Output.json_dumps(value),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["secretString"]),
        )
        return aws.secretsmanager.SecretRotation(
            f"{self._name}-rotation",
            secret_id=secret.id,
            rotation_lambda_arn=self._settings.cluster.rotation_lambda_arn,
            rotation_rules={"automatically_after_days": self._settings.cluster.rotation_days},
            rotate_immediately=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[version, *instances]),
        )
