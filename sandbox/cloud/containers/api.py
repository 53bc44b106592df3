"""ECS: tasks that run, in the place of moto's, which are records only."""

import json
import threading
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ecs import models
from moto.ecs.exceptions import EcsClientException, ECSException, InvalidParameterException
from moto.ecs.responses import EC2ContainerServiceResponse

from sandbox.cloud import roles
from sandbox.cloud.containers.definition import (
    USUAL_STOP_SECONDS,
    check_definition,
    check_overrides,
    command_line,
    digest,
    override_of,
    plain_environment,
)
from sandbox.cloud.containers.image import AUTHORITY
from sandbox.cloud.containers.network import find_subnet, place, release
from sandbox.cloud.containers.tasks import Launch, TaskRun, Tasks
from sandbox.cloud.replacement import replace_class, replace_operations
from sandbox.environment import way_to_api
from sandbox.machine.host import Placement

SERVICE = "ecs-tasks.amazonaws.com"
LONGEST_TOKEN = 64
KNOWN = {
    "cluster", "taskDefinition", "count", "launchType", "networkConfiguration", "overrides", "clientToken",
    "startedBy", "tags", "group", "platformVersion", "propagateTags", "enableECSManagedTags", "enableExecuteCommand",
}  # fmt: skip

_plain_delete_cluster = EC2ContainerServiceResponse.delete_cluster
_plain_register = EC2ContainerServiceResponse.register_task_definition


class Task(models.Task):
    """moto's task with states that somebody else sets, and no exit code before its end."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._last_status = "PROVISIONING"
        super().__init__(*args, **options)
        self.created_at = datetime.now(timezone.utc)
        self.stop_code: str | None = None
        self.stopped_reason: str | None = None
        for container in self.containers:
            del container.exitCode
            container.task_arn = self.task_arn
            container.health_status = "UNKNOWN"
            container.image_digest = digest(container.image)
        self.health_status = "UNKNOWN"

    @property
    def last_status(self) -> str:
        """PROVISIONING, PENDING, RUNNING, DEPROVISIONING, STOPPED."""
        return self._last_status

    @last_status.setter
    def last_status(self, value: str) -> None:
        self._last_status = value


class ContainersApi:
    """Answer ECS's requests about task definitions and tasks.

    Args:
        tasks: Runs them.
        endpoint: The API's address inside each task.
    """

    def __init__(self, tasks: Tasks, endpoint: str) -> None:
        self._tasks, self._endpoint = tasks, endpoint
        self._tokens: dict[tuple[str, str, str, str], tuple[Any, list[Any]]] = {}
        self._lock = threading.Lock()

    def register_task_definition(self, response: Any) -> ActionResult:
        """Record a task definition that can be run."""
        check_definition(json.loads(response.body))
        return _plain_register(response)

    def run_task(self, response: Any) -> ActionResult:
        """Start a task; the same token again answers with the task that it started."""
        request: dict[str, Any] = json.loads(response.body)
        _refuse_unknown(request)
        token = request.pop("clientToken", "")
        if len(token) > LONGEST_TOKEN:
            raise InvalidParameterException(f"clientToken is at most {LONGEST_TOKEN} characters.")
        key = (response.current_account, response.region, request.get("cluster", "default"), token)
        with self._lock:
            asked, tasks = self._tokens.get(key, (request, []))
            if asked != request:
                raise ECSException("ConflictException", "The clientToken is already in use with a different request.")
            if not tasks:
                tasks = [self._run(response, request)]
                if token:
                    self._tokens[key] = (request, tasks)
        return ActionResult({"tasks": tasks, "failures": []})

    def describe_tasks(self, response: Any) -> ActionResult:
        """Describe tasks, and name those that are not there."""
        wanted = response._get_param("tasks") or []
        found = response.ecs_backend.describe_tasks(response._get_param("cluster", "default"), wanted)
        ids = {task.id for task in found}
        missing = [one for one in wanted if one.rpartition("/")[2] not in ids]
        return ActionResult({"tasks": found, "failures": [{"arn": one, "reason": "MISSING"} for one in missing]})

    def list_tasks(self, response: Any) -> ActionResult:
        """List tasks; unless asked for others, those that are to run."""
        tasks = response.ecs_backend.list_tasks(
            response._get_param("cluster", "default"),
            family=response._get_param("family"),
            started_by=response._get_param("startedBy"),
            desiredStatus=response._get_param("desiredStatus") or "RUNNING",
        )
        return ActionResult({"taskArns": [task.task_arn for task in tasks]})

    def delete_cluster(self, response: Any) -> ActionResult:
        """Delete a cluster in which no task runs."""
        name = str(response._get_param("cluster")).rpartition("/")[2]
        if any(r.task.cluster_name == name and r.task.last_status != "STOPPED" for r in self._tasks.runs.values()):
            raise ECSException("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
        return _plain_delete_cluster(response)

    def stop_task(self, response: Any) -> ActionResult:
        """Ask for a task's end."""
        response.ecs_backend._get_cluster(response._get_param("cluster", "default"))
        task_id = str(response._get_param("task")).rpartition("/")[2]
        run = self._tasks.runs.get(task_id)
        if run is None:
            raise InvalidParameterException("The referenced task was not found.")
        run.stop(response._get_param("reason") or "")
        return ActionResult({"task": run.task})

    def _run(self, response: Any, request: Mapping[str, Any]) -> Any:
        backend = response.ecs_backend
        definition = backend.describe_task_definition(request["taskDefinition"])
        if definition.status != "ACTIVE":
            raise EcsClientException("TaskDefinition is inactive")
        container = definition.container_definitions[0]
        overrides = request.get("overrides") or {}
        check_overrides(overrides, container["name"])
        credentials = self._credentials(response, definition, overrides)
        subnet = find_subnet(response, request)
        network = request["networkConfiguration"]["awsvpcConfiguration"]
        task = backend.run_task(
            request.get("cluster", "default"), definition.arn, 1, overrides, request.get("startedBy"),
            request.get("tags"), "FARGATE",
            {"awsvpcConfiguration": {"securityGroups": [], **network}}, request.get("group"),
            request.get("platformVersion"),
        )[0]  # fmt: skip
        placement = place(response, task, subnet)
        launch = self._launch(response, container, overrides, task, placement, credentials)
        self._tasks.start(TaskRun(task, launch, lambda: release(response, task, subnet)))
        return task

    def _launch(
        self,
        response: Any,
        container: Mapping[str, Any],
        overrides: Mapping[str, Any],
        task: Any,
        placement: Placement,
        credentials: Mapping[str, str],
    ) -> Launch:
        override = override_of(overrides, container["name"])
        options = (container.get("logConfiguration") or {}).get("options") or {}
        own = {**way_to_api(self._endpoint, response.region), "RDS_CA_BUNDLE": str(AUTHORITY)}
        return Launch(
            account_id=response.current_account,
            region=response.region,
            digest=digest(container["image"]),
            argv=command_line(container, override),
            environment={**own, **credentials, **plain_environment(container, override)},
            secrets=list(container.get("secrets") or []),
            working_directory=container.get("workingDirectory") or "",
            log_options=options,
            log_stream=f"{options.get('awslogs-stream-prefix', '')}/{container['name']}/{task.id}",
            stop_timeout_seconds=float(container.get("stopTimeout") or USUAL_STOP_SECONDS),
            placement=placement,
        )

    @staticmethod
    def _credentials(response: Any, definition: Any, overrides: Mapping[str, Any]) -> dict[str, str]:
        """Check the execution role and assume the task's role; without one the task has no credentials, as on AWS."""
        container = definition.container_definitions[0]
        execution = overrides.get("executionRoleArn") or getattr(definition, "execution_role_arn", None)
        own = overrides.get("taskRoleArn") or getattr(definition, "task_role_arn", None)
        if not execution and (container.get("secrets") or container.get("logConfiguration")):
            raise EcsClientException("Fargate requires an execution role for secrets and for the awslogs driver.")
        account, region = response.current_account, response.region
        try:
            if execution:
                roles.check(account, execution, SERVICE)
            return roles.assume(account, region, own, SERVICE, definition.family) if own else {}
        except roles.NotAssumable as error:
            raise EcsClientException(f"ECS was unable to assume the role that was provided: {error}") from None


