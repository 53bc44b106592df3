"""SNS: what a topic delivers to its subscribers is written down, so that it can be read where no mail goes.

On AWS an address is asked once whether it wants this; here it is taken to have said yes.
"""

import json
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from moto.sns.exceptions import InvalidParameterValue
from moto.sns.models import SNSBackend, Topic

PROTOCOLS = ("email", "sqs")


class Messages:
    """The file of everything that was delivered.

    Args:
        path: One JSON object a line: at, topic, protocol, endpoint, subject, message.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()

    def delivered(self, topic: Any, subject: str | None, message: str) -> None:
        """Write a message down for each subscriber."""
        subscriptions, _ = topic.sns_backend.list_subscriptions_by_topic(topic_arn=topic.arn)
        at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        lines = [
            {
                "at": at,
                "topic": topic.name,
                "protocol": one.protocol,
                "endpoint": one.endpoint,
                "subject": subject or "",
            }
            for one in subscriptions
        ]
        with self._lock, self._path.open("a") as file:
            file.writelines(json.dumps({**line, "message": message}) + "\n" for line in lines)


def install(messages: Messages) -> None:
    """Write down what is delivered, and refuse what SNS refuses and moto does not."""
    plain_publish, plain_subscribe, plain_check = Topic.publish, SNSBackend.subscribe, SNSBackend.publish

    def publish(topic: Any, message: str, subject: str | None = None, **options: Any) -> str:
        message_id = plain_publish(topic, message, subject=subject, **options)
        messages.delivered(topic, subject, message)
        return message_id

    def subscribe(backend: Any, topic_arn: str, endpoint: str, protocol: str) -> Any:
        if protocol not in PROTOCOLS:
            raise InvalidParameterValue(f"the sandbox delivers to {' and '.join(PROTOCOLS)} only, not to {protocol}.")
        return plain_subscribe(backend, topic_arn, endpoint, protocol)

    def check(backend: Any, message: str, arn: str | None, **options: Any) -> str:
        subject = options.get("subject")
        if subject is not None and not (subject.isascii() and subject.isprintable() and subject):
            raise InvalidParameterValue("Invalid parameter: Subject")
        return plain_check(backend, message, arn, **options)

    Topic.publish, SNSBackend.subscribe, SNSBackend.publish = publish, subscribe, check
