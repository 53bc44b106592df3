"""Commands and invocations in the words of SSM's answers."""

from datetime import datetime
from typing import Any

from sandbox.cloud.run_command.agents import Command, Invocation


def describe_command(command: Command) -> dict[str, Any]:
    """Return a command as SendCommand and ListCommands show it."""
    over = [invocation for invocation in command.invocations.values() if invocation.is_over]
    return {
        "CommandId": command.command_id,
        "DocumentName": command.document_name,
        "DocumentVersion": command.document_version,
        "Comment": command.comment,
        "ExpiresAfter": command.expires_at,
        "Parameters": dict(command.parameters),
        "InstanceIds": list(command.invocations),
        "RequestedDateTime": command.requested_at,
        "Status": command.status,
        "StatusDetails": command.status,
        "TargetCount": len(command.invocations),
        "CompletedCount": len(over),
        "ErrorCount": sum(invocation.status in {"Failed", "TimedOut"} for invocation in over),
        "TimeoutSeconds": command.timeout_seconds,
    }


def describe_invocation(invocation: Invocation) -> dict[str, Any]:
    """Return an invocation as GetCommandInvocation shows it."""
    command = invocation.command
    elapsed = (
        (invocation.ended_at - invocation.started_at).total_seconds()
        if invocation.ended_at and invocation.started_at
        else 0.0
    )
    return {
        "CommandId": command.command_id,
        "InstanceId": invocation.instance_id,
        "Comment": command.comment,
        "DocumentName": command.document_name,
        "DocumentVersion": command.document_version,
        "PluginName": command.script.step,
        "ResponseCode": invocation.response_code,
        "ExecutionStartDateTime": _iso(invocation.started_at),
        "ExecutionElapsedTime": f"PT{elapsed:.3f}S" if invocation.started_at else "",
        "ExecutionEndDateTime": _iso(invocation.ended_at),
        "Status": invocation.status,
        "StatusDetails": invocation.status_details,
        "StandardOutputContent": invocation.stdout,
        "StandardOutputUrl": "",
        "StandardErrorContent": invocation.stderr,
        "StandardErrorUrl": "",
    }


def describe_listed(invocation: Invocation, *, with_output: bool) -> dict[str, Any]:
    """Return an invocation as ListCommandInvocations shows it."""
    command = invocation.command
    plugin = {
        "Name": command.script.step,
        "Status": invocation.status,
        "StatusDetails": invocation.status_details,
        "ResponseCode": invocation.response_code,
        "Output": invocation.stdout[:2500],
    }
    return {
        "CommandId": command.command_id,
        "InstanceId": invocation.instance_id,
        "Comment": command.comment,
        "DocumentName": command.document_name,
        "DocumentVersion": command.document_version,
        "RequestedDateTime": command.requested_at,
        "Status": invocation.status,
        "StatusDetails": invocation.status_details,
        "CommandPlugins": [plugin] if with_output else [],
    }


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
