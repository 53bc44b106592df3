"""Task definitions: what the sandbox runs of them, and what it refuses by name when one is registered. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from moto.ecs.exceptions import EcsClientException

IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./:_-]*@(sha256:[0-9a-f]{64})")
LONGEST_STOP_SECONDS = 120  # of a task on Fargate
USUAL_STOP_SECONDS = 30
# Units of CPU to what memory a task on Fargate may have with them: the least, the most and the step, in MiB.
FARGATE = {
    256: (512, 2048, 512), 512: (1024, 4096, 1024), 1024: (2048, 8192, 1024), 2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024), 8192: (16384, 61440, 4096), 16384: (32768, 122880, 8192),
}  # fmt: skip

_TASK = {
    "family", "containerDefinitions", "networkMode", "requiresCompatibilities", "cpu", "memory", "taskRoleArn",
    "executionRoleArn", "tags", "runtimePlatform", "ephemeralStorage", "volumes", "placementConstraints",
}  # fmt: skip
_CONTAINER = {
    "name", "image", "essential", "command", "entryPoint", "environment", "secrets", "workingDirectory",
    "logConfiguration", "stopTimeout", "cpu", "memory", "memoryReservation", "dockerLabels", "user",
    "readonlyRootFilesystem", "linuxParameters", "portMappings", "mountPoints", "volumesFrom", "interactive",
    "pseudoTerminal", "privileged", "systemControls",
}  # fmt: skip
_LOG_OPTIONS = {"awslogs-group", "awslogs-region", "awslogs-stream-prefix", "awslogs-create-group", "mode",
                "max-buffer-size"}  # fmt: skip
_OVERRIDES = {"containerOverrides", "cpu", "memory", "taskRoleArn", "executionRoleArn"}
_CONTAINER_OVERRIDES = {"name", "command", "environment", "cpu", "memory", "memoryReservation"}


def check_definition(request: Mapping[str, Any]) -> None:
    """Refuse a task definition that the sandbox would not run as Fargate does.

    Args:
        request: RegisterTaskDefinition's.

    Raises:
        EcsClientException: It is refused; the message names each thing.
    """
    faults = [f"{key} is not known" for key in sorted(set(request) - _TASK)]
    faults += _faults_of_task(request)
    containers = request.get("containerDefinitions") or []
    if len(containers) != 1:
        faults.append(f"a task has exactly one container, not {len(containers)}")
    for container in containers:
        faults += [f"container {container.get('name', '?')}: {fault}" for fault in _faults_of_container(container)]
    if faults:
        raise EcsClientException(f"the sandbox does not run this task definition: {'; '.join(faults)}")


def check_overrides(overrides: Mapping[str, Any], container_name: str) -> None:
    """Refuse overrides of RunTask that the sandbox would not honour.

    Raises:
        EcsClientException: They are refused.
    """
    faults = [f"{key} is not known" for key in sorted(set(overrides) - _OVERRIDES)]
    for one in overrides.get("containerOverrides") or []:
        faults += [f"containerOverrides.{key} is not known" for key in sorted(set(one) - _CONTAINER_OVERRIDES)]
        if one.get("name") != container_name:
            faults.append(f"there is no container {one.get('name')} in the task definition")
    if faults:
        raise EcsClientException(f"the sandbox does not run a task with these overrides: {'; '.join(faults)}")


def digest(image: str) -> str:
    """Return the digest of an image's name."""
    found = IMAGE.fullmatch(image)
    return found[1] if found else ""


def command_line(container: Mapping[str, Any], override: Mapping[str, Any]) -> list[str]:
    """Return what a container runs: its entry point, then its command or the one that takes its place."""
    return [*(container.get("entryPoint") or []), *(override.get("command") or container.get("command") or [])]


def plain_environment(container: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, str]:
    """Return a container's environment without its secrets, an override's variables over its own."""
    pairs: Sequence[Mapping[str, str]] = [*(container.get("environment") or []), *(override.get("environment") or [])]
    return {pair["name"]: pair["value"] for pair in pairs}


def override_of(overrides: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the override of a container, an empty one when there is none."""
    return next((one for one in overrides.get("containerOverrides") or [] if one.get("name") == name), {})


def _faults_of_task(request: Mapping[str, Any]) -> Iterator[str]:
    if "FARGATE" not in (request.get("requiresCompatibilities") or []):
        yield "requiresCompatibilities must have FARGATE"
    if request.get("networkMode") != "awsvpc":
        yield "networkMode must be awsvpc"
    cpu, memory = (str(request.get(key) or "") for key in ("cpu", "memory"))
    if not (cpu.isdigit() and memory.isdigit()):
        yield "cpu and memory must be given for Fargate, in units and MiB"
    elif not _exists(int(cpu), int(memory)):
        yield f"no Fargate configuration exists for cpu {cpu} and memory {memory}"
    for key in ("volumes", "placementConstraints"):
        if request.get(key):
            yield f"{key} must be empty"


def _exists(cpu: int, memory: int) -> bool:
    least, most, step = FARGATE.get(cpu, (1, 0, 1))
    return least <= memory <= most and memory % step == 0 and (cpu, memory) != (256, 1536)


def _faults_of_container(container: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{key} is not known" for key in sorted(set(container) - _CONTAINER))
    if not digest(str(container.get("image"))):
        yield "image must be given by its digest, name@sha256:<64 hex digits>"
    if not command_line(container, {}):
        yield "command or entryPoint must be given: the sandbox has no images that could say it"
    for key in ("portMappings", "mountPoints", "volumesFrom", "interactive", "pseudoTerminal", "privileged",
                "systemControls", "readonlyRootFilesystem"):  # fmt: skip
        if container.get(key):
            yield f"{key} must be empty or false"
    if set(container.get("linuxParameters") or {}) - {"initProcessEnabled"}:
        yield "of linuxParameters only initProcessEnabled is known"
    if container.get("user", "root") not in {"root", "0"}:
        yield "user must be root"
    if int(container.get("stopTimeout") or 0) > LONGEST_STOP_SECONDS:
        yield f"stopTimeout is at most {LONGEST_STOP_SECONDS} s"
    yield from _faults_of_logging(container.get("logConfiguration") or {})


def _faults_of_logging(logging: Mapping[str, Any]) -> Iterator[str]:
    if not logging:
        return
    if logging.get("logDriver") != "awslogs":
        yield f"the log driver must be awslogs, not {logging.get('logDriver')}"
    options = logging.get("options") or {}
    yield from (f"the log option {key} is not known" for key in sorted(set(options) - _LOG_OPTIONS))
    for key in ("awslogs-group", "awslogs-region", "awslogs-stream-prefix"):
        if not options.get(key):
            yield f"the log option {key} must be given for Fargate"
    if logging.get("secretOptions"):
        yield "secretOptions must be empty"
