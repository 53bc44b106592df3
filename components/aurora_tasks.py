"""AuroraTasks: the ECS cluster, the roles and the task definitions with which the automation does its work."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pulumi
import pulumi_aws as aws

from components import aurora_policies as policies
from components.aurora_automation import CONTAINER
from components.aurora_policies import AuroraScope
from components.aurora_server import Server
from components.aurora_settings import AuroraSettings
from components.host_policies import Place, policy

_SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "automation" / "run_task.sh"
_HTTPS_PORT = 443
_PORTS = {"http": 80, "https": _HTTPS_PORT}
_USERS_CPU, _USERS_MEMORY_MIB = 512, 1024


@dataclass(frozen=True, kw_only=True)
class AuroraTasksArgs:
    """Arguments of AuroraTasks.

    Attributes:
        settings: The settings of the second refresh.
        place: Partition, region and account.
        space: `<project>/<stack>`.
        server: The cluster.
        toolkit: bucket, key and sha256 of the tasks' toolkit.
        toolkit_arn: The bucket that it lies in.
        import_arn: The import bucket.
        reports_arn: The reports bucket.
        key_arn: The key of buckets and cluster.
        log_group: The tasks' log group.
        topic_arn: Where outcomes are published.
        topic_key_arn: The topic's key.
        tags: Tags of everything in it.
    """

    settings: AuroraSettings
    place: Place
    space: str
    server: Server
    toolkit: Mapping[str, pulumi.Input[str]]
    toolkit_arn: pulumi.Output[str]
    import_arn: pulumi.Output[str]
    reports_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    log_group: aws.cloudwatch.LogGroup
    topic_arn: pulumi.Output[str]
    topic_key_arn: pulumi.Output[str]
    tags: Mapping[str, str]


class AuroraTasks(pulumi.ComponentResource):
    """The loader's role, which the automation and the load's tasks share, and what tasks are started from."""

    def __init__(self, name: str, args: AuroraTasksArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make cluster, roles, security group and task definitions; see AuroraTasksArgs."""
        super().__init__("understudy:components:AuroraTasks", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)
        loader = args.settings.names.loader_role
        self._families = {"load": f"{loader}-load", "migrations": f"{loader}-migrations"}
        self.cluster = aws.ecs.Cluster(name, name=loader, tags=self._tags(loader), opts=self._child)
        group = self._security_group()
        self.loader = self._role("loader", loader, "ecs-tasks", "ssm")
        puller = self._role("puller", f"{loader}-pull", "ecs-tasks")
        users = self._role("migrations", f"{loader}-migrations", "ecs-tasks") if self._has_users_image else None
        roles = [self.loader, puller, *([users] if users else [])]
        scope = self.scope = self._scope(roles)
        self._policies = [
            self._policy("loader", self.loader, scope.apply(policies.loader)),
            self._policy("puller", puller, scope.apply(policies.puller)),
            *([self._policy("migrations", users, scope.apply(policies.migrations))] if users else []),
        ]
        self.load_task = self._load(puller)
        self.migrations_task = self._migrations(puller, users) if users else None
        self.security_group_ids = [group.id, *args.server.task_security_group_ids]
        self.register_outputs({"loader_role_arn": self.loader.arn})

    @property
    def _has_users_image(self) -> bool:
        return bool(self._args.settings.migrations or self._args.settings.derived)

    def _tags(self, called: str) -> dict[str, str]:
        return {**self._args.tags, "Name": called}

    def _security_group(self) -> aws.ec2.SecurityGroup:
        """Let tasks out to AWS's services, registries and what the smoke tests ask, and nobody in."""
        ports = {_HTTPS_PORT, *map(_port, self._args.settings.smoke.urls)}
        rules = [
            {
                "description": f"Port {port}",
                "protocol": "tcp",
                "from_port": port,
                "to_port": port,
                "cidr_blocks": ["0.0.0.0/0"],
            }
            for port in sorted(ports)
        ]
        return aws.ec2.SecurityGroup(
            f"{self._name}-tasks",
            description="Tasks of the Aurora refresh",
            vpc_id=self._args.settings.network.vpc_id,
            ingress=[],
            egress=rules,
            tags=self._tags(f"{self._name}-tasks"),
            opts=self._child,
        )

    def _role(self, role: str, called: str, *services: str) -> aws.iam.Role:
        return aws.iam.Role(
            f"{self._name}-{role}",
            name=called,
            assume_role_policy=json.dumps(policies.may_assume(self._args.place, *services)),
            tags=self._tags(called),
            opts=self._child,
        )

    def _scope(self, roles: Sequence[aws.iam.Role]) -> pulumi.Output[AuroraScope]:
        args = self._args
        known: pulumi.Output[dict[str, Any]] = pulumi.Output.all(
            subnet_group=args.server.subnet_group,
            parameter_group=args.server.parameter_group,
            import_arn=args.import_arn,
            reports_arn=args.reports_arn,
            toolkit_arn=args.toolkit_arn,
            key_arn=args.key_arn,
            secret_arn=args.server.secret_arn,
            log_group_arn=args.log_group.arn,
            topic_arn=args.topic_arn,
            topic_key_arn=args.topic_key_arn,
            ecs_cluster_arn=self.cluster.arn,
            role_arns=pulumi.Output.all(*(role.arn for role in roles)),
        )
        document = args.place.arn("ssm", f"automation-definition/{args.settings.names.document}")
        cluster_id, families = args.settings.cluster.identifier, list(self._families.values())
        return known.apply(
            lambda at: AuroraScope(
                place=args.place,
                space=args.space,
                cluster_id=cluster_id,
                families=families,
                document_arn=document,
                **at,
            )
        )

    def _policy(self, role: str, of: aws.iam.Role, statements: pulumi.Output[Any]) -> aws.iam.RolePolicy:
        return aws.iam.RolePolicy(
            f"{self._name}-{role}-policy",
            role=of.name,
            policy=statements.apply(lambda found: json.dumps(policy(found))),
            opts=self._child,
        )

    def _load(self, puller: aws.iam.Role) -> aws.ecs.TaskDefinition:
        """Make the load's task: the verb comes behind its entry point."""
        settings, toolkit = self._args.settings, self._args.toolkit
        environment = {f"UNDERSTUDY_TOOLKIT_{name.upper()}": value for name, value in toolkit.items()}
        container = {
            "image": settings.images.load,
            "entryPoint": ["sh", "-c", _SCRIPT.read_text(encoding="utf-8"), "run_task"],
        }
        task = settings.task
        return self._definition("load", container, environment, (puller, self.loader), (task.cpu, task.memory_mib))

    def _migrations(self, puller: aws.iam.Role, users: aws.iam.Role) -> aws.ecs.TaskDefinition:
        """Make the task of the user's image: it is told the candidate schema, never the live one."""
        settings, server = self._args.settings, self._args.server
        environment = {
            "DB_HOST": server.endpoint,
            "DB_PORT": pulumi.Output.from_input(server.port).apply(str),
            "DB_NAME": f"{settings.schema_name}__next",
            "DB_SECRET_ARN": server.secret_arn,
            "DB_CA_BUNDLE": settings.ca_bundle_path,
        }
        usual = settings.migrations or settings.derived[0]
        container = {"image": settings.images.migrations, "command": list(usual)}
        sizes = (_USERS_CPU, _USERS_MEMORY_MIB)
        return self._definition("migrations", container, environment, (puller, users), sizes)

    def _definition(
        self,
        role: str,
        container: Mapping[str, Any],
        environment: Mapping[str, pulumi.Input[str]],
        roles: tuple[aws.iam.Role, aws.iam.Role],
        sizes: tuple[int, int],
    ) -> aws.ecs.TaskDefinition:
        """Make a task definition of one container.

        Args:
            role: load or migrations.
            container: What it has beside name, log and environment.
            environment: Its variables.
            roles: The role that starts it and the role that it acts with.
            sizes: CPU units and MiB.
        """
        definition = {
            **container,
            "name": CONTAINER,
            "essential": True,
            "environment": [{"name": name, "value": value} for name, value in environment.items()],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": self._args.log_group.name,
                    "awslogs-region": self._args.place.region,
                    "awslogs-stream-prefix": role,
                },
            },
        }
        puller, acting = roles
        return aws.ecs.TaskDefinition(
            f"{self._name}-{role}-task",
            family=self._families[role],
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(sizes[0]),
            memory=str(sizes[1]),
            ephemeral_storage={"size_in_gib": self._args.settings.task.disk_gib},
            execution_role_arn=puller.arn,
            task_role_arn=acting.arn,
            container_definitions=pulumi.Output.json_dumps([definition]),
            tags=self._tags(self._families[role]),
            # A task must not be started before its roles can do what it needs.
            opts=pulumi.ResourceOptions(parent=self, depends_on=self._policies),
        )


def _port(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or _PORTS[parts.scheme]
