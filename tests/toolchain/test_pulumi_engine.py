import pytest

from sandbox.toolchain import pulumi_build, pulumi_engine, pulumi_installer
from sandbox.toolchain.errors import SetupError


@pytest.fixture
def ways(monkeypatch):
    """Both other ways fail unless a test lets one through; returns the list of those that were tried."""
    tried = []

    def way(name, *, works):
        def bring(_layout, version, folder):
            tried.append((name, version))
            if not works:
                raise SetupError(f"pulumi: no {name}", "it is not there", "nothing")
            for program in pulumi_engine.PROGRAMS:
                (folder / program).write_text(name)

        module = {"installer": pulumi_installer, "build": pulumi_build}[name]
        monkeypatch.setattr(module, "bring", bring)

    way("installer", works=False)
    way("build", works=False)
    return way, tried


def own_pulumi(fake, version="v3.270.1", without=()):
    programs = {name: fake(name, f"echo {version}") for name in pulumi_engine.PROGRAMS if name not in without}
    return programs["pulumi"]


def test_a_whole_pulumi_on_path_is_used_before_anything_is_downloaded(layout, fake, ways):
    own = own_pulumi(fake)
    pulumi_engine.ensure(layout)
    assert {(layout.bin / name).resolve() for name in pulumi_engine.PROGRAMS} == {
        own.parent / name for name in pulumi_engine.PROGRAMS
    }
    assert ways[1] == []


def test_a_pulumi_that_is_too_old_is_named_and_the_installer_is_asked(layout, fake, ways, capsys):
    own = own_pulumi(fake, "v3.258.9")
    ways[0]("installer", works=True)
    pulumi_engine.ensure(layout)
    assert f"{own} is 3.258.9; 3.259 or newer is needed" in capsys.readouterr().err
    assert (layout.bin / "pulumi").read_text() == "installer"


@pytest.mark.parametrize("missing", pulumi_engine.PROGRAMS[1:])
def test_a_pulumi_without_its_language_host_beside_it_is_not_used(layout, fake, ways, capsys, missing):
    own_pulumi(fake, without=[missing])
    ways[0]("installer", works=True)
    pulumi_engine.ensure(layout)
    assert f"is not whole: {missing} should lie beside it" in capsys.readouterr().err
    assert (layout.bin / missing).read_text() == "installer"


def test_go_builds_it_only_when_the_installer_failed(layout, fake, ways):
    ways[0]("build", works=True)
    pulumi_engine.ensure(layout)
    assert ways[1] == [("installer", "3.259.0"), ("build", "3.259.0")]
    assert (layout.bin / "pulumi").read_text() == "build"


def test_when_no_way_works_one_error_gives_both_reasons_and_what_to_install(layout, fake, ways):
    with pytest.raises(SetupError) as failure:
        pulumi_engine.ensure(layout)
    text = str(failure.value)
    assert "no installer (it is not there); no build (it is not there)" in text
    assert "install Pulumi 3.259.0 or newer, or Go 1.21 or newer" in text


def test_once_there_it_is_left_alone_without_a_word(layout, fake, ways, capsys):
    ways[0]("build", works=True)
    pulumi_engine.ensure(layout)
    capsys.readouterr()
    ways[1].clear()
    pulumi_engine.ensure(layout)
    assert not capsys.readouterr().err
    assert ways[1] == []
