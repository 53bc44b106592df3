"""The second refresh: an Aurora MySQL test cluster from a scrubbed dump; nothing where no setting asks for it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

from components import aurora_policies as policies
from components.aurora_adoption import ENGINE
from components.aurora_automation import Automation, Network, document
from components.aurora_cluster import server_of
from components.aurora_refresh import AuroraRefresh, AuroraRefreshArgs
from components.aurora_restore import RestoreTarget
from components.aurora_settings import AuroraSettings
from components.aurora_stores import AuroraStores
from components.aurora_tasks import AuroraTasks, AuroraTasksArgs
from components.host_policies import Place, policy
from components.settings import Settings
from components.toolkit import Toolkit
from components.watch import Watch

_ROOT = Path(__file__).resolve().parent.parent
# What a task runs: the refresh, with what reads dumps and rules.
_PACKAGES = ("anonymizer", "dumps", "refresh")
_SECONDS_A_MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class AuroraArgs:
    """Arguments of Aurora: the stack's settings and those of the second refresh, where it is, toolkit and topic."""

    settings: Settings
    aurora: AuroraSettings
    place: Place
    toolkit: Toolkit
    watch: Watch


def aurora_of(settings: Settings, place: Place, toolkit: Toolkit, watch: Watch) -> Mapping[str, Any] | None:
    """Declare the second refresh, if the settings ask for it.

    Args:
        settings: The stack's settings.
        place: Partition, region and account.
        toolkit: The bucket for the tasks' toolkit.
        watch: Where its outcomes are told.

    Returns:
        Its outputs for the stack's; None where there is none.
    """
    if settings.aurora is None:
        return None
    args = AuroraArgs(settings=settings, aurora=settings.aurora, place=place, toolkit=toolkit, watch=watch)
    return Aurora("aurora", args).outputs


