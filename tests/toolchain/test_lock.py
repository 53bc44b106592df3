import fcntl
import os
import threading

from sandbox.toolchain import lock


def test_a_second_set_up_says_for_whom_it_waits_and_goes_on_when_that_one_ends(layout, monkeypatch):
    layout.cache.mkdir()
    first = os.open(layout.cache / "setup.lock", os.O_RDWR | os.O_CREAT)
    os.write(first, b"4711\n")
    fcntl.flock(first, fcntl.LOCK_EX)
    said, entered = [], threading.Event()
    waiting = threading.Event()
    monkeypatch.setattr(lock, "say", lambda *words: (said.append(words), waiting.set()))

    def second():
        with lock.only_one(layout):
            entered.set()

    thread = threading.Thread(target=second)
    thread.start()
    assert waiting.wait(10)
    assert not entered.is_set()
    assert said == [("set-up", "waiting for another set-up of this checkout to end (process 4711)")]
    os.close(first)
    thread.join(10)
    assert entered.is_set()


def test_a_set_up_alone_waits_for_nobody(layout, monkeypatch):
    said = []
    monkeypatch.setattr(lock, "say", lambda *words: said.append(words))
    for _ in range(2):
        with lock.only_one(layout):
            pass
    assert said == []
