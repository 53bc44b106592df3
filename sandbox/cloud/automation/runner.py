"""Run the handler of an aws:executeScript step: a program of its own, started with Python alone and the step on stdin.

It reads `{"script", "handler", "payload"}` and writes `{"answer"}` or `{"error"}` to the file descriptor named in its
argument. What the script prints goes where its standard output goes.
"""

import json
import os
import sys
import traceback
from importlib.abc import MetaPathFinder
from typing import Any

SOURCE = "<script>"
# Beside Python's own modules AWS's runtime has boto3 and what that needs; what else is installed here is not there.
PRESENT = {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six", "certifi"}


class Absent(MetaPathFinder):
    """Finds no module that AWS's runtime would not have."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:  # noqa: ARG002 - the protocol's
        """Refuse such a module; leave any other to those who know where it is."""
        top = name.partition(".")[0]
        if top not in PRESENT and top not in sys.stdlib_module_names:
            raise ModuleNotFoundError(
                f"No module named {name!r}: a script has Python's own modules and boto3", name=name
            )


def main(descriptor: int) -> int:
    """Run the step.

    Args:
        descriptor: Where the answer goes.

    Returns:
        The exit status: 0 when the handler returned something that JSON can say.
    """
    request = json.load(sys.stdin)
    sys.meta_path.insert(0, Absent())
    try:
        answer = {"answer": run(request["script"], request["handler"], request["payload"])}
        text = json.dumps(answer)
    except BaseException as error:  # noqa: BLE001 - whatever ends a script is the step's failure, told in its message
        text = json.dumps({"error": tell(error)})
    with os.fdopen(descriptor, "w") as output:
        output.write(text)
    return 0 if text.startswith('{"answer"') else 1


def run(script: str, handler: str, payload: Any) -> Any:
    """Run a script and call its handler.

    Args:
        script: Python.
        handler: The name of a function of two arguments.
        payload: Its first argument; the second, the context, is an empty map.

    Returns:
        What it returned.

    Raises:
        NameError: The script has no such function.
    """
    module: dict[str, Any] = {"__name__": "script"}
    exec(compile(script, SOURCE, "exec"), module)  # noqa: S102 - running it is this program's purpose
    if handler not in module:
        raise NameError(f"the script has no function {handler}")
    return module[handler](payload, {})


def tell(error: BaseException) -> str:
    """Say what a script raised and on which of its lines."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == SOURCE]
    where = f" (line {own[-1].lineno} of the script)" if own else ""
    return f"{type(error).__name__}: {error}{where}"


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
