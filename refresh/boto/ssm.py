"""Run Command and the versions of parameters, behind the Protocols of `aws.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from refresh.aws import Outcome
from refresh.boto.errors import is_code, wrapped
from refresh.hosts import Document


class Ssm:
    """Run Command and parameters."""

    def __init__(self, once: Any, patient: Any) -> None:
        """Take a client that tries once, for sending, and one that retries, for looking."""
        self._once = once
        self._patient = patient

    def send(self, instance_id: str, document: Document, parameters: Mapping[str, str]) -> str:
        """Send a document by name, with its content pinned by hash."""
        pinned = {"DocumentHash": document.hash, "DocumentHashType": "Sha256"} if document.hash else {}
        with wrapped(f"SendCommand {document.name} to {instance_id}"):
            answer = self._once.send_command(
                DocumentName=document.name,
                InstanceIds=[instance_id],
                Parameters={name: [value] for name, value in parameters.items()},
                **pinned,
            )
            return str(answer["Command"]["CommandId"])

    def outcome(self, command_id: str, instance_id: str) -> Outcome | None:
        """Ask what became of a command."""
        with wrapped(f"GetCommandInvocation {command_id} on {instance_id}"):
            try:
                answer = self._patient.get_command_invocation(CommandId=command_id, InstanceId=instance_id)
            except ClientError as error:
                if is_code(error, "InvocationDoesNotExist"):
                    return None  # normal just after SendCommand
                raise
        return Outcome(
            status=answer["Status"],
            detail=answer.get("StatusDetails", ""),
            exit_code=int(answer.get("ResponseCode", -1)),
            stdout=answer.get("StandardOutputContent", ""),
            stderr=answer.get("StandardErrorContent", ""),
        )

    def version(self, name: str) -> int | None:
        """Look a parameter's version up by DescribeParameters, which never sees its value."""
        wanted = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
        with wrapped(f"DescribeParameters {name}"):
            pages = self._patient.get_paginator("describe_parameters").paginate(ParameterFilters=wanted)
            named = (one for page in pages for one in page["Parameters"] if one["Name"] == name)
            found = next(named, None)
        return int(found["Version"]) if found else None
