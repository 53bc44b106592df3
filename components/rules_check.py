"""What is wrong with the rules of a refresh, as the anonymizer says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi.dynamic import CheckFailure

from components.dynamic import with_unknowns
from refresh.values import UNKNOWN, plain

_ROOT = Path(__file__).resolve().parent.parent
# The anonymizer's own command can (`--preserve-socket`); in a refresh, live staging is not at hand on the worker.
_NO_PRESERVE = "preserve cannot be used in a refresh yet; take mask, sample, empty or drop"
_RULES_CHECK_SECONDS = 60


def rules_failures(news: Mapping[str, Any]) -> list[CheckFailure]:
    """Have the anonymizer judge the rules: as a command, since only the hosts' side may know its inside.

    Args:
        news: The inputs of StagingRefresh, perhaps with parts that are not known yet.
    """
    rules = with_unknowns(plain(news["rules"]))
    if UNKNOWN in json.dumps(rules):
        return []
    done = subprocess.run(
        [sys.executable, "-m", "anonymizer", "rules", "-", "--json"],
        input=json.dumps(rules),
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=_RULES_CHECK_SECONDS,
        check=False,
    )
    try:
        answer = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        return [
            CheckFailure("rules", f"could not be checked: {done.stderr.strip()[-300:] or 'no answer'}. Run: make setup")
        ]
    wrong = [CheckFailure(f"rules.{each['where']}", each["message"]) for each in answer["errors"]]
    preserved = [name for name, mode in answer["collections"].items() if mode == "preserve"]
    return wrong + [CheckFailure(f"rules.databases.{name}.mode", _NO_PRESERVE) for name in preserved]
