"""The example of the source document, for the tests of the second refresh."""

import json

from components.aurora_automation import Automation, Network
from components.aurora_restore import RestoreTarget
from components.aurora_settings import EXAMPLE, parse

ZEROS = "0" * 64
# The example with everything that can be asked for.
FULL = {
    **json.loads(EXAMPLE),
    "images": {"load": f"example/mysql@sha256:{ZEROS}", "migrations": f"example/intake@sha256:{ZEROS}"},
    "migrations": ["node", "migrationRunner.js", "--strict"],
    "derived": [["node", "derive.js"]],
    "smoke": {"urls": ["https://intake.test.example.org/healthz", "http://10.20.0.5:8080/api/status"]},
}
MADE = {
    "name": "nwac-test-db",
    "rotation_lambda_arn": "arn:aws:lambda:eu-central-1:123456789012:function:rotate",
    "instances": 2,
}


def settings(**changes):
    return parse(json.dumps({**FULL, **changes}))


AUTOMATION = Automation(
    description="Refresh",
    role_arn="arn:aws:iam::123456789012:role/nwac-test-db-loader",
    ecs_cluster="arn:aws:ecs:eu-central-1:123456789012:cluster/tasks",
    load_task="arn:aws:ecs:eu-central-1:123456789012:task-definition/load:1",
    load_family="load",
    migrations_task="arn:aws:ecs:eu-central-1:123456789012:task-definition/migrations:1",
    network=Network(subnet_ids=("subnet-1", "subnet-2"), security_group_ids=("sg-tasks",), assign_public_ip=False),
    migrations=("node", "migrationRunner.js", "--strict"),
    derived=(("node", "derive.js"),),
    request={
        "space": "understudy/test",
        "cluster_id": "nwac-test-db",
        "schema": "iset_intake",
        "endpoint": "nwac-test-db.cluster-x.eu-central-1.rds.amazonaws.com",
        "log_group": "/understudy/NWACTest-DBRefresh",
        "reports_bucket": "nwac-test-db-import-reports",
        "topic_arn": "arn:aws:sns:eu-central-1:123456789012:topic",
    },
    task_timeout_seconds=3600,
    restore=RestoreTarget(
        engine="aurora-mysql",
        subnet_group="subnets",
        parameter_group="parameters",
        security_group_ids=("sg-cluster",),
        instance_class="db.r6g.large",
        instances=2,
    ),
)
