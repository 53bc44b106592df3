"""Pulumi built from its published Go modules.

The engine and the Python language host are published as modules of different versions, hence two modules here that
require them: `pulumi/cli` and `pulumi/python`. Two scripts that belong beside them lie in the SDK's module as they are.
"""

import shutil
from pathlib import Path

from sandbox.toolchain.console import say
from sandbox.toolchain.errors import SetupError
from sandbox.toolchain.layout import HERE, Layout
from sandbox.toolchain.process import Job
from sandbox.toolchain.programs import dotted, find, version_of

OLDEST_GO = (1, 21)  # the first that fetches the newer Go that a module asks for
SDK = "github.com/pulumi/pulumi/sdk/v3"
VERSION_VARIABLE = f"{SDK}/go/common/version.Version"
PACKAGES = {"cli": "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "python": f"{SDK}/python/cmd/pulumi-language-python"}
SCRIPTS = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")
MODULES = HERE / "pulumi"


def bring(layout: Layout, version: str, folder: Path) -> None:
    """Put the four programs into a folder.

    Args:
        layout: Where logs go.
        version: The version that the engine says it has, without its v.
        folder: An empty folder.

    Raises:
        SetupError: There is no Go, or it could not fetch or compile the modules.
    """
    go = _go(layout)
    environment = {"GOFLAGS": _flags(layout, go), "GOWORK": "off", "CGO_ENABLED": "0"}
    say("pulumi", f"fetching the Go modules of {version} (1.6 GB in Go's module cache)")
    for module, package in PACKAGES.items():
        # Not `go mod download`: that fetches the whole graph, with modules that no mirror has to serve for this.
        listing: list[str | Path] = [go, "list", "-mod=readonly", "-deps", package]
        _job(layout, "fetching Go modules").run(listing, cwd=MODULES / module, env=environment)
    say("pulumi", "compiling the engine and the Python language host (about 3 minutes on two cores)")
    link = f"-s -w -X {VERSION_VARIABLE}=v{version}"
    for module, package in PACKAGES.items():
        build: list[str | Path] = [
            go,
            "build",
            "-mod=readonly",
            "-trimpath",
            "-ldflags",
            link,
            "-o",
            f"{folder}/",
            package,
        ]
        _job(layout, "compiling").run(build, cwd=MODULES / module, env=environment)
    query: list[str | Path] = [go, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", SDK]
    sdk = Path(
        _job(layout, "looking for the SDK").run(query, cwd=MODULES / "cli", env=environment).strip().splitlines()[-1]
    )
    for script in SCRIPTS:
        copy = folder / Path(script).name
        shutil.copyfile(sdk / script, copy)  # modules are read-only: take the text, not the mode
        copy.chmod(0o755)


def _go(layout: Layout) -> Path:
    go = find(layout, "go")
    version = version_of(go, "version") if go else None
    if go and version and version >= OLDEST_GO:
        return go
    have = f"{go} is {dotted(version)}" if go and version else "there is no Go on PATH"
    raise SetupError(f"pulumi: cannot be built, {have}", f"Go {dotted(OLDEST_GO)} or newer is needed", "install Go")


def _flags(layout: Layout, go: Path) -> str:
    """Return the user's GOFLAGS with a module cache that its owner can delete again."""
    flags = _job(layout, "asking Go for its settings").run([go, "env", "GOFLAGS"]).strip()
    return f"{flags} -modcacherw".strip()


def _job(layout: Layout, doing: str) -> Job:
    return Job(
        tool="pulumi",
        doing=doing,
        log=layout.logs / "pulumi-build.log",
        needs="the Go module proxy",
        todo="see the reason above",
    )
