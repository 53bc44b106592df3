import json
import uuid

import pytest
from botocore.exceptions import ClientError

from sandbox.cleanup import processes

pytestmark = pytest.mark.sandbox

IMAGE = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/mysql-client@sha256:" + "a" * 64
GROUP = "/tests/tasks"


def refusal(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Message"]


class Containers:
    """ECS, as a client uses it."""

    def __init__(self, site, wait_until, role):
        session = site.sandbox.session()
        self.ecs, self.logs = session.client("ecs"), session.client("logs")
        self.site, self._wait_until, self.role = site, wait_until, role
        self.ecs.create_cluster(clusterName="tests")
        self.logs.create_log_group(logGroupName=GROUP)

    def define(self, command, **keys):
        logging = {"awslogs-group": GROUP, "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "task"}
        container = {
            "name": "main",
            "image": IMAGE,
            "entryPoint": ["sh", "-c"],
            "command": [command],
            "logConfiguration": {"logDriver": "awslogs", "options": logging},
            **keys.pop("container", {}),
        }
        request = {
            "family": f"tests-{uuid.uuid4().hex[:8]}",
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "executionRoleArn": self.role,
            "taskRoleArn": self.role,
            "containerDefinitions": [container],
            **keys,
        }
        return self.ecs.register_task_definition(**request)["taskDefinition"]["taskDefinitionArn"]

    def start(self, definition, **options):
        network = {"awsvpcConfiguration": {"subnets": [self.site.subnet_id], "securityGroups": [self.site.group_id]}}
        request = {"cluster": "tests", "taskDefinition": definition, "launchType": "FARGATE"}
        answer = self.ecs.run_task(**{**request, "networkConfiguration": network, **options})
        return answer["tasks"][0]["taskArn"]

    def describe(self, arn):
        return self.ecs.describe_tasks(cluster="tests", tasks=[arn])["tasks"][0]

    def await_status(self, arn, status):
        def reached():
            found = self.describe(arn)
            return found if found["lastStatus"] in {status, "STOPPED"} else None

        return self._wait_until(reached, f"{arn} to be {status}", 60)

    def run(self, command, *, options=None, **keys):
        return self.await_status(self.start(self.define(command, **keys), **(options or {})), "STOPPED")

    def log(self, task):
        name = f"task/main/{task['taskArn'].rpartition('/')[2]}"
        events = self.logs.get_log_events(logGroupName=GROUP, logStreamName=name)["events"]
        return [event["message"] for event in events]


@pytest.fixture(scope="module")
def role(sandbox):
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    return sandbox.session().client("iam").create_role(RoleName="tasks", AssumeRolePolicyDocument=policy)["Role"]["Arn"]


@pytest.fixture(scope="module")
def containers(site, wait_until, role):
    return Containers(site, wait_until, role)


def test_a_task_really_runs_with_its_environment_and_role_and_its_output_is_logged(containers, sandbox):
    task = containers.run(
        'echo "$GREETING"; aws sts get-caller-identity --query Arn --output text; pwd; echo $PPID-$((6 * 7)) >&2',
        container={"environment": [{"name": "GREETING", "value": "hello"}], "workingDirectory": "/srv/work"},
    )
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "EssentialContainerExited")
    assert task["containers"][0]["exitCode"] == 0
    assert task["containers"][0]["imageDigest"] == "sha256:" + "a" * 64
    assert task["createdAt"] <= task["startedAt"] <= task["stoppingAt"] <= task["stoppedAt"]
    greeting, arn, folder, last = containers.log(task)
    assert (greeting, folder) == ("hello", "/srv/work")
    assert ":assumed-role/tasks/" in arn
    assert last.endswith("-42")


def test_the_exit_code_is_the_commands_and_is_not_there_before_its_end(containers):
    arn = containers.start(containers.define("sleep 1; exit 7"))
    seen = {containers.describe(arn)["lastStatus"]}
    running = containers.await_status(arn, "RUNNING")
    assert running["lastStatus"] == "RUNNING"
    assert "exitCode" not in running["containers"][0]
    assert "stopCode" not in running
    stopped = containers.await_status(arn, "STOPPED")
    assert seen <= {"PROVISIONING", "PENDING"}
    assert (stopped["containers"][0]["exitCode"], stopped["desiredStatus"]) == (7, "STOPPED")


def test_overrides_take_the_place_of_command_and_environment(containers):
    override = {"name": "main", "command": ['echo "$A $B"'], "environment": [{"name": "B", "value": "new"}]}
    definition = containers.define(
        "echo no", container={"environment": [{"name": "A", "value": "a"}, {"name": "B", "value": "old"}]}
    )
    arn = containers.start(definition, overrides={"containerOverrides": [override]})
    assert containers.log(containers.await_status(arn, "STOPPED")) == ["a new"]


def test_secrets_come_from_secrets_manager_and_parameter_store(containers, sandbox):
    session = sandbox.session()
    text = json.dumps({"username": "admin", "password": "p w"})
    secret = session.client("secretsmanager").create_secret(Name=f"tests/{uuid.uuid4()}", SecretString=text)["ARN"]
    parameter = f"/tests/{uuid.uuid4()}"
    session.client("ssm").put_parameter(Name=parameter, Value="hush", Type="SecureString")
    sources = {"WHOLE": secret, "PASSWORD": f"{secret}:password::", "PARAMETER": parameter}
    secrets = [{"name": name, "valueFrom": source} for name, source in sources.items()]
    task = containers.run('echo "$WHOLE"; echo "$PASSWORD"; echo "$PARAMETER"', container={"secrets": secrets})
    assert containers.log(task) == [text, "p w", "hush"]
    shown = json.dumps(containers.describe(task["taskArn"]), default=str)
    assert "hush" not in shown


def test_a_task_whose_secret_or_log_group_is_missing_does_not_start_and_says_why(containers):
    missing = [{"name": "A", "valueFrom": "/tests/no-such-parameter"}]
    task = containers.run("true", container={"secrets": missing})
    assert task["stopCode"] == "TaskFailedToStart"
    assert "no parameter /tests/no-such-parameter" in task["stoppedReason"]
    assert "exitCode" not in task["containers"][0]
    options = {"awslogs-group": "/no", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "x"}
    task = containers.run("true", container={"logConfiguration": {"logDriver": "awslogs", "options": options}})
    assert "the log group /no does not exist" in task["stoppedReason"]


def test_a_stopped_task_gets_sigterm_and_after_its_time_sigkill(containers, wait_until):
    def stop(definition, ready):
        arn = containers.start(definition)
        wait_until(lambda: containers.await_status(arn, "RUNNING") and ready(arn), "the task to run")
        containers.ecs.stop_task(cluster="tests", task=arn, reason="enough")
        return containers.await_status(arn, "STOPPED")

    def trapped(arn):
        return containers.log({"taskArn": arn}) == ["ready"]

    polite = stop(containers.define("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.1; done"), trapped)
    assert (polite["stopCode"], polite["stoppedReason"]) == ("UserInitiated", "enough")
    assert polite["containers"][0]["exitCode"] == 3
    assert containers.log(polite) == ["ready", "bye"]
    deaf = containers.define("trap '' TERM; echo ready; while :; do sleep 0.1; done", container={"stopTimeout": 1})
    assert stop(deaf, trapped)["containers"][0]["exitCode"] == 137


def test_a_task_that_is_stopped_before_it_runs_never_does(containers):
    arn = containers.start(containers.define("echo ran"))
    stopping = containers.ecs.stop_task(cluster="tests", task=arn)["task"]
    assert stopping["desiredStatus"] == "STOPPED"
    task = containers.await_status(arn, "STOPPED")
    assert (task["stopCode"], task["containers"][0]["lastStatus"]) == ("UserInitiated", "STOPPED")
    assert "startedAt" not in task
    assert "exitCode" not in task["containers"][0]


def test_the_same_token_starts_one_task(containers):
    definition, token = containers.define("sleep 1"), str(uuid.uuid4())
    arn = containers.start(definition, clientToken=token)
    assert containers.start(definition, clientToken=token) == arn
    containers.await_status(arn, "STOPPED")
    assert containers.start(definition, clientToken=token) == arn
    with pytest.raises(ClientError) as caught:
        containers.start(definition, clientToken=token, startedBy="other")
    assert caught.value.response["Error"]["Code"] == "ConflictException"


def test_an_ended_task_leaves_nothing_behind(containers, sandbox, site, wait_until):
    before = set(processes(sandbox.layout))
    enis = len(site.ec2.describe_network_interfaces()["NetworkInterfaces"])
    task = containers.run("sleep 4250 & sleep 0.2")
    task_id = task["taskArn"].rpartition("/")[2]
    wait_until(lambda: not set(processes(sandbox.layout)) - before, "the task's processes to end")
    assert not sandbox.layout.root_disk(task_id).exists()
    assert len(site.ec2.describe_network_interfaces()["NetworkInterfaces"]) == enis


def test_tasks_of_one_network_reach_each_other_at_their_addresses(containers, wait_until):
    serve = containers.start(
        containers.define("mkdir /tmp/w; cd /tmp/w; echo found > f; exec python3 -m http.server 8080")
    )
    found = containers.await_status(serve, "RUNNING")
    details = {one["name"]: one["value"] for one in found["attachments"][0]["details"]}
    address = details["privateIPv4Address"]
    script = (
        "import time, urllib.request\n"
        "for _ in range(100):\n"
        "    try:\n"
        f"        print(urllib.request.urlopen('http://{address}:8080/f').read().decode()); break\n"
        "    except OSError:\n"
        "        time.sleep(0.1)\n"
    )
    asked = containers.run("", container={"entryPoint": ["python3", "-c"], "command": [script]})
    assert containers.log(asked) == ["found"]
    containers.ecs.stop_task(cluster="tests", task=serve)
    containers.await_status(serve, "STOPPED")


def test_an_images_own_files_are_those_of_its_digest(containers, sandbox):
    folder = sandbox.layout.images / ("b" * 64)
    (folder / "app").mkdir(parents=True)
    (folder / "app/run.sh").write_text("echo from the image\n")
    image = IMAGE.replace("a" * 64, "b" * 64)
    task = containers.run("sh /app/run.sh", container={"image": image})
    assert containers.log(task) == ["from the image"]
    assert containers.run("sh /app/run.sh")["containers"][0]["exitCode"] != 0


def test_a_containers_python_has_no_packages(containers):
    assert containers.run("python3 -c 'import json, ssl'")["containers"][0]["exitCode"] == 0
    assert containers.run("python3 -c 'import boto3'")["containers"][0]["exitCode"] == 1


def test_what_fargate_or_the_sandbox_would_not_run_is_refused_by_name(containers, sandbox):
    for container, said in (
        ({"image": "mysql:8"}, "image must be given by its digest"),
        ({"privileged": True}, "privileged must be empty"),
        ({"healthCheck": {"command": ["true"]}}, "healthCheck is not known"),
        ({"logConfiguration": {"logDriver": "syslog"}}, "must be awslogs, not syslog"),
        ({"stopTimeout": 500}, "at most 120 s"),
    ):
        assert said in refusal(lambda container=container: containers.define("true", container=container))
    assert "networkMode must be awsvpc" in refusal(lambda: containers.define("true", networkMode="bridge"))
    assert "no Fargate configuration" in refusal(lambda: containers.define("true", memory="4096"))
    definition = containers.define("true")
    assert "FARGATE only" in refusal(lambda: containers.start(definition, launchType="EC2"))
    assert "one task a call" in refusal(lambda: containers.start(definition, count=2))
    other = {"containerOverrides": [{"name": "other", "command": ["x"]}]}
    assert "no container other" in refusal(lambda: containers.start(definition, overrides=other))
    network = {"awsvpcConfiguration": {"subnets": ["subnet-0123456789abcdef0"]}}
    assert "does not exist" in refusal(lambda: containers.start(definition, networkConfiguration=network))
    wrong = sandbox.session().client("iam").get_role(RoleName="tests")["Role"]["Arn"]
    untrusted = containers.define("true", taskRoleArn=wrong)
    assert "does not trust ecs-tasks.amazonaws.com" in refusal(lambda: containers.start(untrusted))
    assert "runs tasks by RunTask" in refusal(
        lambda: containers.ecs.create_service(cluster="tests", serviceName="s", taskDefinition=definition)
    )


def test_lists_have_what_is_to_run_and_a_cluster_keeps_its_tasks(containers):
    definition, mark = containers.define("sleep 2"), str(uuid.uuid4())
    arn = containers.start(definition, startedBy=mark)
    listed = lambda **options: containers.ecs.list_tasks(cluster="tests", startedBy=mark, **options)["taskArns"]  # noqa: E731
    assert listed() == [arn]
    with pytest.raises(ClientError) as caught:
        containers.ecs.delete_cluster(cluster="tests")
    assert caught.value.response["Error"]["Code"] == "ClusterContainsTasksException"
    containers.await_status(arn, "STOPPED")
    assert listed() == []
    assert listed(desiredStatus="STOPPED") == [arn]
    containers.ecs.deregister_task_definition(taskDefinition=definition)
    assert "inactive" in refusal(lambda: containers.start(definition))


def test_an_automation_runs_a_task_waits_for_its_end_and_looks_at_its_exit_code(containers, sandbox, wait_until):
    ssm = sandbox.session().client("ssm")
    network = {"awsvpcConfiguration": {"subnets": [containers.site.subnet_id]}}
    asked = {"Service": "ecs", "Api": "DescribeTasks", "cluster": "tests", "tasks": ["{{ Run.arn }}"]}
    run = {
        "Service": "ecs",
        "Api": "RunTask",
        "cluster": "tests",
        "taskDefinition": containers.define("exit $CODE"),
        "launchType": "FARGATE",
        "networkConfiguration": network,
        "clientToken": "{{ automation:EXECUTION_ID }}-run",
        "overrides": {
            "containerOverrides": [{"name": "main", "environment": [{"name": "CODE", "value": "{{ code }}"}]}]
        },
    }
    wanted = lambda selector, value: {"PropertySelector": selector, "DesiredValues": [value]}  # noqa: E731
    steps = [
        ("Run", "aws:executeAwsApi", run),
        ("Wait", "aws:waitForAwsResourceProperty", {**asked, **wanted("$.tasks[0].lastStatus", "STOPPED")}),
        ("Check", "aws:assertAwsResourceProperty", {**asked, **wanted("$.tasks[0].containers[0].exitCode", "0")}),
    ]  # fmt: skip
    content = {
        "schemaVersion": "0.3",
        "parameters": {"code": {"type": "String"}},
        "mainSteps": [{"name": name, "action": action, "inputs": inputs} for name, action, inputs in steps],
    }
    content["mainSteps"][0]["outputs"] = [{"Name": "arn", "Selector": "$.tasks[0].taskArn", "Type": "String"}]
    name = f"tests-{uuid.uuid4()}"
    ssm.create_document(Name=name, Content=json.dumps(content), DocumentType="Automation")

    def end(code):
        started = ssm.start_automation_execution(DocumentName=name, Parameters={"code": [code]})
        asked = {"AutomationExecutionId": started["AutomationExecutionId"]}
        find = lambda: ssm.get_automation_execution(**asked)["AutomationExecution"]  # noqa: E731
        over = lambda: find() if find()["AutomationExecutionStatus"] in {"Success", "Failed"} else None  # noqa: E731
        return wait_until(over, "the automation", 60)

    assert end("0")["AutomationExecutionStatus"] == "Success"
    failed = end("4")
    assert failed["AutomationExecutionStatus"] == "Failed"
    assert "$.tasks[0].containers[0].exitCode is 4, desired: 0" in failed["FailureMessage"]


def test_a_task_that_is_not_there_is_named(containers):
    arn = "arn:aws:ecs:eu-central-1:123456789012:task/tests/" + "0" * 32
    assert containers.ecs.describe_tasks(cluster="tests", tasks=[arn])["failures"] == [
        {"arn": arn, "reason": "MISSING"}
    ]
