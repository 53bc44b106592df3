"""The real services that an outcome is told through, behind `TellingPort`; every error is wrapped where it comes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from functools import cached_property
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from refresh.aws import Metric
from refresh.boto.errors import is_code, wrapped

_LONGEST_SUBJECT = 100  # SNS: ASCII, no line break, at most so many characters
# Telling comes at the end of a refresh, whose outcome must not wait for it for long.
_HASTY = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})


class Telling:
    """CloudWatch Logs, SNS and CloudWatch; a client is made when it is needed first."""

    def __init__(self, session: Any) -> None:
        """Take a session."""
        self._session = session

    @cached_property
    def _logs(self) -> Any:
        return self._session.client("logs", config=_HASTY)

    @cached_property
    def _sns(self) -> Any:
        return self._session.client("sns", config=_HASTY)

    @cached_property
    def _cloudwatch(self) -> Any:
        return self._session.client("cloudwatch", config=_HASTY)

    def log(self, group: str, stream: str, *messages: str) -> None:
        """Write events into a stream, which is made when it is not there."""
        with wrapped(f"PutLogEvents {group} {stream}"):
            try:
                self._logs.create_log_stream(logGroupName=group, logStreamName=stream)
            except ClientError as error:
                if not is_code(error, "ResourceAlreadyExistsException"):
                    raise
            now_ms = int(datetime.now(timezone.utc).timestamp() * 1000)
            events = [{"timestamp": now_ms, "message": message} for message in messages]
            self._logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    def publish(self, topic_arn: str, subject: str, message: str) -> None:
        """Tell the subscribers."""
        short = " ".join(subject.encode("ascii", "replace").decode().split())[:_LONGEST_SUBJECT]
        with wrapped(f"Publish {topic_arn}"):
            self._sns.publish(TopicArn=topic_arn, Subject=short, Message=message)

    def measure(self, namespace: str, dimensions: Mapping[str, str], metrics: Sequence[Metric]) -> None:
        """Put values of metrics, all of this moment."""
        named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        now = datetime.now(timezone.utc)
        data = [
            {"MetricName": each.name, "Dimensions": named, "Timestamp": now, "Value": each.value, "Unit": each.unit}
            for each in metrics
        ]
        with wrapped(f"PutMetricData {namespace}"):
            self._cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)