def install(api: ContainersApi) -> None:
    """Put these operations in the place of moto's."""
    replace_class(models, "Task", Task)
    # moto's task asks for a name that interfaces have only where their VPC has DNS host names.
    NetworkInterface.private_dns_name = None
    # moto adds up the memory of containers, which a task on Fargate need not give: it has its own.
    models.EC2ContainerServiceBackend._calculate_task_resource_requirements = staticmethod(lambda _definition: {})
    names = ("register_task_definition", "run_task", "describe_tasks", "list_tasks", "stop_task", "delete_cluster")
    replace_operations(EC2ContainerServiceResponse, api, names)
    for name in ("start_task", "create_service", "update_service", "create_task_set"):
        setattr(EC2ContainerServiceResponse, name, _refused(name))


def _refused(name: str) -> Any:
    def refused(_response: Any) -> ActionResult:
        raise EcsClientException(f"the sandbox does not do this: {name}; it runs tasks by RunTask.")

    return refused


def _refuse_unknown(request: Mapping[str, Any]) -> None:
    unknown = sorted(set(request) - KNOWN)
    if unknown:
        raise InvalidParameterException(f"the sandbox's RunTask does not know {', '.join(unknown)}.")
    if request.get("launchType") != "FARGATE":
        raise InvalidParameterException(f"the sandbox runs launchType FARGATE only, not {request.get('launchType')}.")
    if request.get("count", 1) != 1:
        raise InvalidParameterException("the sandbox starts one task a call.")
    if request.get("enableExecuteCommand"):
        raise InvalidParameterException("the sandbox does not know enableExecuteCommand.")
    if not (request.get("networkConfiguration") or {}).get("awsvpcConfiguration", {}).get("subnets"):
        raise InvalidParameterException(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