class Aurora(pulumi.ComponentResource):
    """Buckets, cluster, tasks, automation, and the refresh that starts it."""

    def __init__(self, name: str, args: AuroraArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it; see AuroraArgs."""
        super().__init__("understudy:components:Aurora", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)
        self._tags = args.settings.tags
        self._stores = AuroraStores(f"{name}-stores", args.settings.space, args.aurora, self._tags, self._child)
        region = args.settings.region
        self._server = server_of(f"{name}-cluster", args.aurora, region, self._stores.key.arn, self._tags, self)
        self._tasks = self._make_tasks()
        self._document = self._make_document()
        self._operator = self._operator_policy()
        refresh = self._refresh()
        self._watch(refresh)
        self.outputs = self._outputs(refresh)
        self.register_outputs(self.outputs)

    def _named(self, role: str) -> dict[str, str]:
        return {**self._tags, "Name": f"{self._name}-{role}"}

    def _make_tasks(self) -> AuroraTasks:
        args = self._args
        packages = [_ROOT / package for package in _PACKAGES]
        return AuroraTasks(
            f"{self._name}-tasks",
            AuroraTasksArgs(
                settings=args.aurora,
                place=args.place,
                space=args.settings.space,
                server=self._server,
                toolkit=args.toolkit.upload("aurora-archive", "aurora", packages),
                toolkit_arn=args.toolkit.bucket.arn,
                import_arn=self._stores.dumps.arn,
                reports_arn=self._stores.reports.arn,
                key_arn=self._stores.key.arn,
                log_group=self._stores.log_group,
                topic_arn=self._args.watch.topic.arn,
                topic_key_arn=self._args.watch.key.arn,
                tags=self._tags,
            ),
            self._child,
        )

    def _make_document(self) -> aws.ssm.Document:
        """Make the automation; its name is that of the source's command, without project or stack."""
        called = self._args.aurora.names.document
        return aws.ssm.Document(
            f"{self._name}-automation",
            name=called,
            document_type="Automation",
            document_format="JSON",
            content=self._automation().apply(lambda made: json.dumps(document(made), indent=1)),
            tags=self._named(called),
            opts=self._child,
        )

    def _operator_policy(self) -> aws.iam.Policy:
        """Make the managed policy for whoever runs refreshes, such as a pipeline."""
        called = f"{self._name}-operator"
        return aws.iam.Policy(
            called,
            description=f"Run Aurora refreshes of {self._args.settings.space}",
            policy=self._tasks.scope.apply(lambda scope: json.dumps(policy(policies.operator(scope)))),
            tags=self._named("operator"),
            opts=self._child,
        )

    def _automation(self) -> pulumi.Output[Automation]:
        tasks, server = self._tasks, self._server
        known: pulumi.Output[dict[str, Any]] = pulumi.Output.all(
            role_arn=tasks.loader.arn,
            ecs_cluster=tasks.cluster.arn,
            load_task=tasks.load_task.arn,
            load_family=tasks.load_task.family,
            migrations_task=tasks.migrations_task.arn if tasks.migrations_task else "",
            security_group_ids=tasks.security_group_ids,
            request=self._request(),
            subnet_group=server.subnet_group,
            parameter_group=server.parameter_group,
            cluster_security_group_ids=server.security_group_ids,
        )
        return known.apply(lambda at: automation_of(self._args.settings, self._args.aurora, at))

    def _request(self) -> dict[str, Any]:
        """Return what is the same in every request of a task."""
        aurora, server = self._args.aurora, self._server
        return {
            "space": self._args.settings.space,
            "region": self._args.settings.region,
            "import_bucket": self._stores.dumps.bucket_name,
            "reports_bucket": self._stores.reports.bucket_name,
            "cluster_id": aurora.cluster.identifier,
            "endpoint": server.endpoint,
            "port": server.port,
            "schema": aurora.schema_name,
            "secret_arn": server.secret_arn,
            "ca_bundle_path": aurora.ca_bundle_path,
            "clone": aurora.clone,
            "smoke": {"urls": list(aurora.smoke.urls), "command": list(aurora.smoke.command)},
            "migrations": aurora.migrations_sha256,
            "log_group": self._stores.log_group.name,
            "topic_arn": self._args.watch.topic.arn,
            "retention": {"previous_schemas": aurora.previous_schemas_kept},
            "limits": {},
        }

    def _refresh(self) -> AuroraRefresh | None:
        """Declare the refresh, once there is a dump."""
        settings, aurora = self._args.settings, self._args.aurora
        if aurora.dump_key is None:
            return None
        needs = [self._tasks, self._document, self._stores.dumps, self._stores.reports, *self._server.ready]
        return AuroraRefresh(
            f"{self._name}-refresh",
            AuroraRefreshArgs(
                dump_key=aurora.dump_key,
                expected_sha256=aurora.expected_sha256 or "",
                accepted_schema=aurora.accepted_schema or "",
                serve=str(aurora.serve),
                migrations=aurora.migrations_sha256,
                document=self._document.name,
                space=settings.space,
                region=settings.region,
                cluster_id=aurora.cluster.identifier,
                schema=aurora.schema_name,
                import_bucket=self._stores.dumps.bucket_name,
                reports_bucket=self._stores.reports.bucket_name,
            ),
            pulumi.ResourceOptions(parent=self, depends_on=needs),
        )

    def _watch(self, refresh: AuroraRefresh | None) -> None:
        """Declare alarms and dashboard beside the topic."""
        aurora, as_of = self._args.aurora, refresh.data_as_of if refresh else None
        watched = (aurora.cluster.identifier, aurora.data_age_limit_hours, aurora.log_group_name)
        self._args.watch.look_at_aurora(as_of, *watched)

    def _outputs(self, refresh: AuroraRefresh | None) -> dict[str, Any]:
        latest = ("refresh_id", "dump_sha256", "schema_sha256", "report", "execution_id", "data_as_of")
        return {
            "endpoint": self._server.endpoint,
            "import_bucket": self._stores.dumps.bucket_name,
            "reports_bucket": self._stores.reports.bucket_name,
            "key_arn": self._stores.key.arn,
            "document": self._document.name,
            "operator_policy_arn": self._operator.arn,
            "topic_arn": self._args.watch.topic.arn,
            "log_group": self._stores.log_group.name,
            "task_security_group_ids": self._tasks.security_group_ids,
            **({name: getattr(refresh, name) for name in latest} if refresh else {}),
        }


def automation_of(settings: Settings, aurora: AuroraSettings, at: Mapping[str, Any]) -> Automation:
    """Return what the document is made for.

    Args:
        settings: The stack's settings.
        aurora: Those of the second refresh.
        at: Where everything is, once that is known.
    """
    network = aurora.network
    return Automation(
        description=f"Load a scrubbed dump into {aurora.cluster.identifier} ({settings.space})",
        role_arn=at["role_arn"],
        ecs_cluster=at["ecs_cluster"],
        load_task=at["load_task"],
        load_family=at["load_family"],
        migrations_task=at["migrations_task"],
        network=Network(
            subnet_ids=network.subnet_ids,
            security_group_ids=at["security_group_ids"],
            assign_public_ip=network.assign_public_ip,
        ),
        migrations=aurora.migrations or (),
        derived=aurora.derived,
        request={**at["request"], "port": int(at["request"]["port"])},
        task_timeout_seconds=aurora.task.timeout_minutes * _SECONDS_A_MINUTE,
        restore=RestoreTarget(
            engine=ENGINE,
            subnet_group=at["subnet_group"],
            parameter_group=at["parameter_group"],
            security_group_ids=at["cluster_security_group_ids"],
            instance_class=aurora.cluster.instance_class,
            instances=aurora.cluster.instances,
        ),
    )
