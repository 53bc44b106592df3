import pytest

from sandbox.demo import story
from sandbox.demo.story import NEW_RULE, OLD_RULE, Story
from sandbox.demo.terminal import DemoError
from sandbox.layout import PROJECT_ROOT

DESTROY = ("pulumi", "destroy", "--yes", "--skip-preview")
CANCEL = ("pulumi", "cancel", "--yes")


class Told:
    """A story whose commands and sandbox are written down instead of run."""

    def __init__(self, monkeypatch, tmp_path, fails=()):
        self.commands, self.stopped, self.fails = [], [], dict(fails)
        self.story = Story("test")
        monkeypatch.setattr(type(self.story._layout), "state", tmp_path)
        monkeypatch.setattr(story, "stop_sandbox", lambda layout: self.stopped.append(layout.name))
        monkeypatch.setattr(self.story._terminal, "run", self._run)

    def _run(self, *argv, may_fail=False):
        self.commands.append(argv)
        if argv in self.fails and not may_fail:
            raise self.fails[argv]


def test_what_was_interrupted_is_unlocked_destroyed_and_stopped(monkeypatch, tmp_path):
    told = Told(monkeypatch, tmp_path)
    told.story._has_stack = True
    told.story.leave(keep=False)
    assert told.commands == [CANCEL, DESTROY]
    assert told.stopped == ["test"]


def test_a_story_told_to_its_end_has_no_lock_to_take_away(monkeypatch, tmp_path):
    told = Told(monkeypatch, tmp_path)
    told.story._has_stack = told.story._told = True
    told.story.leave(keep=False)
    assert told.commands == [DESTROY]


@pytest.mark.parametrize("error", [DemoError("it failed"), KeyboardInterrupt()])
def test_the_sandbox_is_stopped_even_where_the_stack_cannot_be_destroyed(monkeypatch, tmp_path, error):
    told = Told(monkeypatch, tmp_path, fails={DESTROY: error})
    told.story._has_stack = True
    told.story.leave(keep=False)
    assert told.stopped == ["test"]


def test_before_there_is_a_stack_none_is_destroyed(monkeypatch, tmp_path):
    told = Told(monkeypatch, tmp_path)
    told.story.leave(keep=False)
    assert told.commands == []
    assert told.stopped == ["test"]


def test_what_is_to_be_kept_is_kept_and_said_so(monkeypatch, tmp_path, capsys):
    told = Told(monkeypatch, tmp_path)
    told.story._has_stack = True
    told.story.leave(keep=True)
    assert told.commands == told.stopped == []
    assert "make sandbox-stop NAME=test" in capsys.readouterr().out


def test_the_rule_that_the_story_changes_is_in_the_example_rules():
    text = (PROJECT_ROOT / "rules/shop.yaml").read_text()
    assert text.count(OLD_RULE) == 1
    assert NEW_RULE not in text
