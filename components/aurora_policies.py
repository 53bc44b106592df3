"""What the second refresh's roles and bucket allow, as IAM policy statements. Plain Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components import watch_documents as watch
from components.host_policies import Place, Statement, allow
from refresh.holdings import SPACE_TAG

_OWN_OBJECT_TAGS = ("Environment", "DataClass", "LastKnownGood")


@dataclass(frozen=True, kw_only=True)
class AuroraScope:
    """What the loader's policy is bound to.

    Attributes:
        place: Partition, region and account.
        space: `<project>/<stack>`, the value of the stack's tags.
        cluster_id: The live cluster; what is restored from it is named after it.
        subnet_group: Its subnet group.
        parameter_group: Its cluster parameter group.
        import_arn: The import bucket.
        reports_arn: The reports bucket.
        toolkit_arn: The bucket with the toolkit.
        key_arn: The key of buckets and cluster.
        secret_arn: The administrator's secret.
        log_group_arn: The tasks' log group.
        topic_arn: Where outcomes are published.
        topic_key_arn: The topic's key.
        ecs_cluster_arn: The tasks' cluster.
        families: Families of the task definitions.
        role_arns: The roles that tasks run with; the loader's first, which the automation acts with too.
        document_arn: The automation, as who starts it names it.
    """

    place: Place
    space: str
    cluster_id: str
    subnet_group: str
    parameter_group: str
    import_arn: str
    reports_arn: str
    toolkit_arn: str
    key_arn: str
    secret_arn: str
    log_group_arn: str
    topic_arn: str
    topic_key_arn: str
    ecs_cluster_arn: str
    families: Sequence[str]
    role_arns: Sequence[str]
    document_arn: str


def may_assume(place: Place, *services: str) -> dict[str, Any]:
    """Return who takes a role: services, for this account alone."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": [f"{service}.amazonaws.com" for service in services]},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": place.account_id}},
            }
        ],
    }


def loader(scope: AuroraScope) -> list[Statement]:
    """Return what the automation and the load's tasks need, which is one role's."""
    return [*_files(scope), *_secrets(scope), *_told(scope), *_tasks(scope), *_clusters(scope)]


def migrations(scope: AuroraScope) -> list[Statement]:
    """Return what the user's image needs: the administrator's credentials and nothing else of AWS."""
    return _secrets(scope)


def puller(scope: AuroraScope) -> list[Statement]:
    """Return what Fargate itself needs before a task's command runs: its image and its log."""
    images = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    return [
        allow("Login", "ecr:GetAuthorizationToken", "*"),
        allow("Images", images, scope.place.arn("ecr", "repository/*")),
        _logs(scope),
    ]


def operator(scope: AuroraScope) -> list[Statement]:
    """Return what whoever runs refreshes needs: upload dumps, start that automation, follow it, read its reports."""
    passed = {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}}
    looking = ["ssm:GetAutomationExecution", "ssm:DescribeAutomationExecutions", "ssm:DescribeAutomationStepExecutions"]
    return [
        allow("Start", "ssm:StartAutomationExecution", f"{scope.document_arn}:*"),
        allow("GiveLoader", "iam:PassRole", scope.role_arns[0], passed),
        allow("Follow", looking, "*"),
        allow("Upload", ["s3:PutObject", "s3:PutObjectTagging"], f"{scope.import_arn}/*"),
        allow("ReadDumps", ["s3:GetObject", "s3:GetObjectTagging"], f"{scope.import_arn}/*"),
        allow("ReadReports", "s3:GetObject", f"{scope.reports_arn}/*"),
        allow("Lists", "s3:ListBucket", [scope.import_arn, scope.reports_arn]),
        allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], scope.key_arn),
        *watch.setting_alarms(scope.place, scope.space, watch.AURORA),
    ]


def only_scrubbed(bucket_arn: str) -> dict[str, Any]:
    """Return the import bucket's policy: TLS only, and no object that does not say that it is scrubbed.

    A tag that is not given fails a negated comparison's opposite: StringNotEquals holds for a missing key, so an
    upload without tags is denied too. Nor may the tags be put on or taken away afterwards, but by the loader's role.
    """
    deny = {"Effect": "Deny", "Principal": "*"}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                **deny,
                "Sid": "TlsOnly",
                "Action": "s3:*",
                "Resource": [bucket_arn, f"{bucket_arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            *(
                {
                    **deny,
                    "Sid": f"Tagged{tag}",
                    "Action": ["s3:PutObject", "s3:PutObjectTagging"],
                    "Resource": f"{bucket_arn}/*",
                    "Condition": {"StringNotEquals": {f"s3:RequestObjectTag/{tag}": value}},
                }
                for tag, value in (("DataClass", "scrubbed"), ("Environment", "test"))
            ),
        ],
    }


