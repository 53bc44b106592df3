"""The promises of the files that the toolchain and the Makefile are made of."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = sorted(
    [*ROOT.glob("requirements*.txt"), ROOT / "constraints.txt", *ROOT.glob("sandbox/toolchain/*.txt")]
)
TARGETS = [
    "setup",
    "sandbox",
    "sandbox-stop",
    "sandbox-env",
    "demo",
    "demo-aurora",
    "test",
    "test-fast",
    "soak",
    "check",
    "toolkit",
    "kernel",
    "docs",
    "bench",
    "clean",
]


def lines(path):
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


def make(*arguments):
    command = ["make", "--no-print-directory", *arguments]
    # A make around the tests hands on what it was given.
    own = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "PYTHON"}}
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_is_one_exact_version_from_no_named_index(path):
    for line in lines(path):
        assert line == "-c constraints.txt" or re.fullmatch(
            r"[\w.-]+(\[[\w,]+\])?==[\w.]+( --hash=sha256:\w{64})?", line
        )


def test_hosts_get_the_pymongo_that_the_tests_run_with():
    pinned = {line for line in lines(ROOT / "requirements.txt") if line.startswith("pymongo==")}
    assert pinned < set(lines(ROOT / "requirements-toolkit.txt"))


@pytest.mark.parametrize(
    ("version", "given", "taken"),
    [
        ((3, 11), (), "distribution"),
        ((3, 9), (), "python3"),
        (None, (), "python3"),
        ((3, 11), ("PYTHON=python3.12",), "python3.12"),
    ],
)
def test_set_up_takes_the_distributions_python_where_it_is_new_enough(tmp_path, version, given, taken):
    distribution = tmp_path / "distribution"
    if version:
        changed = f"import sys; sys.version_info = {version}; exec(sys.argv[2])"
        distribution.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{changed}' \"$@\"\n")
        distribution.chmod(0o755)
    shown = make("--eval=shown: ; @echo $(PYTHON)", "shown", f"DISTRIBUTION={distribution}", *given)
    assert Path(shown.strip()).name == taken


def test_make_alone_lists_every_target():
    listed = make()
    assert [target for target in TARGETS if f"make {target} " not in listed] == []


def test_make_test_checks_first_then_runs_every_test_but_the_soak():
    commands = make("--dry-run", "test").strip().splitlines()
    assert any("ruff check" in command for command in commands)
    assert commands[-2].endswith('-m pytest -m "not sandbox and not soak" --numprocesses auto')
    assert commands[-1].endswith('-m pytest -m "sandbox and not soak" --numprocesses 3 --dist loadscope')


def test_ci_runs_make_test_and_nothing_else():
    code = [line for line in lines(ROOT / ".ci" / "run") if not line.startswith(("set ", "cd "))]
    assert code == ["exec make --no-print-directory test"]


@pytest.mark.parametrize(("user_id", "sudo"), [("0", False), ("1000", True)])
def test_sudo_is_used_exactly_when_not_root(fake, monkeypatch, user_id, sudo):
    folder = fake("id", f"echo {user_id}").parent
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), os.defpath]))
    assert ("sudo -E" in make("--dry-run", "sandbox-stop")) is sudo
