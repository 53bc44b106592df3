import os
import tarfile

import pytest

from components.toolkit_archive import pack


@pytest.fixture
def parts(tmp_path):
    package, wheels = tmp_path / "anonymizer", tmp_path / "wheels"
    (package / "masks").mkdir(parents=True)
    (package / "masks" / "name.py").write_text("names = ()\n")
    (package / "__main__.py").write_text("print()\n")
    wheels.mkdir()
    (wheels / "pymongo-4-py3.whl").write_bytes(b"wheel")
    return [package], wheels


def test_the_same_content_gives_the_same_bytes_wherever_and_whenever_it_is_packed(parts, tmp_path):
    first = pack(*parts, tmp_path / "one")
    for path in parts[0][0].rglob("*"):
        os.utime(path, (1, 1))
    (parts[0][0] / "__main__.py").chmod(0o777)
    (parts[0][0] / "__pycache__").mkdir()
    (parts[0][0] / "__pycache__" / "x.pyc").write_bytes(b"compiled")
    second = pack(*parts, tmp_path / "two")

    assert second.sha256 == first.sha256
    assert second.path.read_bytes() == first.path.read_bytes()


def test_changed_content_gives_another_name(parts, tmp_path):
    first = pack(*parts, tmp_path)
    (parts[0][0] / "__main__.py").write_text("print(1)\n")
    assert pack(*parts, tmp_path).sha256 != first.sha256


def test_the_archive_holds_the_package_and_the_wheels(parts, tmp_path):
    with tarfile.open(pack(*parts, tmp_path / "out").path) as archive:
        assert archive.getnames() == ["anonymizer/__main__.py", "anonymizer/masks/name.py", "wheels/pymongo-4-py3.whl"]


def test_each_package_lies_under_its_own_name(parts, tmp_path):
    other = tmp_path / "refresh"
    other.mkdir()
    (other / "runner.py").write_text("")
    with tarfile.open(pack([*parts[0], other], parts[1], tmp_path / "out").path) as archive:
        assert {"anonymizer/__main__.py", "refresh/runner.py"} <= set(archive.getnames())
