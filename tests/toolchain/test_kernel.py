import pytest

from sandbox.toolchain import kernel
from sandbox.toolchain.errors import SetupError

WHEEL = "understudy_kernel-1.0.0-cp310-abi3-linux_x86_64.whl"


@pytest.fixture
def crate(layout, fake, monkeypatch):
    """A crate, an environment whose maturin and pip do as if, and a cargo on PATH."""
    monkeypatch.setenv("HOME", str(layout.root))
    folder = layout.root / "anonymizer" / "kernel"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "lib.rs").write_text("// one")
    (folder / "Cargo.toml").write_text("[package]")
    site = layout.venv / "lib" / "python3.11" / "site-packages" / "understudy_kernel"
    fake("python", f"echo installed >> {layout.root}/log; /bin/mkdir -p {site}", layout.venv / "bin")
    build = f'echo built >> {layout.root}/log; while [ "$1" != --out ]; do shift; done; : > "$2/{WHEEL}"'
    fake("maturin", build, layout.venv / "bin")
    fake("cargo", "echo 'cargo 1.95.0'")
    return folder


def log(layout):
    return (layout.root / "log").read_text().split()


def test_without_rust_it_says_so_and_goes_on(layout, fake, capsys, monkeypatch):
    monkeypatch.setenv("HOME", str(layout.root))
    kernel.ensure(layout)
    assert "no Rust here: Python does the masking, slower" in capsys.readouterr().err
    with pytest.raises(SetupError, match="no cargo on PATH"):
        kernel.require(layout)


def test_rust_that_is_too_old_is_named(layout, crate, fake, capsys):
    fake("cargo", "echo 'cargo 1.60.0'")
    kernel.ensure(layout)
    assert "1.60.0" in capsys.readouterr().err


def test_it_is_built_once_for_the_environment_and_for_hosts(layout, crate):
    kernel.ensure(layout)
    kernel.ensure(layout)
    assert log(layout) == ["built", "installed"]
    assert [wheel.name for wheel in (layout.cache / "toolkit").iterdir()] == [WHEEL]


def test_another_source_and_a_toolkit_without_it_are_reasons_to_build_again(layout, crate):
    kernel.ensure(layout)
    (crate / "src" / "lib.rs").write_text("// two")
    kernel.ensure(layout)
    (layout.cache / "toolkit" / WHEEL).unlink()
    kernel.ensure(layout)
    assert log(layout) == ["built", "installed"] * 3


def test_a_build_that_fails_stops_make_kernel_but_not_set_up(layout, crate, fake, capsys):
    fake("maturin", "echo 'error: no linker'; exit 1", layout.venv / "bin")
    kernel.ensure(layout)
    assert "could not be built (error: no linker)" in capsys.readouterr().err
    with pytest.raises(SetupError, match="no linker"):
        kernel.require(layout)
