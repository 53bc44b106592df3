import sys

import pytest

from sandbox.layout import PROJECT_ROOT

sys.path.insert(0, str(PROJECT_ROOT / "sandbox" / "guest"))  # in a host its files lie side by side, in no package

from unit_file import UnitError, expand, parse_unit


def parse(*lines):
    return parse_unit("a.service", ["[Service]", *lines])


def test_an_empty_value_starts_a_list_anew_and_a_backslash_continues_a_line():
    unit = parse("ExecStartPre=/bin/a", "ExecStartPre=", "ExecStartPre=/bin/b \\", "  --long", "# ExecStartPre=/bin/c")
    assert unit.values["ExecStartPre"] == ["/bin/b --long"]


def test_environment_comes_from_directives_and_files_in_order(tmp_path):
    file = tmp_path / "env"
    file.write_text("# a comment\nB='two words'\n\nC=3\n")
    unit = parse("Environment=A=1 'B=one word'", f"EnvironmentFile={file}", f"EnvironmentFile=-{tmp_path}/absent")
    assert unit.environment() == {"A": "1", "B": "two words", "C": "3"}


def test_variables_are_put_in_as_systemd_does_it():
    words = expand("/bin/x $MANY ${ONE}/y '${ONE}' $$ $none", {"MANY": "a b", "ONE": "o p"})
    assert words == ["/bin/x", "a", "b", "o p/y", "o p", "$"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("1min 30s", 90), ("500ms", 0.5), ("2h", 7200), ("infinity", float("inf"))]
)
def test_time_spans_are_read(text, seconds):
    assert parse(f"TimeoutStopSec={text}").seconds("TimeoutStopSec", 1) == seconds


@pytest.mark.parametrize("line", ["Type=notify", "DynamicUser=yes", "no directive"])
def test_what_is_not_understood_is_refused_by_name(line):
    with pytest.raises(UnitError, match=line.partition("=")[0]):
        parse(line)
