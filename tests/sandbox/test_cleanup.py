import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest

from sandbox import cleanup
from sandbox.cleanup import leftovers, loops, mounts, processes
from sandbox.client import Sandbox
from sandbox.layout import PROJECT_ROOT, Layout, SandboxError
from sandbox.lifecycle import is_alive, stop

pytestmark = pytest.mark.sandbox


@pytest.fixture
def name():
    name = f"sbx-{uuid.uuid4().hex[:8]}"
    yield name
    stop(Layout(name))


def machine():
    """What a sandbox may leave on the machine, counted without the sandbox's own means."""

    def lines(*argv):
        return set(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines())

    return {
        "loops": {line.split()[0] for line in lines("losetup", "--noheadings", "--list")},
        "namespaces": lines("ip", "netns", "list"),
        "mounts": lines("findmnt", "--noheadings", "--list", "--output", "TARGET"),
        "files": {p.name for folder in (PROJECT_ROOT, PROJECT_ROOT / ".sandbox") for p in folder.iterdir()},
        "links": lines("ip", "-oneline", "link"),
    }


def of_others(before, after, layout):
    """What is new on the machine; other sandboxes may come and go meanwhile."""
    return {
        kind: {line for line in after[kind] - before[kind] if layout.prefix in line or layout.name in line}
        for kind in before
    }


@pytest.fixture(scope="module")
def begun(sandbox):
    """What was on the machine before a second sandbox, and that one as it was found by each of two starts at once."""
    name = f"sbx-{uuid.uuid4().hex[:8]}"
    before, found = machine(), []
    threads = [threading.Thread(target=lambda: found.append(Sandbox.start(name))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    yield before, found
    stop(Layout(name))


@pytest.fixture(scope="module")
def other(begun):
    """A second sandbox, which the tests that follow share."""
    return begun[1][0]


def test_starting_twice_finds_the_running_one_even_at_the_same_time(begun):
    assert len(begun[1]) == 2
    assert len({one.record["pid"] for one in begun[1]}) == 1


def test_two_sandboxes_do_not_meet(sandbox, other):
    mine = {one["VolumeId"] for one in sandbox.session().client("ec2").describe_volumes()["Volumes"]}
    theirs = {one["VolumeId"] for one in other.session().client("ec2").describe_volumes()["Volumes"]}
    assert mine.isdisjoint(theirs)
    assert other.record["endpoint"] != sandbox.record["endpoint"]
    # The same addresses on both sides, and each side sees its own.
    assert other.production["private_ips"] == sandbox.production["private_ips"]
    for one in (sandbox, other):
        assert one.exec(one.production["instance_ids"][0], ["touch", f"/etc/{one.name}"]).returncode == 0
        listed = one.exec(one.production["instance_ids"][0], ["ls", "/etc"]).stdout.split()
        assert {sandbox.name, other.name} & set(listed) == {one.name}


def test_a_stopped_sandbox_leaves_nothing_and_while_it_runs_there_is_a_lot(sandbox, begun, other):
    before, layout = begun[0], other.layout
    pids = processes(layout)
    assert len(pids) >= 9  # three hosts with an init, what holds it, and a mongod
    assert len(loops(layout)) == 4  # the pool and three data volumes
    assert mounts(layout) == [layout.pool]
    found = of_others(before, machine(), layout)
    assert found["namespaces"]
    assert found["mounts"]
    assert found["files"]
    other.stop()
    assert not is_alive(layout)
    assert leftovers(layout) == []
    assert not any(of_others(before, machine(), layout).values())
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    # The one beside it goes on.
    member = sandbox.production["instance_ids"][0]
    assert sandbox.exec(member, ["systemctl", "is-active", "mongod"]).stdout == "active\n"


def kill_supervisor(one):
    os.kill(one.record["pid"], signal.SIGKILL)
    while is_alive(one.layout):
        time.sleep(0.01)
    assert len(leftovers(one.layout)) > 10


def test_after_a_killed_supervisor_start_makes_a_new_sandbox_and_stop_cleans_up_what_one_left(sandbox, name):
    first = Sandbox.start(name)
    kill_supervisor(first)
    said = []
    second = Sandbox.start(name, said.append)
    assert "was not stopped" in said[0]
    assert set(second.production["instance_ids"]).isdisjoint(first.production["instance_ids"])
    assert second.session().client("ec2").describe_instances()["Reservations"]
    kill_supervisor(second)
    with pytest.raises(SandboxError, match="does not run"):
        Sandbox.connect(name)
    second.stop()
    assert leftovers(second.layout) == []


@pytest.mark.parametrize("after_seconds", [0.7, 2, 4])
def test_a_start_killed_at_any_moment_leaves_nothing_after_stop(sandbox, name, after_seconds):
    layout = Layout(name)
    argv = [sys.executable, "-m", "sandbox", "start", "--name", name]
    starting = subprocess.Popen(argv, cwd=PROJECT_ROOT, stdout=-3, stderr=-3, start_new_session=True)
    time.sleep(after_seconds)
    starting.kill()
    starting.wait()
    pid = int(layout.lock.read_text() or 0) if layout.lock.exists() else 0
    if pid:
        os.kill(pid, signal.SIGKILL)
    stop(layout)
    assert leftovers(layout) == []


def test_a_killed_host_is_cleaned_up_too(sandbox, name):
    made = Sandbox.start(name)
    for pid in processes(made.layout):
        with contextlib.suppress(ProcessLookupError):  # it ended with the host's init
            os.kill(pid, signal.SIGKILL)
    made.stop()
    assert leftovers(made.layout) == []


@pytest.mark.parametrize("goes_by_itself", [True, False])
def test_a_namespace_that_goes_by_itself_is_no_failure_and_one_that_stays_is(monkeypatch, tmp_path, goes_by_itself):
    layout = Layout("sbx-race")
    namespace = tmp_path / f"{layout.prefix}i-0"
    namespace.touch()

    def lose_the_race(argv):
        if goes_by_itself:
            namespace.unlink()
        raise SandboxError(f"{argv[2]} failed")

    monkeypatch.setattr(cleanup, "NAMESPACES", tmp_path)
    monkeypatch.setattr(cleanup, "run", lose_the_race)
    with contextlib.nullcontext() if goes_by_itself else pytest.raises(SandboxError, match="delete failed"):
        cleanup._delete_namespaces(layout)


def test_stopping_what_is_not_there_is_no_error(sandbox):
    stop(Layout("sbx-never-was"))