def tls_only(bucket_arn: str) -> dict[str, Any]:
    """Return the reports bucket's policy."""
    return {"Version": "2012-10-17", "Statement": only_scrubbed(bucket_arn)["Statement"][:1]}


def _files(scope: AuroraScope) -> list[Statement]:
    """Read dumps, mark one of them as good, write reports. No dump is written: preparing them is somebody else's."""
    scrubbed = {
        "StringEquals": {"s3:ExistingObjectTag/DataClass": "scrubbed"},
        "ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": list(_OWN_OBJECT_TAGS)},
    }
    dumps = f"{scope.import_arn}/*"
    return [
        allow("Dumps", ["s3:GetObject", "s3:GetObjectTagging"], dumps),
        allow("MarkGood", "s3:PutObjectTagging", dumps, scrubbed),
        allow("Lists", "s3:ListBucket", [scope.import_arn, scope.reports_arn]),
        allow("Reports", ["s3:GetObject", "s3:PutObject"], f"{scope.reports_arn}/*"),
        allow("Toolkit", "s3:GetObject", f"{scope.toolkit_arn}/aurora/*"),
        allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], scope.key_arn),
    ]


def _secrets(scope: AuroraScope) -> list[Statement]:
    """Read the credentials. Whichever key they lie under opens to nothing else, if its own policy lets it."""
    context = {
        "kms:ViaService": f"secretsmanager.{scope.place.region}.amazonaws.com",
        "kms:EncryptionContext:SecretARN": scope.secret_arn,
    }
    keys = scope.place.arn("kms", "key/*")
    return [
        allow("Credentials", ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], scope.secret_arn),
        allow("CredentialsKey", "kms:Decrypt", keys, {"StringEquals": context}),
    ]


def _logs(scope: AuroraScope) -> Statement:
    return allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], f"{scope.log_group_arn}:*")


def _told(scope: AuroraScope) -> list[Statement]:
    executions = scope.place.arn("ssm", "automation-execution/*")
    through_sns = {"StringEquals": {"kms:ViaService": f"sns.{scope.place.region}.amazonaws.com"}}
    return [
        _logs(scope),
        allow("ReadLogs", "logs:GetLogEvents", f"{scope.log_group_arn}:*"),
        allow("Outcome", "sns:Publish", scope.topic_arn),
        watch.measuring(),
        allow("OutcomeKey", ["kms:Decrypt", "kms:GenerateDataKey"], scope.topic_key_arn, through_sns),
        # Whether the execution that began another refresh is over.
        allow("Executions", "ssm:GetAutomationExecution", executions),
    ]


def _tasks(scope: AuroraScope) -> list[Statement]:
    place, within = scope.place, {"ArnEquals": {"ecs:cluster": scope.ecs_cluster_arn}}
    definitions = [place.arn("ecs", f"task-definition/{family}:*") for family in scope.families]
    tasks = place.arn("ecs", f"task/{scope.ecs_cluster_arn.rpartition('/')[2]}/*")
    passed = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    return [
        allow("RunTasks", "ecs:RunTask", definitions, within),
        allow("OwnTasks", ["ecs:DescribeTasks", "ecs:StopTask"], tasks, within),
        allow("ListTasks", "ecs:ListTasks", "*", within),
        allow("GiveRoles", "iam:PassRole", list(scope.role_arns), passed),
    ]


def _clusters(scope: AuroraScope) -> list[Statement]:
    """Look at clusters, restore the live one beside itself, remove what carries the stack's tag; never the live one."""
    place = scope.place
    restored = [place.arn("rds", f"{kind}:{scope.cluster_id}-*") for kind in ("cluster", "db")]
    makes = ["rds:RestoreDBClusterToPointInTime", "rds:CreateDBInstance", "rds:AddTagsToResource"]
    groups = [place.arn("rds", f"subgrp:{scope.subnet_group}"), place.arn("rds", f"cluster-pg:{scope.parameter_group}")]
    born = {"StringEquals": {f"aws:RequestTag/{SPACE_TAG}": scope.space}}
    own = {"StringEquals": {f"aws:ResourceTag/{SPACE_TAG}": scope.space}}
    live, pg = place.arn("rds", f"cluster:{scope.cluster_id}"), place.arn("rds", "pg:default.*")
    return [
        allow("LookAtClusters", ["rds:DescribeDBClusters", "rds:DescribeDBInstances"], "*"),
        allow("RestoreFrom", ["rds:RestoreDBClusterToPointInTime", "rds:CreateDBInstance"], [*groups, pg]),
        allow("RestoreLive", "rds:RestoreDBClusterToPointInTime", live),
        allow("RestoreTo", makes, restored, born),
        allow("Gone", ["rds:DeleteDBCluster", "rds:DeleteDBInstance"], restored, own),
    ]
