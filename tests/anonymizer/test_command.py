from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from anonymizer.__main__ import code_sha256, main

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "anonymizer"
GOOD = {"version": 1, "databases": {"d": {"c": {"mode": "drop"}, "v": {"mode": "empty"}}}}


def command(*words, stdin=""):
    return subprocess.run(
        [sys.executable, "-m", "anonymizer", *words], cwd=ROOT, input=stdin, capture_output=True, text=True, check=False
    )


def test_rules_are_checked_from_standard_input():
    done = command("rules", "-", "--json", stdin=json.dumps(GOOD))
    told = json.loads(done.stdout)
    assert done.returncode == 0
    assert told["ok"]
    assert told["collections"] == {"d.c": "drop", "d.v": "empty"}
    assert len(told["sha256"]) == 64


def test_wrong_rules_end_with_two_and_say_where():
    done = command("rules", "-", "--json", stdin=json.dumps({**GOOD, "version": 3}))
    assert done.returncode == 2
    assert json.loads(done.stdout)["errors"] == [{"where": "version", "message": "must be 1"}]


def test_checking_rules_loads_no_driver():
    code = "import sys, anonymizer.__main__ as m; m.main(['rules', '-', '--json'])"
    code += "; assert not {'bson', 'pymongo'} & sys.modules.keys()"
    subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, input=json.dumps(GOOD), text=True, check=True, stdout=subprocess.DEVNULL
    )


def test_the_hash_of_the_code_is_stable():
    assert command("code-sha256").stdout.strip() == code_sha256()
    assert len(code_sha256()) == 64


def test_a_bad_key_ends_with_two_before_any_server_is_asked(tmp_path, monkeypatch):
    words = ["--source-socket", "/nowhere/a", "--target-socket", "/nowhere/b", "--rules", "x.json", "--key-stdin"]
    words += ["--progress", str(tmp_path / "p"), "--result", str(tmp_path / "r")]
    done = command("run", *words, stdin="short")
    assert done.returncode == 2
    assert "64 hexadecimal" in done.stderr
    assert "Traceback" not in done.stderr
    assert "short" not in done.stderr


@pytest.mark.parametrize("words", [[], ["run"], ["nonsense"], ["verify", "--workers", "x"]])
def test_a_wrong_call_ends_with_two(words):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2


def imports(file):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, *(f"{node.module}.{alias.name}" for alias in node.names)))
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def reached(module):
    """Give all modules of the anonymizer that a module loads, itself included."""
    found, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        file = ROOT / (name.replace(".", "/") + ".py")
        if name not in found and file.exists():
            found.add(name)
            waiting += [other for other in imports(file) if other.startswith("anonymizer.")]
    return found


def test_the_verifier_shares_no_code_that_masks_or_copies():
    masking = {f"anonymizer.masks.{file.stem}" for file in (CODE / "masks").glob("*.py")} - {
        "anonymizer.masks.parameters",
        *(f"anonymizer.masks.{name}" for name in ("checks", "kind", "kinds_people", "kinds_numbers", "official_kinds")),
        "anonymizer.masks.words",
    }
    masking |= {"anonymizer.treatment.program"}
    masking |= {f"anonymizer.transfer.{name}" for name in ("transfer", "copying", "state")}
    assert masking <= {
        f"anonymizer.{f.relative_to(CODE).with_suffix('').as_posix().replace('/', '.')}" for f in CODE.rglob("*.py")
    } | {"anonymizer.masks.__init__"}
    assert not reached("anonymizer.verification.verify") & masking
    assert masking - {"anonymizer.masks.__init__"} <= reached("anonymizer.transfer.transfer")
