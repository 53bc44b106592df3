"""CloudWatch's alarms: moto keeps them, and here they are evaluated, and tell their topics when their state changes."""

import fnmatch
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import CloudWatchBackend, MetricDatum, cloudwatch_backends
from moto.kms.models import kms_backends
from moto.sns.models import sns_backends

from sandbox.cloud.alarm_rules import ALARM, INSUFFICIENT, OK, Metric, NotComputed, Values, rule_of, state_of

EVERY_SECONDS = 1.0
SERVICE = "cloudwatch.amazonaws.com"


class Alarms:
    """Evaluates every alarm of the sandbox again and again; its time may be put ahead, so that nobody need wait."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._lock = threading.Lock()

    def start(self) -> None:
        """Evaluate from now on, in the background."""
        threading.Thread(target=self._go_on, daemon=True).start()

    def evaluate(self, ahead_seconds: float | None = None) -> list[dict[str, Any]]:
        """Evaluate all alarms now.

        Args:
            ahead_seconds: How far ahead of the real time that is, from now on; as it was where left out.

        Returns:
            Each alarm's name, state, reason and what of its actions could not be done.
        """
        with self._lock:
            self._ahead = self._ahead if ahead_seconds is None else ahead_seconds
            now = time.time() + self._ahead
            return [self._evaluated(backend, alarm, now) for backend, alarm in _all()]

    def put_metric_alarm(self, plain: Callable[..., Any], backend: Any, name: str, **options: Any) -> Any:
        """Take an alarm that can be computed; one that is there keeps its state, a new one has seen no data."""
        with self._lock:
            former = backend.alarms.get(name)
            alarm = plain(backend, name, **options)
            try:
                rule_of(alarm)
            except NotComputed as error:
                backend.alarms.pop(name)
                if former is not None:
                    backend.alarms[name] = former
                raise ValidationError(f"the sandbox does not compute {error}") from None
            alarm.state_value = former.state_value if former else INSUFFICIENT
            alarm.state_reason = former.state_reason if former else alarm.state_reason
            alarm.not_done = former.not_done if former else []
            return alarm

    def _go_on(self) -> None:
        while True:
            time.sleep(EVERY_SECONDS)
            self.evaluate()

    @staticmethod
    def _evaluated(backend: Any, alarm: Any, now: float) -> dict[str, Any]:
        rule, before = rule_of(alarm), alarm.state_value
        state, reason = state_of(rule, _values(backend, rule.metric), now, before)
        if state != before:
            alarm.update_state(reason, "{}", state)
            if alarm.actions_enabled:
                alarm.not_done = list(_act(backend, alarm, before))
        return {"name": alarm.name, "state": state, "reason": reason, "not_done": list(alarm.not_done)}


def _all() -> list[tuple[Any, Any]]:
    regions = [backend for account in list(cloudwatch_backends.values()) for backend in list(account.values())]
    return [(backend, alarm) for backend in regions for alarm in list(backend.alarms.values())]


def _values(backend: Any, metric: Metric) -> Values:
    """Return the maximum of each period that has a value."""
    found: dict[int, float] = defaultdict(lambda: float("-inf"))
    for one in list(backend.metric_data):
        named = {each.name: each.value for each in one.dimensions}
        if isinstance(one, MetricDatum) and (one.namespace, one.name, named) == (
            metric.namespace,
            metric.name,
            metric.dimensions,
        ):
            at = int(_seconds(one.timestamp) // metric.period * metric.period)
            found[at] = max(found[at], float(one.value))
    return found


def _seconds(moment: datetime) -> float:
    """Return a moment in seconds since 1970; moto's own have no zone and are UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def _act(backend: Any, alarm: Any, before: str) -> Iterator[str]:
    """Tell the topics; yield what could not be done, in words like those of an alarm's history."""
    for arn in {ALARM: alarm.alarm_actions, OK: alarm.ok_actions}.get(alarm.state_value, []):
        topic = sns_backends[backend.account_id][backend.region_name].topics.get(arn)
        refused = "the topic does not exist" if topic is None else _refused(backend, topic, alarm.alarm_arn)
        if refused:
            yield f"Failed to execute action {arn}: {refused}"
        else:
            subject = f'{alarm.state_value}: "{alarm.name}" in {backend.region_name}'
            topic.sns_backend.publish(json.dumps(_message(backend, alarm, before)), arn, subject=subject)


def _message(backend: Any, alarm: Any, before: str) -> dict[str, Any]:
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": backend.account_id,
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "OldStateValue": before,
        "StateChangeTime": datetime.now(timezone.utc).isoformat(),
        "Region": backend.region_name,
        "AlarmArn": alarm.alarm_arn,
    }


def _refused(backend: Any, topic: Any, alarm_arn: str) -> str:
    """Return why CloudWatch may not publish to a topic; empty if it may."""
    key = topic.kms_master_key_id
    if key == "alias/aws/sns":
        return "CloudWatch Alarms does not have authorization to access the SNS topic encryption key"
    if key:
        keys = kms_backends[backend.account_id][backend.region_name]
        needed = {"kms:Decrypt", "kms:GenerateDataKey*"}
        granted = _granted(json.loads(keys.get_key_policy(key.rpartition("/")[2])), alarm_arn)
        if not needed <= granted:
            return "CloudWatch Alarms does not have authorization to access the SNS topic encryption key"
    if "sns:Publish" not in _granted(json.loads(topic.policy), alarm_arn):
        return f"{alarm_arn} is not authorized to perform: SNS:Publish"
    return ""


def _granted(policy: Any, alarm_arn: str) -> set[str]:
    """Return the actions that a policy gives to CloudWatch for an alarm; a new topic's own lets its account's in."""
    actions: set[str] = set()
    for one in policy["Statement"]:
        condition = one.get("Condition", {})
        like = condition.get("ArnLike", {}).get("aws:SourceArn", "*")
        of_service = isinstance(one["Principal"], dict) and one["Principal"].get("Service") == SERVICE
        of_owner = "AWS:SourceOwner" in condition.get("StringEquals", {})
        if one["Effect"] == "Allow" and (of_service or of_owner) and fnmatch.fnmatchcase(alarm_arn, like):
            listed = one["Action"] if isinstance(one["Action"], list) else [one["Action"]]
            actions |= {each.replace("SNS:", "sns:") for each in listed}
    return actions


def install(alarms: Alarms) -> None:
    """Let moto take only alarms that are computed."""
    plain = CloudWatchBackend.put_metric_alarm

    def put_metric_alarm(backend: Any, name: str, **options: Any) -> Any:
        return alarms.put_metric_alarm(plain, backend, name, **options)

    CloudWatchBackend.put_metric_alarm = put_metric_alarm
