"""Parts of collections on a Dask cluster: a real scheduler, two worker processes, and one of them killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from pymongo import MongoClient

from anonymizer.errors import UsageError
from anonymizer.transfer.cluster import refuse_unfit
from tests.anonymizer.conftest import KEY, ROOT
from tests.anonymizer.test_transfer_servers import PASSWORD, free_port, remote_server

TLS = "mongodb://h/?tls=true"
FIELDS = {"_id": "keep", "name": "name", "email": "email"}
RULES = {
    "version": 1,
    "databases": {
        "d": {
            "people": {"mode": "mask", "fields": FIELDS},
            "accounts": {"mode": "mask", "fields": {"_id": "email"}},
            "some": {"mode": "sample", "share": 0.2, "fields": {"_id": "keep"}},
        }
    },
}


@pytest.mark.parametrize(
    ("scheduler", "source", "target", "words"),
    [
        ("tcp://10.0.0.1:8786", TLS, TLS, "in clear"),
        ("scheduler:8786", TLS, TLS, "address of a scheduler"),
        ("tls://s:1", "/run/m.sock", TLS, "--source-uri-env"),
        ("tls://s:1", TLS, "mongodb://h/?tls=false", "--target-uri-env"),
    ],
)
def test_a_cluster_is_refused_where_it_cannot_reach_the_servers_or_the_key_would_go_in_clear(
    scheduler, source, target, words
):
    with pytest.raises(UsageError, match=words):
        refuse_unfit(scheduler, source, target)
    refuse_unfit("tls://s:1", TLS, "mongodb+srv://h/")
    refuse_unfit("tcp://127.0.0.1:1", TLS, TLS)


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers, each a process: its address and their pids."""
    address, started = f"tcp://127.0.0.1:{free_port()}", []

    def start(*words):
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]],
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=(tmp_path / f"dask-{len(started)}.log").open("wb"),
                stderr=subprocess.STDOUT,
            )
        )
        return started[-1]

    start("dask_scheduler", "--host", address, "--no-dashboard")
    words = ("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    workers = [start(*words, "--name", f"w{n}") for n in range(2)]
    yield address, workers
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.sandbox
def test_a_worker_of_the_cluster_is_killed_and_the_copy_is_that_of_an_undisturbed_run(cluster, pair, tmp_path):
    address, workers = cluster
    people = [{"_id": n, "name": f"Given{n} Family{n}", "email": f"p{n}@mail.de"} for n in range(80_000)]
    more = {"accounts": [{"_id": f"p{n}@mail.de"} for n in range(500)], "some": [{"_id": n} for n in range(2000)]}
    with remote_server(tmp_path / "from") as source, remote_server(tmp_path / "to") as target:
        with MongoClient(source) as client:
            for server in (client, pair.source.client):
                for name, documents in {"people": people, **more}.items():
                    server.d[name].insert_many(documents)
        process = start(tmp_path, address, {"FROM_URI": source, "TO_URI": target})
        with MongoClient(target) as client:
            records = client.local.understudy
            deadline = time.monotonic() + 90
            while records.count_documents({"part_of": "d.people"}) < 2 and time.monotonic() < deadline:
                assert process.poll() is None, process.communicate()[1]
                time.sleep(0.005)
            workers[0].send_signal(signal.SIGKILL)
            done = records.count_documents({"part_of": "d.people"})
            assert 0 < done < 20, "it was killed before the first part was recorded, or after the last"
            _, stderr = process.communicate(timeout=200)
            assert process.returncode == 0, stderr
            found = {name: list(client.d[name].find().sort("_id", 1)) for name in ("people", *more)}
    assert workers[1].poll() is None
    assert PASSWORD not in stderr
    rows = {row["collection"]: row["written"] for row in json.loads((tmp_path / "r.json").read_text())["collections"]}
    assert rows == {name: len(documents) for name, documents in found.items()}
    logs = b"".join(file.read_bytes() for file in tmp_path.glob("dask-*.log"))
    assert b"mail.de" not in logs
    assert b"to-be-shown" not in logs
    assert pair.do("run", RULES).code == 0
    assert found == {name: list(pair.target.client.d[name].find().sort("_id", 1)) for name in ("people", *more)}


def start(folder, address, environment):
    (folder / "rules.json").write_text(json.dumps(RULES))
    words = ["--source-uri-env", "FROM_URI", "--target-uri-env", "TO_URI", "--dask", address, "--key-stdin"]
    words += ["--rules", str(folder / "rules.json"), "--progress", str(folder / "p.json")]
    process = subprocess.Popen(
        [sys.executable, "-m", "anonymizer", "run", *words, "--result", str(folder / "r.json"), "--workers", "2"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(KEY)
    process.stdin.close()
    process.stdin = None
    return process
