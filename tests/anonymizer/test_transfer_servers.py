"""Servers that are reached by a URI, with a password and TLS, which is never shown."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymongo import MongoClient

from tests.anonymizer.conftest import KEY, ROOT, find_mongod

RULES = {"version": 1, "databases": {"d": {"c": {"mode": "copy", "fields": ["_id"]}}}}
PASSWORD = "not%2Fto-be-shown"


def command(folder, words, environment, verb="run"):
    (folder / "rules.json").write_text(json.dumps(RULES))
    rest = ["--rules", str(folder / "rules.json"), "--key-stdin", "--workers", "2"]
    rest += ["--progress", str(folder / "progress.json"), "--result", str(folder / "result.json")]
    return subprocess.run(
        [sys.executable, "-m", "anonymizer", verb, *words, *rest],
        cwd=ROOT,
        input=KEY,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    "uri", [None, "not a uri", f"mongodb://somebody:{PASSWORD}@h:1/?tls=maybe", f"mongodb://somebody:{PASSWORD}@[::1/"]
)
def test_a_uri_that_cannot_be_used_is_refused_and_not_shown(tmp_path, uri):
    words = ["--source-uri-env", "FROM_URI", "--target-socket", str(tmp_path / "t.sock")]
    done = command(tmp_path, words, {} if uri is None else {"FROM_URI": uri})
    assert done.returncode == 2, done.stderr
    assert "URI" in done.stderr
    assert PASSWORD not in done.stderr
    assert "somebody" not in done.stderr
    assert "Traceback" not in done.stderr


def certificate(folder: Path):
    key, crt = folder / "key.pem", folder / "crt.pem"
    told = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost".split()
    words = ["openssl", *told, "-keyout", str(key), "-out", str(crt)]
    subprocess.run(words, check=True, capture_output=True)
    (folder / "both.pem").write_text(key.read_text() + crt.read_text())
    return folder / "both.pem", crt


@contextmanager
def remote_server(folder: Path):
    """Start a mongod at a port, with TLS and a password, and give its URI."""
    program = find_mongod()
    if program is None:
        pytest.skip("no mongod: run `make setup`")
    (folder / "db").mkdir(parents=True)
    both, crt = certificate(folder)
    port = free_port()
    words = ["--dbpath", str(folder / "db"), "--port", str(port), "--bind_ip", "127.0.0.1", "--nounixsocket", "--auth"]
    words += ["--tlsMode", "requireTLS", "--tlsCertificateKeyFile", str(both), "--wiredTigerCacheSizeGB", "0.25"]
    process = subprocess.Popen([program, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    options = f"tls=true&tlsCAFile={crt}"
    try:
        with MongoClient(f"mongodb://localhost:{port}/?{options}", serverSelectionTimeoutMS=30_000) as client:
            client.admin.command("createUser", "somebody", pwd="not/to-be-shown", roles=["root"])
        yield f"mongodb://somebody:{PASSWORD}@localhost:{port}/?{options}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def remote(tmp_path):
    with remote_server(tmp_path / "remote") as uri:
        yield uri


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.mark.sandbox
def test_a_server_is_reached_over_tls_with_a_password_from_the_environment(pair, remote, tmp_path):
    pair.source.client.d.c.insert_many([{"_id": n} for n in range(9000)])
    words = ["--source-socket", pair.source.socket, "--target-uri-env", "TO_URI"]
    for verb in ("run", "verify"):
        done = command(tmp_path, [*words, *(["--log", "json"] if verb == "run" else [])], {"TO_URI": remote}, verb)
        assert done.returncode == 0, done.stderr
        assert PASSWORD not in done.stderr
        if verb == "run":
            lines = [json.loads(line) for line in done.stderr.splitlines()]
            assert {line["phase"] for line in lines} >= {"copy", "done"}
    with MongoClient(remote) as client:
        assert client.d.c.count_documents({}) == 9000
    pair.target.empty()
    words = ["--source-uri-env", "FROM_URI", "--target-socket", pair.target.socket]
    done = command(tmp_path, words, {"FROM_URI": remote})
    assert done.returncode == 0, done.stderr
    assert pair.target.client.d.c.count_documents({}) == 9000
    done = command(tmp_path, words, {"FROM_URI": remote.replace(PASSWORD, "wrong")})
    assert done.returncode == 5
    assert "code 18" in done.stderr
    assert "wrong" not in done.stderr
