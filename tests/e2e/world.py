"""What a stack has in AWS, and what was asked of AWS, as tests see it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from sandbox.client import Sandbox

SPACE_TAG = "understudy:space"
ROLE_TAG = "understudy:role"
# How long a client may miss staging, as a share of the refresh: seconds depend on what else this machine does. The demo
# prints them.
MOST_OF_A_REFRESH = 0.1
READS = ("Describe", "Get", "List", "Head", "GET ", "HEAD ", "AssumeRole")


class Inventory:
    """Volumes and snapshots of one stack of a sandbox, and the calls made from this machine."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._ec2 = sandbox.session().client("ec2")
        self._ssm = sandbox.session().client("ssm")
        self._s3 = sandbox.session().client("s3")
        self._iam = sandbox.session().client("iam")
        self._sns, self._logs, self._cloudwatch = map(sandbox.session().client, ("sns", "logs", "cloudwatch"))
        self._space = [{"Name": f"tag:{SPACE_TAG}", "Values": [f"understudy/{sandbox.name}"]}]

    def volumes(self) -> dict[str, list[str]]:
        """List the refreshes' volumes by role."""
        found: dict[str, list[str]] = {}
        for volume in self._ec2.describe_volumes(Filters=self._space)["Volumes"]:
            found.setdefault(_tags(volume)[ROLE_TAG], []).append(volume["VolumeId"])
        return found

    def snapshots(self, role: str = "snapshot") -> list[str]:
        """List the refreshes' snapshots: those of production, or the golden ones."""
        found = self._ec2.describe_snapshots(Filters=self._space)["Snapshots"]
        return [each["SnapshotId"] for each in found if _tags(each)[ROLE_TAG] == role]

    def everything(self) -> Counter[str]:
        """Count all that this AWS holds, by kind; what is equal before and after left nothing over."""
        states = [{"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]
        hosts = self._ec2.describe_instances(Filters=states)["Reservations"]
        own_documents = [{"Key": "Owner", "Values": ["Self"]}]
        return Counter(
            instances=sum(len(one["Instances"]) for one in hosts),
            volumes=len(self._ec2.describe_volumes()["Volumes"]),
            snapshots=len(self._ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]),
            vpcs=len(self._ec2.describe_vpcs()["Vpcs"]),
            subnets=len(self._ec2.describe_subnets()["Subnets"]),
            security_groups=len(self._ec2.describe_security_groups()["SecurityGroups"]),
            endpoints=sum(one["State"] != "deleted" for one in self._ec2.describe_vpc_endpoints()["VpcEndpoints"]),
            network_interfaces=len(self._ec2.describe_network_interfaces()["NetworkInterfaces"]),
            documents=len(self._ssm.list_documents(Filters=own_documents)["DocumentIdentifiers"]),
            buckets=len(self._s3.list_buckets()["Buckets"]),
            roles=len(self._iam.list_roles()["Roles"]),
            topics=len(self._sns.list_topics()["Topics"]),
            subscriptions=len(self._sns.list_subscriptions()["Subscriptions"]),
            log_groups=len(self._logs.describe_log_groups()["logGroups"]),
            alarms=len(self._cloudwatch.describe_alarms()["MetricAlarms"]),
            dashboards=len(self._cloudwatch.list_dashboards()["DashboardEntries"]),
            policies=len(self._iam.list_policies(Scope="Local")["Policies"]),
        )

    def calls(self) -> Counter[str]:
        """Count the calls made from this machine so far, by operation."""
        return Counter(call["operation"] for call in self._sandbox.trail() if call["status"] < 400)

    def changes_since(self, before: Counter[str]) -> Counter[str]:
        """Count the calls since then that were no mere reads."""
        made = self.calls() - before
        return Counter({name: times for name, times in made.items() if not name.startswith(READS)})


def took(sandbox: Sandbox, outputs: dict[str, Any]) -> float:
    """Return the seconds that the steps of the latest refresh took, by its ledger."""
    s3, key = sandbox.session().client("s3"), f"ledger/{outputs['refresh_id']}.json"
    ledger = json.loads(s3.get_object(Bucket=outputs["reports_bucket"], Key=key)["Body"].read())
    return float(sum(step.get("seconds", 0.0) for step in ledger["steps"].values()))


def _tags(thing: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in thing.get("Tags", [])}
