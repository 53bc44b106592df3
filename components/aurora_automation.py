"""The automation document of the second refresh: what it does, step by step. Pure.

It uses only actions that the sandbox executes too. Every step that fails leads to the steps that stop what runs, record
the failure and end the execution as failed; until the swap the live schema serves unchanged.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components import aurora_scripts as scripts
from components.aurora_kinds import DUMP_KEY
from components.aurora_restore import RestoreTarget, restore_steps
from components.aurora_steps import EXECUTION, Step, script_step, told_as_failed, wait_step

CONTAINER = "task"
FAILURE = "StopTasks"
ACTIONS = ("refresh", "previous", "last-known-good", "point-in-time")
_START_SECONDS = 300
_RECORD_SECONDS = 1800


@dataclass(frozen=True, kw_only=True)
class Network:
    """Where a task runs."""

    subnet_ids: Sequence[str]
    security_group_ids: Sequence[str]
    assign_public_ip: bool


@dataclass(frozen=True, kw_only=True)
class Automation:
    """What the document is made for.

    Attributes:
        description: What it is for, in a line.
        role_arn: The role that the automation assumes.
        ecs_cluster: The tasks' cluster, by ARN.
        load_task: Task definition of the load, by ARN; its command is followed by a verb.
        load_family: Its family, by which a task of ours is told from the user's.
        migrations_task: Task definition with the user's image, by ARN; empty where nothing runs in it.
        network: Where tasks run.
        migrations: Command after the load, in the user's image; empty for none.
        derived: Commands after that, one after the other.
        request: What the tasks are asked for, as far as it is the same in every execution.
        task_timeout_seconds: How long a task may run.
        restore: What a cluster restored at a point in time is made with.
    """

    description: str
    role_arn: str
    ecs_cluster: str
    load_task: str
    load_family: str
    migrations_task: str
    network: Network
    migrations: Sequence[str]
    derived: Sequence[Sequence[str]]
    request: Mapping[str, Any]
    task_timeout_seconds: int
    restore: RestoreTarget


def document(automation: Automation) -> dict[str, Any]:
    """Return the document, of schema version 0.3.

    Args:
        automation: What it is made for.

    Returns:
        The document, to be written as JSON.
    """
    return {
        "schemaVersion": "0.3",
        "description": automation.description,
        "assumeRole": automation.role_arn,
        "parameters": _parameters(),
        "outputs": [f"Outcome.{name}" for name in scripts.OUTCOME],
        "mainSteps": list(_steps(automation)),
    }


def _parameters() -> dict[str, Any]:
    """Return the parameters; each has a pattern, since it is pasted into the request of a task."""
    return {
        "dumpKey": {
            "type": "String",
            "description": "The prepared dump in the import bucket: YYYYMMDD/<name>.sql.gz",
            "allowedPattern": f"^{DUMP_KEY}$",
        },
        "expectedSha256": _optional("The hash that the dump must have", "([0-9a-f]{64})?"),
        "acceptedSchema": _optional("Fingerprint of a schema that is taken though it differs", "([0-9a-f]{64})?"),
        "action": {
            "type": "String",
            "description": "What to do; all but refresh go back from what dumpKey brought",
            "default": "refresh",
            "allowedValues": list(ACTIONS),
        },
        "restoreTo": _optional(
            "Time in UTC of action point-in-time", r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?"
        ),
        "requestId": _optional("Names the request, so that it is found again", "[a-z0-9-]{0,64}"),
    }


def _optional(description: str, pattern: str) -> dict[str, Any]:
    return {"type": "String", "description": description, "default": "", "allowedPattern": f"^{pattern}$"}


def _steps(automation: Automation) -> Iterator[Step]:
    commands = _users_commands(automation)
    loaded = next(iter(commands), "Finish")
    yield _choose()
    yield from task_steps(automation, "LastKnownGood", verb="last-known-good", goes_to=loaded)
    yield from task_steps(automation, "Load", verb="load", goes_to=loaded)
    for name, command in commands.items():
        yield from task_steps(automation, name, command=command)
    yield from task_steps(automation, "Finish", verb="finish", goes_to="Outcome")
    yield from task_steps(automation, "Previous", verb="previous", goes_to="Outcome")
    yield from restore_steps(automation.restore, automation.request, goes_to="Outcome")
    yield _outcome(automation)
    yield from _failure_steps(automation)


def _users_commands(automation: Automation) -> dict[str, Sequence[str]]:
    """Return the user's commands over the candidate schema: migrations, then each that rebuilds derived data."""
    migrations = {"Migrate": automation.migrations} if automation.migrations else {}
    derived = {f"Derive{number}": command for number, command in enumerate(automation.derived, start=1)}
    return {**migrations, **derived}


def _choose() -> Step:
    goals = {"refresh": "Load", "previous": "Previous", "last-known-good": "LastKnownGood"}
    choices = [{"Variable": "{{ action }}", "StringEquals": action, "NextStep": goal} for action, goal in goals.items()]
    return {
        "name": "Choose",
        "action": "aws:branch",
        "inputs": {"Choices": choices, "Default": "NameRestored"},
    }


