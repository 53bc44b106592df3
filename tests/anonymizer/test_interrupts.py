"""Asked to stop, a run stops, also where Python drops the error that a signal's handler raised."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# A signal that arrives in a finaliser: Python prints what its handler raises there, and goes on.
IN_A_FINALISER = """
import signal
from anonymizer.parallel import processes

class Finalised:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

processes.end_when_asked()
one = Finalised()
del one
print("went on")
{then}
print("to the end")
"""


@pytest.mark.parametrize(("then", "ends"), [("", True), ("processes.refuse_if_asked()", False)])
def test_an_interrupt_that_python_dropped_is_noticed_at_the_next_look_and_not_without_one(then, ends):
    done = subprocess.run(
        [sys.executable, "-c", IN_A_FINALISER.format(then=then)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "went on" in done.stdout
    assert ("to the end" in done.stdout) == ends
    assert (done.returncode == 0) == ends


# Another thread takes the signal, as the driver's do; Python's handler runs in the main thread all the same.
WHILE_A_PROCESS_STARTS = """
import contextlib, signal, threading
from anonymizer.parallel import processes

def take():
    begun.wait()
    signal.raise_signal(signal.SIGINT)

processes.end_when_asked()
begun, thread = threading.Event(), threading.Thread(target=take)
thread.start()
with {hold}:
    begun.set()
    thread.join()
    print("started whole")
print("to the end")
"""


@pytest.mark.parametrize(
    ("hold", "whole"), [("processes.signals_held()", True), ("contextlib.nullcontext()", False)], ids=["held", "not"]
)
def test_a_process_is_started_whole_before_an_interrupt_ends_the_run(hold, whole):
    done = subprocess.run(
        [sys.executable, "-c", WHILE_A_PROCESS_STARTS.format(hold=hold)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert ("started whole" in done.stdout) == whole
    assert "to the end" not in done.stdout
    assert "Interrupted" in done.stderr


STARTED = """
import multiprocessing, signal
from anonymizer.parallel import processes

def masked(pipe):
    pipe.send(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=masked, args=(theirs,))
    with {hold}:
        process.start()
    print(ours.recv())
    process.join()
"""


@pytest.mark.parametrize(
    ("hold", "masked"), [("processes.signals_held()", "True"), ("__import__('contextlib').nullcontext()", "False")]
)
def test_the_first_process_is_started_with_the_signals_masked(tmp_path, hold, masked):
    program = tmp_path / "program.py"
    program.write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{STARTED.format(hold=hold)}")
    done = subprocess.run([sys.executable, str(program)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == masked


# While the verb's modules are loaded, in a finaliser as Python's own of an import lock.
WHILE_MODULES_ARE_LOADED = """
import runpy, signal, sys

class Finalised:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

class Finder:
    def find_spec(self, name, *_):
        if name == "anonymizer.commands.run":
            Finalised()

if {asked}:
    sys.meta_path.insert(0, Finder())
sockets = "--source-socket /nowhere/a.sock --target-socket /nowhere/b.sock"
files = "--rules /nowhere/rules.yaml --progress /nowhere/progress.json --result /nowhere/result.json"
sys.argv = f"anonymizer run --key-stdin {{sockets}} {{files}}".split()
runpy.run_module("anonymizer", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(("asked", "code"), [(True, 130), (False, 2)])
def test_an_interrupt_is_heard_from_the_first_moment(asked, code):
    done = subprocess.run(
        [sys.executable, "-c", WHILE_MODULES_ARE_LOADED.format(asked=asked)],
        cwd=ROOT,
        input="5f" * 32,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
