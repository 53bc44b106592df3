"""What `python3 -m sandbox.toolchain` does."""

import argparse
import sys
import time
from collections.abc import Sequence

from sandbox.toolchain import debian, kernel, mongod, mongosh, mysql, pulumi_engine, python_packages, toolkit
from sandbox.toolchain.console import say
from sandbox.toolchain.errors import SetupError
from sandbox.toolchain.files import fresh_folder
from sandbox.toolchain.layout import Layout
from sandbox.toolchain.lock import only_one

# In this order: all that comes from the Python package index is fetched with the environment's own pip.
TOOLS = (debian, python_packages, mongod, mongosh, pulumi_engine, toolkit, kernel)
INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Run the command.

    Args:
        arguments: The command line without the program's name.

    Returns:
        The exit status: 0, 1 when a tool could not be brought, 130 when interrupted.
    """
    options = _parse(arguments)
    layout = Layout()
    try:
        with only_one(layout):
            fresh_folder(layout.scratch)
            set_up(layout)
            if options.mysql:
                mysql.bring(layout)
            if options.kernel:
                kernel.require(layout)
            if options.python_version or options.machine:
                _other_toolkit(layout, options)
    except SetupError as error:
        return _fail(str(error))
    except PermissionError as error:
        return _fail(
            f'{error.filename}: {error.strerror}.\n  What to do: make it yours again (sudo chown -R "$USER" .cache)'
        )
    except OSError as error:
        return _fail(f"{error.filename or layout.cache}: {error.strerror}.")
    except KeyboardInterrupt:
        return _fail("Interrupted. Run `make setup` again to go on from here.", INTERRUPTED)
    return 0


def set_up(layout: Layout) -> None:
    """Bring every tool that is not there yet.

    Raises:
        SetupError: One could not be brought.
    """
    begun = time.monotonic()
    for tool in TOOLS:
        tool.ensure(layout)
    say("set-up", f"complete in .cache ({time.monotonic() - begun:.1f} s)")


def _other_toolkit(layout: Layout, options: argparse.Namespace) -> None:
    python_version = options.python_version or f"{sys.version_info.major}.{sys.version_info.minor}"
    place = toolkit.bring_for(layout, python_version, options.machine or toolkit.this_machine())
    if (options.machine or toolkit.this_machine()) == toolkit.this_machine():
        kernel.copy_into(layout, place)
    say(toolkit.TOOL, f"ready; for it: pulumi config set understudy:toolkit_path {place.relative_to(layout.root)}")


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python3 -m sandbox.toolchain", description="Bring the project's tools into .cache/."
    )
    parser.add_argument("--python-version", metavar="3.12", help="also fetch the wheels for hosts with this Python")
    parser.add_argument("--machine", metavar="aarch64", help="also fetch the wheels for hosts with this processor")
    parser.add_argument("--kernel", action="store_true", help="fail where the anonymizer's kernel cannot be built")
    parser.add_argument("--mysql", action="store_true", help="also bring a MySQL server, for the soak tests")
    return parser.parse_args(arguments)


def _fail(message: str, status: int = 1) -> int:
    sys.stderr.write(f"\n{message}\n")
    return status
