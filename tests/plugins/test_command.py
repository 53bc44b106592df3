import threading
import time

import pytest

from sandbox.plugins.command.provider import CommandProvider
from sandbox.plugins.protocol import Call, Cancelled, PluginError
from tests.e2e.processes import wait_gone

URN = "urn:pulumi:test::understudy::command:local:Command::smoke"


class Lines:
    """Keeps the lines that a user would see."""

    def __init__(self):
        self.lines = []

    def line(self, urn, text):
        self.lines.append(text)


@pytest.fixture
def call():
    return Call(URN, threading.Event(), Lines())


def create(call, **inputs):
    return CommandProvider().create(call, inputs, preview=False)[1]


def test_what_a_command_writes_are_its_outputs(call):
    outputs = create(call, create="echo out; echo err >&2")
    assert (outputs["stdout"], outputs["stderr"]) == ("out", "err")
    assert sorted(call.log.lines) == ["err", "out"]


def test_a_command_sees_its_environment_its_folder_and_its_input(call, tmp_path):
    outputs = create(call, create="pwd; echo $WORD; cat", environment={"WORD": "w"}, dir=str(tmp_path), stdin="in")
    assert outputs["stdout"] == f"{tmp_path}\nw\nin"


def test_another_interpreter_gets_the_command_as_its_last_word(call):
    assert create(call, create="print(40 + 2)", interpreter=["python3", "-c"])["stdout"] == "42"


def test_a_command_that_does_not_read_its_input_is_no_failure(call):
    assert create(call, create="exec true", stdin="x" * 1_000_000)["stdout"] == ""


def test_a_failing_command_is_told_with_its_status_and_all_that_it_wrote(call):
    with pytest.raises(PluginError, match=r"exit status 3: running 'echo no; exit 3':\nno"):
        create(call, create="echo no; exit 3")


def test_a_preview_runs_nothing(call, tmp_path):
    CommandProvider().create(call, {"create": f"touch {tmp_path}/x"}, preview=True)
    assert not list(tmp_path.iterdir())


def test_an_update_runs_the_update_command_or_the_create_command_again(call):
    provider, old = CommandProvider(), {"create": "echo c", "stdout": "c", "stderr": ""}
    again = provider.update(call, "id", old, {"create": "echo d"}, old, preview=False)
    other = provider.update(call, "id", old, {"create": "echo d", "update": "echo u"}, old, preview=False)
    assert (again["stdout"], other["stdout"]) == ("d", "u")


def test_the_former_output_is_in_the_environment_unless_it_is_not_wanted(call):
    provider, old = CommandProvider(), {"create": "x", "stdout": "former", "stderr": ""}
    ask = {"create": "echo [$PULUMI_COMMAND_STDOUT]"}
    assert provider.update(call, "id", old, ask, old, preview=False)["stdout"] == "[former]"
    quiet = {**ask, "addPreviousOutputInEnv": False}
    assert provider.update(call, "id", old, quiet, old, preview=False)["stdout"] == "[]"


def test_a_delete_command_runs_on_deletion_and_without_one_nothing_does(call, tmp_path):
    provider = CommandProvider()
    provider.delete(call, "id", {"create": "true"}, {})
    provider.delete(call, "id", {"create": "true", "delete": f"touch {tmp_path}/gone"}, {})
    assert (tmp_path / "gone").exists()


def test_only_a_changed_trigger_asks_for_a_replacement(call):
    old = {"create": "a", "triggers": ["1"]}
    assert list(CommandProvider().diff(call, old, {**old, "triggers": ["2"]}).replaces) == ["triggers[0]"]
    assert list(CommandProvider().diff(call, old, {**old, "create": "b"}).replaces) == []


def test_a_cancel_ends_the_command_and_what_it_started(call, tmp_path):
    began, child = tmp_path / "began", tmp_path / "child"

    def cancel():
        while not began.exists():
            time.sleep(0.01)
        call.cancelled.set()

    threading.Thread(target=cancel).start()
    with pytest.raises(Cancelled):
        create(call, create=f"sleep 600 & echo $! >{child}; touch {began}; wait")
    assert wait_gone([int(child.read_text())]) == []


@pytest.mark.parametrize("inputs", [{"create": "x", "archivePaths": ["*"]}, {"create": "x", "nonsense": 1}])
def test_a_property_that_is_not_known_is_refused_by_name(call, inputs):
    with pytest.raises(PluginError, match=r"archivePaths|nonsense"):
        CommandProvider().check(call, {}, inputs, b"")


def test_a_type_that_is_not_known_is_refused_by_name():
    remote = Call(URN.replace("local:Command", "remote:Command"), threading.Event(), Lines())
    with pytest.raises(PluginError, match="command:remote:Command"):
        CommandProvider().check(remote, {}, {}, b"")
