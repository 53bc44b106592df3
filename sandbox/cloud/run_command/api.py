"""The SSM operations around Run Command, in the place of moto's, which accept everything and run nothing."""

import json
import time
from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.ssm.exceptions import SSMException
from moto.ssm.responses import SimpleSystemManagerResponse

from sandbox.cloud.instance_environment import instance_role
from sandbox.cloud.replacement import replace_operations
from sandbox.cloud.run_command.agents import VISIBLE_AFTER_SECONDS, Command, RunCommand
from sandbox.cloud.run_command.descriptions import describe_command, describe_invocation, describe_listed
from sandbox.cloud.run_command.documents import InvalidParameters, Unsupported, find_document, make_script

DELIVERY_SECONDS = 3600
SHORTEST_DELIVERY_SECONDS = 30
KNOWN = {
    "DocumentName", "DocumentVersion", "DocumentHash", "DocumentHashType", "InstanceIds", "Targets", "Parameters",
    "Comment", "TimeoutSeconds", "MaxConcurrency", "MaxErrors",
}  # fmt: skip


class InvalidInstanceId(SSMException):
    """An instance is unknown, does not run or has no agent."""

    code = "InvalidInstanceId"


class InvalidCommandId(SSMException):
    """There is no such command."""

    code = "InvalidCommandId"


class InvocationDoesNotExist(SSMException):
    """The command was not (or not yet) sent to that instance."""

    code = "InvocationDoesNotExist"


class RunCommandApi:
    """Answer SSM's requests about commands.

    Args:
        run_command: What carries them out.
    """

    def __init__(self, run_command: RunCommand) -> None:
        self._run_command = run_command

    def send_command(self, response: Any) -> ActionResult:
        """Start a document on instances."""
        request: Mapping[str, Any] = json.loads(response.body)
        unknown = sorted(set(request) - KNOWN)
        if unknown:
            raise Unsupported(f"the sandbox's SendCommand does not know {', '.join(unknown)}.")
        document = find_document(response.ssm_backend, request)
        parameters = request.get("Parameters") or {}
        script = make_script(document, parameters)
        instance_ids = _instances(_ec2(response), request)
        timeout = int(request.get("TimeoutSeconds") or DELIVERY_SECONDS)
        if timeout < SHORTEST_DELIVERY_SECONDS:
            raise InvalidParameters(f"TimeoutSeconds must be at least {SHORTEST_DELIVERY_SECONDS}, not {timeout}.")
        command = Command(
            document.name, document.document_version, script, parameters, request.get("Comment") or "", timeout
        )
        self._run_command.send(command, instance_ids)
        return ActionResult({"Command": {**describe_command(command), "Status": "Pending", "StatusDetails": "Pending"}})

    def cancel_command(self, response: Any) -> ActionResult:
        """Ask for a command's end; nothing is guaranteed."""
        command = self._command(response._get_param("CommandId"))
        instance_ids = response._get_param("InstanceIds") or []
        for instance_id in instance_ids:
            if instance_id not in command.invocations:
                raise InvalidInstanceId(f"{instance_id} was not part of command {command.command_id}.")
        self._run_command.cancel(command, instance_ids)
        return ActionResult({})

    def get_command_invocation(self, response: Any) -> ActionResult:
        """Tell how a command went on an instance."""
        command = self._command(response._get_param("CommandId"), visible=True)
        invocation = command.invocations.get(response._get_param("InstanceId"))
        plugin = response._get_param("PluginName")
        if invocation is None or (plugin and plugin != command.script.step):
            raise InvocationDoesNotExist("The command was not sent to that instance, or has no such plugin.")
        return ActionResult(describe_invocation(invocation))

    def list_commands(self, response: Any) -> ActionResult:
        """List commands, by id or instance."""
        return ActionResult({"Commands": [describe_command(command) for command in self._matching(response)]})

    def list_command_invocations(self, response: Any) -> ActionResult:
        """List commands' invocations, by command id or instance."""
        instance_id = response._get_param("InstanceId")
        found = [
            describe_listed(invocation, with_output=bool(response._get_param("Details")))
            for command in self._matching(response)
            for invocation in command.invocations.values()
            if instance_id in {None, invocation.instance_id}
        ]
        return ActionResult({"CommandInvocations": found})

    def describe_instance_information(self, response: Any) -> ActionResult:
        """List the instances whose agent is there: running, with an instance profile."""
        backend = _ec2(response)
        wanted = {
            value
            for key in ("Filters", "InstanceInformationFilterList")
            for one in response._get_param(key) or []
            if one.get("Key", one.get("key")) == "InstanceIds"
            for value in one.get("Values", one.get("valueSet", []))
        }
        listed = [
            {
                "InstanceId": instance.id,
                "PingStatus": "Online",
                "LastPingDateTime": time.time(),
                "AgentVersion": "3.3.2746.0",
                "IsLatestVersion": True,
                "PlatformType": "Linux",
                "PlatformName": "understudy sandbox",
                "ResourceType": "EC2Instance",
                "IPAddress": instance.private_ip,
                "ComputerName": instance.private_dns_name,
            }
            for instance in backend.all_instances()
            if _is_managed(backend, instance) and (not wanted or instance.id in wanted)
        ]
        return ActionResult({"InstanceInformationList": listed})

    def _command(self, command_id: str, *, visible: bool = False) -> Command:
        command = self._run_command.commands.get(command_id)
        if command is None:
            raise (InvocationDoesNotExist if visible else InvalidCommandId)(f"There is no command {command_id}.")
        if visible and time.monotonic() - command.sent < VISIBLE_AFTER_SECONDS:
            raise InvocationDoesNotExist("The command has not reached the instance yet.")
        return command

    def _matching(self, response: Any) -> list[Command]:
        command_id, instance_id = response._get_param("CommandId"), response._get_param("InstanceId")
        return [
            command
            for command in self._run_command.commands.values()
            if command_id in {None, command.command_id} and (instance_id is None or instance_id in command.invocations)
        ]


