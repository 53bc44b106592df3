import pytest

from sandbox.toolchain import debian
from sandbox.toolchain.errors import SetupError


@pytest.fixture
def missing(monkeypatch):
    """Let the machine have only what is fake, and one program be asked for."""
    real = debian.find
    monkeypatch.setattr(debian, "PACKAGE_OF", {"mkfs.xfs": "xfsprogs"})

    def find(layout, name):
        found = real(layout, name)
        return found if found and "fakes" in found.parts else None

    monkeypatch.setattr(debian, "find", find)


def be(monkeypatch, user_id):
    monkeypatch.setattr("os.geteuid", lambda: user_id)


def test_nothing_is_installed_when_nothing_is_missing(layout, fake, missing, capsys):
    fake("mkfs.xfs", "exit 0")
    debian.ensure(layout)
    assert not capsys.readouterr().err


def test_a_missing_program_is_installed_by_its_package_and_said(layout, fake, missing, monkeypatch, tmp_path, capsys):
    be(monkeypatch, 0)
    fake("env", 'shift; exec "$@"')
    fake("apt-get", f'echo "$@" >> {tmp_path}/calls')
    debian.ensure(layout)
    assert (tmp_path / "calls").read_text() == "--quiet install --yes --no-install-recommends xfsprogs\n"
    assert "installing xfsprogs with apt-get for mkfs.xfs" in capsys.readouterr().err


def test_an_outdated_list_of_packages_is_fetched_and_the_install_tried_again(
    layout, fake, missing, monkeypatch, tmp_path
):
    be(monkeypatch, 0)
    fake("env", 'shift; exec "$@"')
    fake(
        "apt-get", f'echo "$2" >> {tmp_path}/calls; [ "$2" = update ] && : > {tmp_path}/fresh; [ -e {tmp_path}/fresh ]'
    )
    debian.ensure(layout)
    assert (tmp_path / "calls").read_text().split() == ["install", "update", "install"]


def test_a_user_who_is_not_root_goes_through_sudo(layout, fake, missing, monkeypatch, tmp_path):
    be(monkeypatch, 1000)
    fake("apt-get", "exit 1")
    fake("sudo", f'echo "$@" > {tmp_path}/calls')
    debian.ensure(layout)
    assert "apt-get --quiet install --yes" in (tmp_path / "calls").read_text()


def test_without_sudo_the_error_says_what_to_install(layout, fake, missing, monkeypatch):
    be(monkeypatch, 1000)
    fake("apt-get", "exit 0")
    with pytest.raises(SetupError, match=r"you are not root and there is no sudo\n.*install xfsprogs"):
        debian.ensure(layout)


def test_without_apt_get_the_error_says_what_to_install(layout, fake, missing, monkeypatch):
    be(monkeypatch, 0)
    with pytest.raises(SetupError, match=r"there is no apt-get on this machine\n.*install xfsprogs"):
        debian.ensure(layout)
