"""The process behind a sandbox: it serves the API, holds the hosts, and ends when it is told to."""

import contextlib
import dataclasses
import fcntl
import json
import os
import secrets
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import Any

import boto3

from sandbox.cloud.gate import Gate
from sandbox.cloud.server import Cloud
from sandbox.cloud.trail import Trail
from sandbox.environment import as_shell, make_environment
from sandbox.layout import Layout, SandboxError
from sandbox.machine.forwards import Forwards
from sandbox.machine.pool import create_pool
from sandbox.production import create_production
from sandbox.stack import prepare_stack

REGION, ZONE = "eu-central-1", "eu-central-1a"
OWN_PATH = "/_sandbox/"
SECONDS_AN_HOUR = 3600


class Supervisor:
    """Bring one sandbox up and keep it.

    Args:
        layout: The sandbox; its folder and lock are there already.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._forwards: Forwards | None = None
        self._cloud: Cloud | None = None

    def run(self) -> None:
        """Start everything, write the records that clients read, and wait for SIGTERM."""
        create_pool(self._layout)
        self._say(f"pool: {self._layout.pool_image.name} mounted, with reflinks")
        cloud = self._cloud = Cloud(self._layout)
        self._forwards = Forwards(cloud.networks)
        key = {"id": "AKIA" + secrets.token_hex(8).upper(), "secret": secrets.token_urlsafe(30)}
        cloud.start(lambda application: Gate(Trail(self._own_requests(application), self._layout.trail), key["id"]))
        self._say(f"AWS: {cloud.endpoint} answers")
        environment = make_environment(self._layout, cloud.endpoint, REGION, key)
        session = boto3.Session(key["id"], key["secret"], region_name=REGION)
        os.environ["AWS_ENDPOINT_URL"] = cloud.endpoint
        production = dataclasses.asdict(create_production(session, cloud.hosts, cloud.networks, ZONE, self._say))
        prepare_stack(self._layout, environment, production, ZONE, self._say)
        self._write(self._layout.environment_file, as_shell(environment))
        record = {
            "name": self._layout.name,
            "pid": os.getpid(),
            "endpoint": cloud.endpoint,
            "region": REGION,
            "zone": ZONE,
            "environment": environment,
            "production": production,
        }
        self._write(self._layout.record, json.dumps(record, indent=2))
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
        cloud.hosts.kill_all()

    def _say(self, line: str) -> None:
        with self._layout.progress.open("a") as progress:
            progress.write(line + "\n")

    @staticmethod
    def _write(path: Any, text: str) -> None:
        partial = path.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(text)
        partial.replace(path)

    def _own_requests(self, application: Any) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
        """Wrap the API with the requests that only the sandbox's own client makes."""

        def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            path = environ.get("PATH_INFO", "")
            if not path.startswith(OWN_PATH):
                result: Iterable[bytes] = application(environ, start_response)
                return result
            body = json.dumps(self._own_request(path.removeprefix(OWN_PATH).split("/"))).encode()
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]

        return answer

    def _own_request(self, words: list[str]) -> Any:
        match words, self._forwards:
            case ["forwards"], Forwards() as forwards:
                return forwards.as_record()
            case ["forward", instance_id, address, port], Forwards() as forwards:
                return forwards.open(instance_id, address, int(port))
        match words, self._cloud:
            case ["alarms", hours], Cloud() as cloud:
                return cloud.alarms.evaluate(float(hours) * SECONDS_AN_HOUR)
        return {"error": f"the sandbox does not know {'/'.join(words)}"}


def main(name: str) -> int:
    """Run the supervisor of a sandbox; `python -m sandbox start` starts it detached.

    Args:
        name: The sandbox.

    Returns:
        The exit status.
    """
    layout = Layout(name)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    with layout.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            Supervisor(layout).run()
        except SandboxError as error:
            _report(layout, str(error))
            return 1
        except Exception:  # noqa: BLE001 - the log gets the traceback, the terminal one line
            traceback.print_exc()
            _report(layout, f"the supervisor failed; see {layout.log}")
            return 1
    return 0


def _report(layout: Layout, message: str) -> None:
    with contextlib.suppress(OSError), layout.progress.open("a") as progress:
        progress.write(f"error: {message}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
