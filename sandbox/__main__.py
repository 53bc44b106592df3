"""`python -m sandbox`: start, look at, use and stop sandboxes."""

import argparse
import os
import sys
from collections.abc import Sequence

from sandbox.cleanup import leftovers
from sandbox.client import Sandbox
from sandbox.environment import as_shell
from sandbox.layout import Layout, SandboxError
from sandbox.lifecycle import is_alive, running, stop
from sandbox.machine.host import enter


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command.

    Args:
        argv: Its arguments; those of the process unless given.

    Returns:
        The exit status.
    """
    arguments = parser().parse_args(argv)
    try:
        status: int = arguments.action(arguments)
    except SandboxError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1
    return status


def _start(arguments: argparse.Namespace) -> int:
    sandbox = Sandbox.start(arguments.name, lambda line: print(f"  {line}", file=sys.stderr, flush=True))
    sys.stdout.write(as_shell(sandbox.record["environment"]))
    return 0


def _stop(arguments: argparse.Namespace) -> int:
    stop(Layout(arguments.name))
    print(f"sandbox {arguments.name}: stopped, nothing of it is left", file=sys.stderr)
    return 0


def _env(arguments: argparse.Namespace) -> int:
    sys.stdout.write(as_shell(Sandbox.connect(arguments.name).record["environment"]))
    return 0


def _status(arguments: argparse.Namespace) -> int:
    layout = Layout(arguments.name)
    if not is_alive(layout):
        left = leftovers(layout)
        print(f"sandbox {arguments.name}: not running" + (", but it left:" if left else ""))
        print("".join(f"  {line}\n" for line in left), end="")
        return 1
    sandbox = Sandbox.connect(arguments.name)
    print(f"sandbox {arguments.name}: {sandbox.record['endpoint']}, supervisor {sandbox.record['pid']}")
    pages = sandbox.session().client("ec2").get_paginator("describe_instances").paginate()
    for instance in (one for page in pages for group in page["Reservations"] for one in group["Instances"]):
        name = next((tag["Value"] for tag in instance.get("Tags", []) if tag["Key"] == "Name"), "")
        state, address = instance["State"]["Name"], instance.get("PrivateIpAddress", "")
        print(f"  {instance['InstanceId']}  {state:<13} {address:<15} {name}")
    for forward in sandbox.forwards():
        print(f"  127.0.0.1:{forward['local_port']} leads to {forward['instance_id']}:{forward['port']}")
    return 0


def _exec(arguments: argparse.Namespace) -> int:
    host = Sandbox.connect(arguments.name).host(arguments.instance_id)
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    argv = [*enter(host["init_pid"]), *(command or ["bash"])]
    environment = {**host["environment"], "TERM": os.environ.get("TERM", "dumb"), "HOME": "/root"}
    sys.stdout.flush()
    os.execvpe(argv[0], argv, environment)  # noqa: S606 - this process becomes the command


def _forward(arguments: argparse.Namespace) -> int:
    host, port = Sandbox.connect(arguments.name).forward(arguments.instance_id, arguments.port)
    print(f"{host}:{port}")
    return 0


def _messages(arguments: argparse.Namespace) -> int:
    for one in Sandbox.connect(arguments.name).messages():
        print(f"{one['at']}  {one['topic']} to {one['endpoint']}: {one['subject']}")
        print("".join(f"    {line}\n" for line in one["message"].splitlines()))
    return 0


def _alarms(arguments: argparse.Namespace) -> int:
    for one in Sandbox.connect(arguments.name).alarms(arguments.hours_ahead):
        print(f"{one['state']:<17}  {one['name']}: {one['reason']}")
        print("".join(f"    {line}\n" for line in one["not_done"]), end="")
    return 0


def _list(_arguments: argparse.Namespace) -> int:
    for name in running():
        print(f"{name}  {'running' if is_alive(Layout(name)) else 'not running, left behind: stop it'}")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    made = argparse.ArgumentParser(
        prog="python -m sandbox", description="A small AWS with real disks and real mongods."
    )
    commands = made.add_subparsers(required=True, metavar="command")
    for name, action, text in (
        ("start", _start, "start a sandbox (or find the running one) and print its environment"),
        ("stop", _stop, "stop a sandbox and leave nothing of it behind"),
        ("env", _env, "print the environment of a running sandbox, for eval"),
        ("status", _status, "show instances and forwards"),
        ("exec", _exec, "run a command (or a shell) inside a host: `exec <instance id> -- <command>`"),
        ("forward", _forward, "open a way from 127.0.0.1 to a host's port: `forward <instance id> [port]`"),
        ("messages", _messages, "show what topics delivered to their subscribers, those of alarms too"),
        ("alarms", _alarms, "show the state of every alarm, as of now or `--hours-ahead N` in which nothing happens"),
        ("list", _list, "list sandboxes"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(action=action)
        if name != "list":
            command.add_argument("--name", default="sandbox", help="the sandbox (default: sandbox)")
        if name in {"exec", "forward"}:
            command.add_argument("instance_id")
        if name == "forward":
            command.add_argument("port", type=int, nargs="?", default=27017)
        if name == "alarms":
            command.add_argument("--hours-ahead", type=float, default=0.0, help="how far ahead to look (default: now)")
        if name == "exec":
            command.add_argument("command", nargs=argparse.REMAINDER)
    return made


if __name__ == "__main__":
    sys.exit(main())