def task_steps(
    automation: Automation, name: str, *, verb: str = "", command: Sequence[str] = (), goes_to: str = ""
) -> Iterator[Step]:
    """Yield the three steps of a task: run, wait for its end, see that it went well.

    Args:
        automation: What the document is made for.
        name: Name of the first step; the others' begin with it.
        verb: The load's verb; empty for a command of the user's.
        command: The user's command.
        goes_to: The step after these; empty for the next one.
    """
    task = "{{ " + name + ".taskArn }}"
    asked = {"Service": "ecs", "Api": "DescribeTasks", "cluster": automation.ecs_cluster, "tasks": [task]}
    yield _run_task(automation, name, verb, command)
    limit = automation.task_timeout_seconds
    stopped = wait_step(f"{name}Stopped", asked, "$.tasks[0].lastStatus", "STOPPED", limit)
    yield {**stopped, "onFailure": f"step:{FAILURE}"}
    yield {
        "name": f"{name}Succeeded",
        "action": "aws:assertAwsResourceProperty",
        "onFailure": f"step:{FAILURE}",
        "inputs": {**asked, "PropertySelector": "$.tasks[0].containers[0].exitCode", "DesiredValues": ["0"]},
        **({"nextStep": goes_to} if goes_to else {}),
    }


def _run_task(automation: Automation, name: str, verb: str, command: Sequence[str]) -> Step:
    """Return the step that starts a task. Its token keeps a repeated call from starting a second one."""
    network = automation.network
    override = {
        "name": CONTAINER,
        "command": [verb] if verb else list(command),
        "environment": _request(automation) if verb else [],
    }
    return {
        "name": name,
        "action": "aws:executeAwsApi",
        "timeoutSeconds": _START_SECONDS,
        "onFailure": f"step:{FAILURE}",
        "inputs": {
            "Service": "ecs",
            "Api": "RunTask",
            "cluster": automation.ecs_cluster,
            "taskDefinition": automation.load_task if verb else automation.migrations_task,
            "launchType": "FARGATE",
            "networkConfiguration": {
                "awsvpcConfiguration": {
                    "subnets": list(network.subnet_ids),
                    "securityGroups": list(network.security_group_ids),
                    "assignPublicIp": "ENABLED" if network.assign_public_ip else "DISABLED",
                }
            },
            "overrides": {"containerOverrides": [override]},
            "clientToken": f"{EXECUTION}-{name}",
            "startedBy": EXECUTION,
        },
        "outputs": [{"Name": "taskArn", "Selector": "$.tasks[0].taskArn", "Type": "String"}],
    }


def _request(automation: Automation) -> list[dict[str, str]]:
    """Return the environment with the request. Its variables are safe within JSON by their patterns."""
    asked = {
        **automation.request,
        "execution_id": EXECUTION,
        "dump_key": "{{ dumpKey }}",
        "expected_sha256": "{{ expectedSha256 }}",
        "accepted_schema": "{{ acceptedSchema }}",
    }
    return [{"name": "UNDERSTUDY_REQUEST", "value": json.dumps(asked, sort_keys=True)}]


def _outcome(automation: Automation) -> Step:
    names = ("cluster_id", "schema", "endpoint")
    payload = {
        "bucket": automation.request["reports_bucket"],
        **{name: automation.request[name] for name in names},
        "action": "{{ action }}",
        "execution_id": EXECUTION,
    }
    return {
        **script_step("Outcome", scripts.READ_OUTCOME, payload),
        "onFailure": f"step:{FAILURE}",
        "isEnd": True,
        "outputs": [
            {"Name": name, "Selector": f"$.Payload.{key}", "Type": "String"} for name, key in scripts.OUTCOME.items()
        ],
    }


def _failure_steps(automation: Automation) -> Iterator[Step]:
    """Yield what follows any failure: nothing runs on, the failure is recorded, the execution ends as failed."""
    payload, request = {"cluster": automation.ecs_cluster, "started_by": EXECUTION}, automation.request
    yield {**script_step(FAILURE, scripts.STOP_TASKS, payload), "onFailure": "step:Fail"}
    for step in task_steps(automation, "Fail", verb="fail", goes_to="EndAsFailed"):
        recorded = {**step, "onFailure": "step:TellFailed"}
        yield {**recorded, "timeoutSeconds": _RECORD_SECONDS} if step["name"] == "FailStopped" else recorded
    told = script_step("TellFailed", scripts.TELL_FAILED, told_as_failed(request))
    yield {**told, "onFailure": "step:EndAsFailed"}
    where = {"container": CONTAINER, "log_group": request["log_group"], "load_family": automation.load_family}
    yield {**script_step("EndAsFailed", scripts.END_AS_FAILED, {**payload, **where}), "isEnd": True}
