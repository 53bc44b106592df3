import pytest

from sandbox.toolchain import process
from sandbox.toolchain.errors import SetupError
from sandbox.toolchain.process import Job, environment, last_words


@pytest.fixture
def job(tmp_path):
    return Job(tool="thing", doing="making it", log=tmp_path / "log", needs="the shop", todo="make it yourself")


def test_what_a_program_prints_is_returned_and_kept_in_its_log(job):
    assert job.run(["/bin/sh", "-c", "echo out; echo err >&2"]) == "out\nerr\n"
    assert job.log.read_text() == "out\nerr\n"


def test_a_failure_says_what_failed_why_what_to_do_and_where_the_output_is(job):
    with pytest.raises(SetupError) as failure:
        job.run(["/bin/sh", "-c", "echo 'error: disk is full'; echo bye; exit 3"])
    assert str(failure.value) == (
        "thing: failed while making it.\n"
        "  Why: error: disk is full\n"
        f"  What to do: make it yourself; all its output is in {job.log}"
    )


@pytest.mark.parametrize(
    "words",
    [
        "NewConnectionError: Failed to establish: [Errno -3] Temporary failure in name resolution",
        "npm error code ENOTFOUND",
        "dial tcp: lookup example.invalid: no such host",
        "curl: (6) Could not resolve host: example.invalid",
    ],
)
def test_a_missing_network_is_said_in_plain_words(job, words):
    with pytest.raises(SetupError, match="no way to the shop from here"):
        job.run(["/bin/sh", "-c", f"echo '{words}'; exit 1"])


def test_a_program_that_is_not_there_is_an_error_of_set_up(job):
    with pytest.raises(SetupError, match="No such file"):
        job.run(["/nowhere/at-all"])


def test_a_program_that_takes_too_long_is_ended(job):
    with pytest.raises(SetupError, match="not done after 0 seconds"):
        job.run(["/bin/sleep", "600"], timeout_seconds=0.1)


def test_a_long_wait_shows_signs_of_life(job, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(process, "SIGN_OF_LIFE_SECONDS", 0.01)
    seen = tmp_path / "seen"
    monkeypatch.setattr(process, "say", lambda _tool, message: seen.write_text(message))
    job.run(["/bin/sh", "-c", f"while [ ! -e {seen} ]; do :; done"])
    assert seen.read_text().startswith("still making it (")


def test_settings_that_would_lead_pip_and_python_elsewhere_are_left_out(monkeypatch):
    for name in ("PIP_TARGET", "PYTHONPATH", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.invalid/simple")
    kept = environment()
    assert not {"PIP_TARGET", "PYTHONPATH", "VIRTUAL_ENV"} & set(kept)
    assert kept["PIP_USER"] == "0"
    assert kept["PIP_INDEX_URL"] == "https://mirror.invalid/simple"


def test_the_last_line_that_names_an_error_is_the_reason():
    assert last_words("error: one\nerror: two\ngoodbye\n") == "error: two"
    assert last_words("just this\n") == "just this"
    assert last_words("") == "it said nothing"
