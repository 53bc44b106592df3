import pathlib

import pytest

from components.runbook_files import RunbookError, read_runbook, read_runbooks

ROOT = pathlib.Path(__file__).parents[2]
HEADER = """#!/usr/bin/env bash
# Look at a volume.
#
# More about it.
# @host worker
# @timeout_seconds 60
# @param volume_id ^vol-[0-9a-f]{8,17}$ The volume.
# @param wait_seconds ^[0-9]{1,4}$ =0 How long to wait.
# @param prefix ^[a-z]*$ = May be empty.
set -euo pipefail
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "volume.sh").write_text("find_volume() { :; }\n")
    return tmp_path


def write(folder, text, name="look.sh"):
    path = folder / name
    path.write_text(text)
    return path


def test_a_header_says_what_the_document_is(folder):
    runbook = read_runbook(write(folder, HEADER))

    assert (runbook.verb, runbook.description, runbook.timeout_seconds) == ("look", "Look at a volume.", 60)
    assert list(runbook.hosts) == ["worker"]
    assert [(one.name, one.default) for one in runbook.parameters] == [
        ("volume_id", None),
        ("wait_seconds", "0"),
        ("prefix", ""),
    ]


def test_every_parameter_is_an_environment_variable_with_a_pattern(folder):
    parameters = read_runbook(write(folder, HEADER)).document()["parameters"]

    assert parameters["volume_id"] == {
        "type": "String",
        "description": "The volume.",
        "allowedPattern": "^vol-[0-9a-f]{8,17}$",
        "interpolationType": "ENV_VAR",
    }
    assert parameters["wait_seconds"]["default"] == "0"


def test_the_script_is_the_step_line_by_line(folder):
    step = read_runbook(write(folder, HEADER + 'echo "$SSM_volume_id"\n')).document()["mainSteps"][0]

    assert step["action"] == "aws:runShellScript"
    assert step["inputs"]["timeoutSeconds"] == "60"
    assert step["inputs"]["runCommand"][0] == "#!/usr/bin/env bash"
    assert step["inputs"]["runCommand"][-1] == 'echo "$SSM_volume_id"'


def test_an_include_is_replaced_by_the_text_of_the_file(folder):
    script = read_runbook(write(folder, HEADER + "# include lib/volume.sh\nfind_volume\n")).script
    assert script.endswith("find_volume() { :; }\nfind_volume\n")


def test_what_is_included_is_no_document(folder):
    write(folder, HEADER)
    assert list(read_runbooks(folder)) == ["look"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEADER.replace("#!/usr/bin/env bash", "#!/bin/sh"), "look.sh:1: the first line"),
        (HEADER.replace("# @host worker\n", ""), "has no `# @host` line"),
        (HEADER.replace("# @timeout_seconds 60\n", ""), "has no `# @timeout_seconds` line"),
        (HEADER.replace("worker", "laptop"), "look.sh:5: @host 'laptop'"),
        (HEADER.replace("@timeout_seconds 60", "@timeout_seconds soon"), "look.sh:6: @timeout_seconds"),
        (HEADER.replace("^vol-[0-9a-f]{8,17}$", "vol-.*"), "look.sh:7: @param must read"),
        (HEADER.replace("^vol-[0-9a-f]{8,17}$", "^vol-[$"), "look.sh:7: @param volume_id: the pattern is wrong"),
        (HEADER.replace("=0", "=none"), "look.sh:8: @param wait_seconds: the default does not match"),
        (HEADER.replace("@param prefix", "@param volume_id"), "look.sh:9: @param volume_id is there twice"),
        (HEADER.replace("@param prefix", "@option prefix"), "look.sh:9: @option is unknown"),
        (HEADER + "# include lib/nothing.sh\n", "look.sh:11: lib/nothing.sh is not there"),
    ],
)
def test_a_header_that_cannot_be_used_is_refused_with_file_and_line(folder, text, reason):
    with pytest.raises(RunbookError, match="look"):
        read_runbook(write(folder, text))
    with pytest.raises(RunbookError) as caught:
        read_runbooks(folder)
    assert reason in str(caught.value)


def test_the_scripts_of_this_project_are_documents_that_aws_would_take():
    """AWS takes names of at most 128 characters and documents of at most 64 KiB."""
    runbooks = read_runbooks(ROOT / "scripts")
    assert "production-check" in runbooks
    for verb, runbook in runbooks.items():
        assert len(str(runbook.document())) < 60_000, verb
        assert not [line for line in runbook.script.splitlines() if "{{" in line], (
            f"{verb}: SSM would replace {{{{ }}}}"
        )
