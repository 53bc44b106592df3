"""The functions that the program calls, by token."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.plugins.aws.kind import Aws, Values


@dataclass(frozen=True)
class Function:
    """A function: its arguments, and the AWS calls that answer it."""

    takes: Sequence[str]
    call: Callable[[Aws, Values], Mapping[str, Any]]


def _caller(aws: Aws, arguments: Values) -> Mapping[str, Any]:
    answer = aws.client("sts").get_caller_identity()
    return {"id": answer["Account"], "accountId": answer["Account"], "arn": answer["Arn"], "userId": answer["UserId"]}


def _instance_type(aws: Aws, arguments: Values) -> Mapping[str, Any]:
    wanted = arguments["instanceType"]
    answer = aws.client("ec2").describe_instance_types(InstanceTypes=[wanted])["InstanceTypes"][0]
    return {"id": wanted, "instanceType": wanted, "memorySize": answer["MemoryInfo"]["SizeInMiB"]}


FUNCTIONS: Mapping[str, Function] = {
    "aws:index/getCallerIdentity:getCallerIdentity": Function((), _caller),
    "aws:ec2/getInstanceType:getInstanceType": Function(("instanceType",), _instance_type),
}
