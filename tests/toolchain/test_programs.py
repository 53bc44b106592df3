from sandbox.toolchain.programs import find, version_of


def test_a_program_that_set_up_itself_made_is_not_taken_for_the_machines_own(layout, fake, monkeypatch):
    theirs = fake("mongod", "exit 0")
    fake("mongod", "exit 0", folder=layout.bin)
    monkeypatch.setenv("PATH", f"{layout.bin}:{layout.venv / 'bin'}:{theirs.parent}")
    assert find(layout, "mongod") == theirs


def test_a_program_that_is_only_in_cache_is_not_found(layout, fake, monkeypatch):
    fake("mongod", "exit 0", folder=layout.bin)
    monkeypatch.setenv("PATH", str(layout.bin))
    assert find(layout, "mongod") is None


def test_the_first_version_number_in_what_a_program_prints_is_its_version(fake):
    assert version_of(fake("mongod", "echo 'db version v7.0.14'; echo 'OpenSSL 3.0.1'")) == (7, 0, 14)
    assert version_of(fake("go", "echo 'go version go1.26 linux/amd64'")) == (1, 26)


def test_a_program_that_fails_has_no_version(fake):
    assert version_of(fake("mongod", "echo 7.0.1; exit 127")) is None
