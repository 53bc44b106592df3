"""The page for adopters: its commands are right as far as can be told without running them (tests/e2e does that)."""

import re
import subprocess
from pathlib import Path

import pytest

from components.config_keys import KEYS
from tests.docs.blocks import blocks_of

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = blocks_of("adopt.md")
PROGRAMS = re.search(r"programs=\((.*?)\)", (ROOT / "docs/examples/image.sh").read_text(), re.DOTALL)[1].split()


def test_most_of_it_is_run_and_what_is_not_says_why():
    assert sum(not block.said for block in BLOCKS) >= 6
    assert all(len(block.said) > 20 for block in BLOCKS if block.said.startswith("not run"))


@pytest.mark.slow
def test_its_commands_are_what_shellcheck_lets_pass(tmp_path):
    files = [tmp_path / f"{number}.sh" for number in range(len(BLOCKS))]
    for file, block in zip(files, BLOCKS, strict=True):
        file.write_text(block.text)
    done = subprocess.run(
        ["shellcheck", "--shell=bash", "--exclude=SC2034", *files], text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_settings_that_it_sets_are_there():
    names = {key.name for key in KEYS} | {"aws:region"}
    set_here = {
        word
        for block in BLOCKS
        for word in re.findall(r"^pulumi config (?:set|rm) (?:--path )?'?([\w:]+)", block.text, re.MULTILINE)
    }
    assert {"production_instance_ids", "refresh_trigger"} <= set_here <= names


def test_no_secret_is_an_argument():
    for block in BLOCKS:
        for line in block.text.splitlines():
            assert not re.search(r"put-parameter .*--value (?!file:)", line), line
            assert not re.search(r"(?:mongosh|python)\b.*\$\{?(?:PRODUCTION_URI|MONITOR_PASSWORD)", line), line


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_the_image_has_to_hold_is_what_hosts_run(program):
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "scripts").rglob("*.sh"))
    assert re.search(rf"(?<![\w-]){re.escape(program)}(?![\w-])", scripts), program
