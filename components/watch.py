"""Watch: where a refresh tells what it came to, and the alarms that speak when one fails or none comes."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components import watch_documents as documents
from components.host_policies import Place
from components.settings import Settings
from refresh.watch import metrics

_LOG_DAYS = 365
_KEY_DELETION_DAYS = 7
_MINUTE_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class WatchArgs:
    """Arguments of Watch.

    Attributes:
        place: Partition, region and account.
        space: `<project>/<stack>`.
        notify_emails: Who gets the messages, each after confirming.
        data_age_limit_hours: The age of staging's data that raises an alarm; 0 for none.
        tags: Tags of everything in it.
    """

    place: Place
    space: str
    notify_emails: Sequence[str]
    data_age_limit_hours: int
    tags: Mapping[str, str]

    @classmethod
    def of(cls, settings: Settings, place: Place) -> "WatchArgs":
        """Return the arguments for a stack with these settings."""
        return cls(
            place=place,
            space=settings.space,
            notify_emails=settings.notify_emails,
            data_age_limit_hours=settings.data_age_limit_hours,
            tags=settings.tags,
        )


class Watch(pulumi.ComponentResource):
    """A topic with its subscribers, a log group, both under a key; alarms and a dashboard once there is a refresh."""

    def __init__(self, name: str, args: WatchArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make key, log group and topic; see WatchArgs."""
        super().__init__("understudy:components:Watch", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)
        self._slug = documents.slug(args.space)
        self.key = self._make_key()
        self.log_group = aws.cloudwatch.LogGroup(
            f"{name}-log",
            name=documents.log_group_name(args.space),
            retention_in_days=_LOG_DAYS,
            kms_key_id=self.key.arn,
            tags=self._named("log"),
            opts=self._child,
        )
        self.topic = self._make_topic()
        self._policy = self._make_policy()
        self.register_outputs({"topic_arn": self.topic.arn})

    @property
    def outputs(self) -> dict[str, pulumi.Input[str]]:
        """What the stack says of it."""
        return {**self.inputs, "dashboard": self._slug, "policy_arn": self._policy.arn}

    @property
    def inputs(self) -> dict[str, pulumi.Output[str]]:
        """Where a refresh tells its outcome, as an input of its resource."""
        return {"topic_arn": self.topic.arn, "log_group": self.log_group.name}

    def look_at(self, data_as_of: pulumi.Output[str] | None, staging_instance_id: pulumi.Input[str]) -> None:
        """Declare alarms and dashboard; the age counts from the moment of what staging serves by now.

        Args:
            data_as_of: That moment, by the latest refresh or switch; None before the first.
            staging_instance_id: Staging's host.
        """
        failed = self._failure_alarm()
        aged = None
        if data_as_of is not None and self._args.data_age_limit_hours:
            aged = self._age_alarm(data_as_of, staging_instance_id)
        arns = pulumi.Output.all(failed.arn, *([aged.arn] if aged else []))
        aws.cloudwatch.Dashboard(
            f"{self._name}-dashboard",
            dashboard_name=self._slug,
            dashboard_body=arns.apply(self._dashboard),
            opts=self._child,
        )

    def _named(self, role: str) -> dict[str, str]:
        return {**self._args.tags, "Name": f"{self._name}-{role}"}

    def _make_key(self) -> aws.kms.Key:
        return aws.kms.Key(
            f"{self._name}-key",
            description=f"Messages and logs of refreshes of {self._args.space}",
            enable_key_rotation=True,
            deletion_window_in_days=_KEY_DELETION_DAYS,
            policy=json.dumps(documents.key_policy(self._args.place, self._args.space)),
            tags=self._named("key"),
            opts=self._child,
        )

    def _make_topic(self) -> aws.sns.Topic:
        topic = aws.sns.Topic(
            f"{self._name}-topic",
            name=self._slug,
            kms_master_key_id=self.key.arn,
            tags=self._named("topic"),
            opts=self._child,
        )
        place, space = self._args.place, self._args.space
        aws.sns.TopicPolicy(
            f"{self._name}-topic-policy",
            arn=topic.arn,
            policy=topic.arn.apply(lambda arn: json.dumps(documents.topic_policy(place, space, arn))),
            opts=self._child,
        )
        for address in self._args.notify_emails:
            aws.sns.TopicSubscription(
                f"{self._name}-email-{hashlib.sha256(address.encode()).hexdigest()[:8]}",
                topic=topic.arn,
                protocol="email",
                endpoint=address,
                opts=self._child,
            )
        return topic

    def _make_policy(self) -> aws.iam.Policy:
        """Make the managed policy for whoever runs refreshes; in one with the rest it is longer than IAM takes."""
        args, known = self._args, pulumi.Output.all(self.topic.arn, self.log_group.arn, self.key.arn)
        return aws.iam.Policy(
            f"{self._name}-teller",
            description=f"Tell how refreshes of {args.space} end",
            policy=known.apply(lambda arns: json.dumps(documents.teller_policy(args.place, args.space, *arns))),
            tags=self._named("teller"),
            opts=self._child,
        )

    def _failure_alarm(self) -> aws.cloudwatch.MetricAlarm:
        """Declare the alarm that a failed refresh raises, and that only the next good one takes back.

        `ignore` keeps the state while no refresh runs.
        """
        return aws.cloudwatch.MetricAlarm(
            f"{self._name}-failed",
            name=documents.failure_alarm(self._args.space),
            alarm_description=_described(self._args.space, "the latest refresh failed, gave up or switched back"),
            namespace=metrics.NAMESPACE,
            metric_name=metrics.FAILED,
            dimensions={metrics.SPACE: self._args.space, metrics.EVENT: "refresh"},
            statistic="Maximum",
            period=_MINUTE_SECONDS,
            evaluation_periods=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=1,
            treat_missing_data="ignore",
            **self._told("failed"),
        )

    def _age_alarm(
        self, data_as_of: pulumi.Output[str], staging_instance_id: pulumi.Input[str]
    ) -> aws.cloudwatch.MetricAlarm:
        """Declare the alarm that old data raises, whether or not anything runs any more.

        `breaching`: should CloudWatch have no value, that is no good news.
        """
        hours = self._args.data_age_limit_hours
        known = pulumi.Output.all(data_as_of, staging_instance_id)
        what = f"staging's data is older than {hours} hours"
        return aws.cloudwatch.MetricAlarm(
            f"{self._name}-data-age",
            name=documents.age_alarm(self._args.space),
            alarm_description=_described(self._args.space, what),
            metric_queries=known.apply(lambda both: documents.age_queries(*both)),
            evaluation_periods=1,
            comparison_operator="GreaterThanThreshold",
            threshold=hours,
            treat_missing_data="breaching",
            **self._told("data-age"),
        )

    def _told(self, role: str) -> dict[str, Any]:
        """Return what all alarms have: the topic for raising and for taking back, tags, and this as the parent."""
        actions = [self.topic.arn]
        return {"alarm_actions": actions, "ok_actions": actions, "tags": self._named(role), "opts": self._child}

    def _dashboard(self, alarm_arns: Sequence[str]) -> str:
        age_alarm_arn = alarm_arns[1] if len(alarm_arns) > 1 else None
        region = self._args.place.region
        return json.dumps(documents.dashboard(self._args.space, region, alarm_arns, age_alarm_arn))


def _described(space: str, what: str) -> str:
    return f"{space}: {what}. What to do: runbook.md#alarms"
