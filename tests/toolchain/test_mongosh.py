import json

import pytest

from sandbox.toolchain import mongosh
from sandbox.toolchain.layout import HERE

NPM = """
echo "$@" > npm-arguments
/bin/mkdir -p node_modules/mongosh/bin
echo > node_modules/mongosh/bin/mongosh.js
"""


@pytest.fixture
def node_from_pypi(layout, fake, monkeypatch):
    """Stand in for the Node.js wheel."""

    def unpack(_wheel, _package, place):
        fake("node", 'echo v24.19.0; [ "$1" = --version ] || exec /bin/sh "$@"', folder=place / "bin")
        fake("npm-cli.js", NPM, folder=place / "lib/node_modules/npm/bin")

    def fetch(_layout, _tool, _requirements):
        layout.scratch.mkdir(parents=True, exist_ok=True)
        (layout.scratch / "node.whl").touch()
        return layout.scratch / "node.whl"

    monkeypatch.setattr(mongosh, "fetch", fetch)
    monkeypatch.setattr(mongosh, "unpack", unpack)


def test_a_mongosh_on_path_is_used_and_needs_no_node(layout, fake, capsys):
    own = fake("mongosh", "echo 2.3.1")
    mongosh.ensure(layout)
    assert (layout.bin / "mongosh").resolve() == own
    assert "version 2.3.1" in capsys.readouterr().err
    mongosh.ensure(layout)
    assert not capsys.readouterr().err


def test_the_machines_node_and_npm_are_used_when_new_enough(layout, fake):
    node = fake("node", "echo v20.19.0")
    fake("npm", NPM)
    mongosh.ensure(layout)
    assert (layout.bin / "node").resolve() == node
    assert str(layout.cache / "mongosh/node_modules/mongosh/bin/mongosh.js") in (layout.bin / "mongosh").read_text()


def test_npm_installs_exactly_what_is_locked_and_runs_no_scripts(layout, fake):
    fake("node", "echo v22.1.0")
    fake("npm", NPM)
    mongosh.ensure(layout)
    arguments = (layout.cache / "mongosh" / "npm-arguments").read_text().split()
    assert arguments[0] == "ci"
    assert "--ignore-scripts" in arguments


@pytest.mark.parametrize("node", ["echo v18.20.4", "exit 1", None])
def test_without_a_node_that_is_new_enough_one_comes_from_pypi(layout, fake, node_from_pypi, capsys, node):
    if node:
        fake("node", node)
        fake("npm", "exit 99")
    mongosh.ensure(layout)
    assert (layout.bin / "node").resolve() == layout.cache / "node" / "bin" / "node"
    assert (layout.bin / "mongosh").exists()
    assert "20.19 or newer is needed" in capsys.readouterr().err


def test_a_node_without_npm_is_not_enough(layout, fake, node_from_pypi):
    fake("node", "echo v22.0.0")
    mongosh.ensure(layout)
    assert (layout.bin / "node").resolve() == layout.cache / "node" / "bin" / "node"


def test_the_lock_file_pins_what_package_json_asks_for_by_hash_and_names_no_registry():
    lock = json.loads((HERE / "mongosh" / "package-lock.json").read_text())["packages"]
    asked = json.loads((HERE / "mongosh" / "package.json").read_text())["dependencies"]
    assert lock["node_modules/mongosh"]["version"] == asked["mongosh"]
    packages = [package for path, package in lock.items() if path]
    assert all("resolved" not in package for package in packages)
    assert all("integrity" in package or "inBundle" in package for package in packages)
