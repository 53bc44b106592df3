"""The configuration of the demonstration's second refresh: the source document's names, in the account's network."""

from __future__ import annotations

from typing import Any

from sandbox.client import Sandbox

CLUSTER, SECRET = "nwac-test-db", "nwac-test/db/admin"
IMPORT_BUCKET, REPORTS_BUCKET = "nwac-test-db-import", "nwac-test-db-import-reports"
_NO_IMAGE = f"mysql-client@sha256:{'0' * 64}"  # the sandbox runs a task's command with this machine's programs


def network(world: Sandbox) -> dict[str, Any]:
    """Give the account's own network and two of its subnets."""
    ec2 = world.session().client("ec2")
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    return {"vpc_id": vpc["VpcId"], "subnet_ids": [one["SubnetId"] for one in subnets[:2]]}


def settings(world: Sandbox, schema: str) -> dict[str, Any]:
    """Give the value of `understudy:aurora`, with no dump yet.

    Args:
        world: The sandbox, whose account has a network.
        schema: The schema to refresh.
    """
    return {
        "schema": schema,
        "names": {
            "import_bucket": IMPORT_BUCKET,
            "reports_bucket": REPORTS_BUCKET,
            "loader_role": "nwac-test-db-loader",
            "document": "NWACTest-DBRefresh",
            "secret": SECRET,
        },
        "cluster": {
            "name": CLUSTER,
            "instances": 1,
            "rotation_lambda_arn": "arn:aws:lambda:eu-central-1:123456789012:function:rotate",
        },
        "network": network(world),
        "images": {"load": _NO_IMAGE},
        "ca_bundle_path": "/etc/ssl/certs/rds-global-bundle.pem",  # in a task of the sandbox, its own authority's
    }
