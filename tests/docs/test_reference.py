import inspect
import re
from pathlib import Path

import components.adoption
import components.rules_file
import components.runbook_files
import components.settings
import refresh.errors
from anonymizer.commands import VERBS
from anonymizer.masks.parameters import KINDS as MASKS
from anonymizer.rules.schema import MODES
from anonymizer.verification.findings import KINDS as FINDINGS
from components.config_keys import KEYS, REQUIRED
from refresh.mongo.workflow import DRAFTING, STEPS

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs/reference.md").read_text(encoding="utf-8")


def section(title):
    """The text below a heading, to the next heading of any level."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", REFERENCE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/reference.md has no section {title}"
    return found[1]


def listed(title):
    """What stands in code marks in the first column of a section's tables."""
    rows = [line for line in section(title).splitlines() if line.startswith("| `")]
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row.split(" | ")[0])]


def errors_of(module):
    members = inspect.getmembers(module, inspect.isclass)
    return {name for name, one in members if issubclass(one, Exception) and one.__module__ == module.__name__}


def test_every_configuration_key_is_listed_with_its_default():
    rows = {
        name: line.split(" | ")[1]
        for line in section("Configuration").splitlines()
        for name in re.findall(r"^\| `(\w+)`", line)
    }
    assert set(rows) == {key.name for key in KEYS}
    for key in KEYS:
        if key.default is REQUIRED:
            assert "required" in rows[key.name], key.name
        elif key.default and isinstance(key.default, (str, int)):
            assert f"`{str(key.default).lower() if key.default is True else key.default}`" in rows[key.name], key.name


def test_every_mode_is_listed():
    assert listed("Modes") == list(MODES)


def test_every_mask_is_listed_with_its_parameters():
    masks = dict.fromkeys(MASKS)
    for line in section("Masks").splitlines():
        if line.startswith("| [`"):
            name, parameters = line.split("|")[1:3]
            masks[re.search(r"`(\w+)`", name)[1]] = re.findall(r"`(\w+)`", parameters)
    assert masks == {name: list(kind.parameters) for name, kind in MASKS.items()}


def test_masks_of_an_id_are_named():
    sentence = next(line for line in section("Masks").splitlines() if line.startswith("`_id` may"))
    named = set(re.findall(r"`(\w+)`", sentence)) - {"_id"} | {"keep"}
    assert named == {name for name, kind in MASKS.items() if kind.for_id}


def test_every_kind_of_finding_is_listed():
    assert listed("Findings") == list(FINDINGS)


def test_every_step_is_listed_in_order_with_its_limit():
    limits = [line.split(" | ")[1] for line in section("Steps").splitlines() if line.startswith("| `")]
    steps = [*STEPS, *(step for step in DRAFTING if step not in STEPS)]
    assert listed("Steps") == [step.name for step in steps]
    assert limits == [str(step.timeout_minutes) for step in steps]


def test_every_document_is_listed_with_its_hosts():
    found = {}
    for file in (ROOT / "scripts").glob("*.sh"):
        found[file.stem] = re.search(r"^# @host (.+)$", file.read_text(), re.MULTILINE)[1].split()
    rows = [line.split(" | ")[:2] for line in section("SSM documents").splitlines() if line.startswith("| `")]
    assert {verb.strip("| `"): hosts.split(", ") for verb, hosts in rows} == found


def test_every_stack_output_is_listed():
    exported = re.findall(r'pulumi\.export\("(\w+)"', (ROOT / "__main__.py").read_text())
    assert exported, "the control: the program exports something"
    assert sorted(listed("Stack outputs")) == sorted(exported)


def test_every_tag_is_listed():
    code = "".join(file.read_text() for folder in ("components", "refresh") for file in (ROOT / folder).rglob("*.py"))
    used = set(re.findall(r'"(understudy:(?!components|refresh:)[a-z-]+)"', code))
    assert "understudy:space" in used, "the control"
    assert set(listed("Tags")) >= used - {"understudy:host"}


def test_every_error_is_listed():
    modules = (
        components.settings,
        components.rules_file,
        components.adoption,
        components.runbook_files,
        refresh.errors,
    )
    assert set(listed("Errors")) == set().union(*map(errors_of, modules))


def test_every_make_target_is_listed():
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert sorted(listed("Make")) == sorted(targets)


def test_every_command_of_the_sandbox_is_listed():
    code = (ROOT / "sandbox/__main__.py").read_text()
    commands = set(re.findall(r'\("([a-z0-9-]+)", _\w+, "', code)) | set(
        re.findall(r'add_parser\("([a-z0-9-]+)"', code)
    )
    assert commands
    assert set(listed("Sandbox")) == commands


def test_every_verb_of_the_anonymizer_is_listed():
    assert set(listed("Anonymizer")) == set(VERBS)
