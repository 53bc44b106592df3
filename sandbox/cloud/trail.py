"""A record of every call from this machine to the API, as CloudTrail keeps one: operation and status, no values."""

import io
import json
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

FORM = "application/x-www-form-urlencoded"


class Trail:
    """Wraps the API and adds a line for each call.

    Args:
        application: The API.
        path: The file: one JSON object a line with `at` (seconds since 1970), `operation` and `status`.
    """

    def __init__(self, application: Any, path: Path) -> None:
        self._application = application
        self._path = path
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request and note it."""
        operation = operation_of(environ)

        def noted(status: str, *rest: Any) -> Any:
            self._note(operation, status)
            return start_response(status, *rest)

        answer: Iterable[bytes] = self._application(environ, noted)
        return answer

    def _note(self, operation: str, status: str) -> None:
        line = json.dumps(
            {"at": round(time.time(), 3), "operation": operation, "status": int(status.split(maxsplit=1)[0])}
        )
        with self._lock, self._path.open("a") as trail:
            trail.write(line + "\n")


def operation_of(environ: dict[str, Any]) -> str:
    """Name the operation that a request asks for.

    Args:
        environ: The WSGI request; a form's body can still be read afterwards.

    Returns:
        `CreateVolume` for a query or JSON protocol, method and path for the others (S3).
    """
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return str(target).rpartition(".")[2]
    if str(environ.get("CONTENT_TYPE", "")).startswith(FORM):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        action = parse_qs(body.decode()).get("Action")
        if action:
            return action[0]
    return f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '/')}"
