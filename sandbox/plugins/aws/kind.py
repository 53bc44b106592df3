"""A kind of resource: what it takes, what it gives, and which AWS calls make, read, change and delete it."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.plugins.protocol import Call, PluginError

Values = Mapping[str, Any]
Answer = TypeVar("Answer")

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0
_DEADLINE_SECONDS = 300.0
# Codes of AWS's answers to a question after something that is not there any more; they are not spelled alike anywhere.
_GONE = ("NotFound", "NoSuch", "NotExist", "InvalidDocument", "ResourceNotFound", "404")


class Aws:
    """The account: clients by service, one each."""

    def __init__(self, region: str | None, endpoints: Mapping[str, str], role_arn: str | None) -> None:
        """Connect.

        Args:
            region: Region; None for the environment's.
            endpoints: URL by service; others come from the environment.
            role_arn: Role to assume first.
        """
        self._lock, self._clients, self._endpoints = threading.Lock(), dict[str, Any](), endpoints
        self._session = boto3.Session(region_name=region)
        if role_arn:
            answer = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="pulumi")["Credentials"]
            self._clients.clear()
            self._session = boto3.Session(
                answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"], region
            )

    @property
    def region(self) -> str:
        """Return the region."""
        return str(self._session.region_name)

    def client(self, service: str) -> Any:
        """Return the client of a service; making one is not safe in two threads at a time."""
        with self._lock:
            if service not in self._clients:
                settings = Config(s3={"addressing_style": "path"}, retries={"mode": "standard", "max_attempts": 5})
                url = self._endpoints.get(service)
                self._clients[service] = self._session.client(service, endpoint_url=url, config=settings)
            return self._clients[service]

    def account_id(self) -> str:
        """Return the account's number."""
        return str(self.client("sts").get_caller_identity()["Account"])

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this account."""
        return f"arn:aws:{service}:{self.region}:{self.account_id()}:{resource}"


@dataclass(frozen=True)
class Kind:
    """One row of the table.

    Attributes:
        service: AWS's name of the service, for messages.
        changes: Inputs that can be changed.
        replaces: Inputs of which a change asks for a new resource.
        gives: Outputs beside the inputs.
        create: Makes it and returns its id.
        read: Returns what it is now (outputs, and those inputs that can be compared), or None if it is gone.
        delete: Deletes it; may raise AWS's own "not found".
        settle: Waits until it can be used, and sets what create could not. What fails here leaves a half-made resource.
        update: Changes it: takes the former inputs, the new ones and the changed top-level names.
        keeps: Paths below `replaces` of which a change asks for an update only.
        renews: Outputs that are new when an input changes.
        named: The input that gets a name of its own when none is given.
        tags: Reads as True when it takes `tags` (and gives `tagsAll`).
        delete_first: A replacement needs the old one gone first.
    """

    service: str
    create: Callable[[Aws, Values, Call], str]
    read: Callable[[Aws, str, Values], Values | None]
    delete: Callable[[Aws, str, Values, Call], None]
    changes: Sequence[str] = ()
    replaces: Sequence[str] = ()
    gives: Sequence[str] = ()
    settle: Callable[[Aws, str, Values, Call], None] | None = None
    update: Callable[[Aws, str, Values, Values, Sequence[str], Call], object] | None = None
    keeps: Sequence[str] = ()
    renews: Mapping[str, Sequence[str]] = field(default_factory=dict)
    named: str | None = None
    tags: bool = True
    delete_first: bool = False

    @property
    def takes(self) -> set[str]:
        """Return every input that this kind knows."""
        return {*self.changes, *self.replaces, *(["tags"] if self.tags else [])}

    @property
    def outputs(self) -> set[str]:
        """Return every output beside the inputs."""
        return {*self.gives, *(["tagsAll"] if self.tags else [])}


def is_gone(error: ClientError) -> bool:
    """Tell whether an error means that the thing asked after is not there."""
    code = str(error.response["Error"].get("Code", ""))
    return any(mark in code for mark in _GONE)


@contextmanager
def told_as(what: str) -> Iterator[None]:
    """Turn AWS's errors into a PluginError that says what was being done."""
    try:
        yield
    except ClientError as error:
        answer = error.response["Error"]
        message = f"{what}: {error.operation_name}: {answer.get('Code')}: {answer.get('Message')}"
        raise PluginError(message) from None
    except BotoCoreError as error:
        raise PluginError(f"{what}: {error}") from None


def found(ask: Callable[[], Answer]) -> Answer | None:
    """Return AWS's answer, or None if the thing asked after is not there."""
    try:
        return ask()
    except ClientError as error:
        if is_gone(error):
            return None
        raise


def wait(call: Call, what: str, done: Callable[[], bool]) -> None:
    """Wait until something is so.

    Raises:
        Cancelled: If the engine asks to stop.
        PluginError: If it is not so in time.
    """
    pause, deadline = _FIRST_PAUSE_SECONDS, time.monotonic() + _DEADLINE_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise PluginError(f"{call.type} {call.name}: {what} was not so after {_DEADLINE_SECONDS:.0f} s")
        if call.cancelled.wait(pause):
            call.check_cancelled()
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)


def same_json(one: str | None, other: str) -> str:
    """Return `one` if `other` says the same, else `other`: AWS does not keep JSON as it was written."""
    try:
        return one if one is not None and json.loads(one) == json.loads(other) else other
    except ValueError:
        return other


def pascal(name: str) -> str:
    """Return AWS's spelling of one of Pulumi's names."""
    return name[0].upper() + name[1:]


def to_aws(value: Any) -> Any:
    """Return a nested value with AWS's spelling of its names."""
    if isinstance(value, dict):
        return {pascal(name): to_aws(inner) for name, inner in value.items()}
    return [to_aws(inner) for inner in value] if isinstance(value, list) else value