def install(api: RunCommandApi) -> None:
    """Put these operations in the place of moto's."""
    names = ("send_command", "cancel_command", "get_command_invocation", "list_commands", "list_command_invocations")
    replace_operations(SimpleSystemManagerResponse, api, (*names, "describe_instance_information"))


def _ec2(response: Any) -> Any:
    return ec2_backends[response.current_account][response.region]


def _is_managed(backend: Any, instance: Any) -> bool:
    return instance.state == "running" and instance_role(backend, instance.id) is not None


def _instances(backend: Any, request: Mapping[str, Any]) -> list[str]:
    by_id = {instance.id: instance for instance in backend.all_instances()}
    named = list(request.get("InstanceIds") or [])
    if len(set(named)) != len(named):
        raise SSMException("DuplicateInstanceId", "You can't specify an instance ID in more than one association.")
    for instance_id in named:
        if instance_id not in by_id or not _is_managed(backend, by_id[instance_id]):
            raise InvalidInstanceId(
                f"Instances [[{instance_id}]] not in a valid state for account {backend.account_id}"
            )
    for target in request.get("Targets") or []:
        named.extend(_targeted(backend, target))
    return list(dict.fromkeys(named))


def _targeted(backend: Any, target: Mapping[str, Any]) -> list[str]:
    key, values = target["Key"], target["Values"]
    managed = [instance for instance in backend.all_instances() if _is_managed(backend, instance)]
    if key == "InstanceIds":
        return [instance.id for instance in managed if instance.id in values]
    if not key.startswith("tag:"):
        raise Unsupported(f"the sandbox knows Targets by InstanceIds and tag:<key>, not {key}.")
    return [i.id for i in managed if {t["key"]: t["value"] for t in i.get_tags()}.get(key[4:]) in values]
