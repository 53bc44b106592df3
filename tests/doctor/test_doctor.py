"""The command: what it reads of the stack, what it prints, and its exit status."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from doctor import __main__ as command
from doctor.page import Page
from doctor.request import request_of
from doctor.stack import ROOT, Stack, StackError, read_stack
from refresh.mongo.examination.case import Case
from refresh.mongo.examination.finding import Mark, in_order, unasked, wrong
from refresh.values import UNKNOWN
from tests.refresh.fake_questions import FakeQuestions
from tests.refresh.fake_world import PRODUCTION, STAGING, FakeWorld, inputs


def config_of(folder: Path) -> dict[str, str]:
    rules = folder / "rules.yaml"
    rules.write_text("version: 1\ndatabases: {}\n")
    values = {
        "production_instance_ids": json.dumps(PRODUCTION[:2]),
        "production_user_parameter": "/new/user",
        "production_password_parameter": "/new/user/password",
        "pseudonym_key_parameter": "/understudy/pseudonym-key",
        "ami_id": "ami-0123456789abcdef0",
        "availability_zone": "eu-west-1a",
        "rules_path": str(rules),
        "refresh_trigger": "june",
        "toolkit_path": str(folder),
    }
    return {"aws:region": "eu-west-1", **{f"understudy:{name}": value for name, value in values.items()}}


def resource(kind: str, **given: Any) -> dict[str, Any]:
    return {"type": f"pulumi-python:understudy:{kind}", "inputs": given}


def stack_of(folder: Path, *resources: dict[str, Any], **config: str) -> Stack:
    return Stack(name="staging", project="understudy", config={**config_of(folder), **config}, resources=resources)


def test_todays_configuration_counts_over_what_the_state_knows(tmp_path: Path) -> None:
    new = {"verify": {"name": "new-verify", "hash": "new"}}
    stack = stack_of(tmp_path, resource("StagingRefresh", **inputs()), resource("RefreshSpace", documents=new))
    request, findings = request_of(stack)
    assert request is not None
    assert [each.mark for each in findings] == [Mark.IN_ORDER]
    assert request.production.instance_ids == PRODUCTION[:2]
    assert request.production.user_parameter == "/new/user"
    assert request.staging.instance_id == STAGING
    assert (request.trigger, request.reports_bucket) == ("june", "reports")
    assert {verb: each.name for verb, each in request.documents.items()} == {"verify": "new-verify"}


def test_before_the_first_up_the_configuration_alone_is_examined(tmp_path: Path) -> None:
    request, findings = request_of(stack_of(tmp_path))
    assert request is not None
    assert request.staging.instance_id == UNKNOWN
    assert "no refresh yet: pulumi up makes the stack" in [each.text for each in findings]


def test_a_wrong_configuration_is_told_and_the_state_is_examined_all_the_same(tmp_path: Path) -> None:
    broken = {"understudy:ami_id": "debian"}
    request, findings = request_of(stack_of(tmp_path, resource("StagingRefresh", **inputs()), **broken))
    assert request is not None
    assert request.trigger == "march"
    assert "must be the id of an AMI" in findings[0].text
    nothing, findings = request_of(stack_of(tmp_path, **broken))
    assert nothing is None
    assert findings[0].mark is Mark.WRONG


def test_a_production_host_as_staging_is_told_as_configuration(tmp_path: Path) -> None:
    given = inputs(staging__instance_id=PRODUCTION[0])
    request, findings = request_of(stack_of(tmp_path, resource("StagingRefresh", **given)))
    assert request is None
    assert "is a production host" in findings[-1].text


def test_pulumi_is_asked_for_the_selected_stack_its_configuration_and_its_state() -> None:
    asked: list[Sequence[str]] = []
    answers = {
        "stack --show-name": "staging\n",
        "config --json --stack staging": json.dumps({"aws:region": {"value": "eu-west-1"}, "x:s": {"secret": True}}),
        "stack export --stack staging": json.dumps({"deployment": {"resources": [resource("StagingRefresh", a="b")]}}),
    }  # fmt: skip

    def run(words: Sequence[str]) -> str:
        asked.append(words)
        return answers[" ".join(words)]

    stack = read_stack("", run)
    assert (stack.name, stack.project) == ("staging", "understudy")
    assert stack.config == {"aws:region": "eu-west-1"}
    assert stack.inputs_of("StagingRefresh") == {"a": "b"}
    assert stack.inputs_of("RefreshSpace") is None
    assert len(asked) == 3


def test_a_stack_without_state_has_none() -> None:
    assert read_stack("new", lambda _words: "{}").resources == []


def test_an_answer_that_is_no_json_is_an_error_with_the_command() -> None:
    with pytest.raises(StackError, match="pulumi config gave no JSON object"):
        read_stack("staging", lambda _words: "Please choose a stack")


def test_without_pulumi_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert command.main(["--stack", "staging"]) == 1
    assert "there is no pulumi on the PATH. Run: make setup" in capsys.readouterr().out


@pytest.mark.parametrize(("disorder", "status", "verdict"), [(False, 0, "In order"), (True, 1, "1 thing is wrong")])
def test_the_page_ends_with_a_verdict_and_the_exit_status_says_the_same(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    disorder: bool,  # noqa: FBT001 - a parameter of a test
    status: int,
    verdict: str,
) -> None:
    world, questions = FakeWorld(tmp_path), FakeQuestions()
    world.objects.objects["toolkit", "toolkit/t.tar"] = (b"", "etag", 0.0)
    if disorder:
        questions.buckets = {"toolkit"}
    stack = stack_of(tmp_path, resource("StagingRefresh", **inputs()))
    stack = Stack(
        name="staging",
        project="understudy",
        config={**stack.config, "understudy:production_instance_ids": json.dumps(PRODUCTION)},
        resources=stack.resources,
    )
    monkeypatch.setattr(command, "read_stack", lambda _name: stack)
    monkeypatch.setattr(
        command,
        "_case",
        lambda request: Case(request=request, aws=world.connect("", ""), questions=questions, clock=world.clock),
    )
    assert command.main([]) == status
    text = capsys.readouterr().out
    assert text.splitlines()[-1] == f"{verdict}."
    assert ("WRONG  reports bucket" in text) is disorder
    assert len(text.splitlines()) < 50, "one page"
    assert "ok     volumes' key" in text


def test_a_line_has_its_remedy_below_it_and_long_ones_are_wrapped() -> None:
    out = io.StringIO()
    page = Page(out)
    page.line(wrong("quotas", "word " * 60, "ask for more"))
    page.line(in_order("agents", "online"))
    page.line(wrong("configuration", "2 problems:\n  first\n    rule: a"))
    page.end([wrong("a", "b"), wrong("a", "b"), unasked("a", "b")])
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 118
    assert any(line.strip() == "do: ask for more" for line in lines)
    assert [line.strip() for line in lines if line.endswith(("first", "rule: a"))] == ["first", "rule: a"]
    assert lines[-1] == "2 things are wrong; 1 could not be asked (?)."


def test_the_projects_name_is_read_from_its_file() -> None:
    assert "name: understudy" in (ROOT / "Pulumi.yaml").read_text()
