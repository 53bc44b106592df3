"""Scans of real databases: the drafts run, verify, and leak nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bson import json_util

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.sandbox


def command(verb, *words, **options):
    return subprocess.run(
        [sys.executable, "-m", "anonymizer", verb, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def scan(server, *words):
    done = command("scan", "--source-socket", server.socket, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def analytics(pair):
    folder = ROOT.parent / "shared" / "data" / "sample_analytics"
    if not folder.exists():
        pytest.skip("no ../shared/data here")
    data = pair.source.client.sample_analytics
    for name in ("customers", "accounts"):
        with (folder / f"{name}.json").open() as lines:
            data[name].insert_many([json_util.loads(line) for line in lines])
    return pair


def test_sample_analytics(analytics):
    assert "DECIDE" in scan(analytics.source, "--all")


def test_shop(shop):
    assert "DECIDE" in scan(shop.source, "--all")
