"""Every file of scripts/ is a verb that components/runbooks.py can turn into a document."""

import json
import re
from pathlib import Path

import pytest

from components.runbook_files import read_runbook

SCRIPTS = Path(__file__).parents[2] / "scripts"
VERBS = sorted(path.stem for path in SCRIPTS.glob("*.sh"))
TABLE = {
    "production-check", "toolkit-install", "quarantine-open", "candidate-open", "anonymize", "verify", "job-status",
    "job-discard", "volume-close", "staging-status", "staging-deliver", "staging-cutover", "staging-stop",
    "rules-draft",
}  # fmt: skip
UNUSED_ON_PURPOSE = {("staging-deliver", "replica_set")}
DOCUMENT_LIMIT = 64 * 1024


def test_the_verbs_are_those_that_the_workflow_knows():
    assert set(VERBS) == TABLE


@pytest.mark.parametrize("verb", VERBS)
def test_every_parameter_is_used_and_every_variable_is_declared(verb):
    runbook = read_runbook(SCRIPTS / f"{verb}.sh")
    declared = {parameter.name for parameter in runbook.parameters}
    used = set(re.findall(r"\bSSM_([a-z_0-9]+)", runbook.script))
    assert used == {name for name in declared if (verb, name) not in UNUSED_ON_PURPOSE}


@pytest.mark.parametrize("verb", VERBS)
def test_a_script_stops_at_the_first_failure(verb):
    assert "\nset -euo pipefail\n" in read_runbook(SCRIPTS / f"{verb}.sh").script


@pytest.mark.parametrize("verb", VERBS)
def test_a_document_is_not_larger_than_systems_manager_takes(verb):
    document = json.dumps(read_runbook(SCRIPTS / f"{verb}.sh").document(), indent=1)
    assert len(document.encode()) < DOCUMENT_LIMIT


@pytest.mark.parametrize("verb", VERBS)
def test_no_parameter_takes_what_a_shell_or_json_would_treat_as_its_own(verb):
    for parameter in read_runbook(SCRIPTS / f"{verb}.sh").parameters:
        for harmful in ("a b", "a;b", "$(a)", "a'b", 'a"b', "a\nb", ""):
            assert not re.search(parameter.pattern.removesuffix("$") + r"\Z", harmful), parameter.name


def test_every_library_file_is_included_somewhere():
    text = "".join((SCRIPTS / f"{verb}.sh").read_text() for verb in VERBS)
    assert all(f"# include lib/{path.name}\n" in text for path in (SCRIPTS / "lib").glob("*.sh"))
