"""The story that `make demo` tells.

A shop is in production and writers keep changing it. The stack is made with the first refresh; then trigger and a rule
change, and a second `pulumi up` refreshes staging while a client reads from it. At the end everything is taken away.
"""

from __future__ import annotations

import subprocess
import sys
import time

from sandbox.client import Sandbox
from sandbox.demo import evidence
from sandbox.demo.databases import Client, connect_production, connect_staging
from sandbox.demo.reader import CLIENT_OPTIONS, Reader, Service
from sandbox.demo.record import read_record
from sandbox.demo.seeding import fill_production
from sandbox.demo.shop import DATABASE, Shop
from sandbox.demo.stack import Stack
from sandbox.demo.terminal import DemoError, Terminal, changed_lines
from sandbox.layout import PROJECT_ROOT, Layout
from sandbox.lifecycle import stop as stop_sandbox

OLD_RULE = "preferences.newsletter: keep"
NEW_RULE = "preferences.newsletter: {mask: constant, value: false}"
FIRST_TRIGGER, SECOND_TRIGGER = "first", "second"
WRITER_PAUSE_SECONDS = 0.2
_STOP_SECONDS = 30


class Story:
    """Tells the story in one sandbox; what it started is known here, so that it can be taken away at any point."""

    def __init__(self, name: str) -> None:
        """Prepare to tell it in the sandbox of this name."""
        self._terminal = Terminal(PROJECT_ROOT)
        self._layout = Layout(name)
        self._record = self._layout.state / "acknowledged-writes.jsonl"
        self._authority = self._layout.state / "staging-ca.pem"
        self._writers: subprocess.Popen[bytes] | None = None
        self._has_stack = False
        self._told = False

    def tell(self) -> None:
        """Tell the story from beginning to end.

        Raises:
            DemoError: Something did not go as told.
            SandboxError: The sandbox could not be started.
        """
        terminal = self._terminal
        with terminal.phase("A sandbox: a small AWS with real disks, and a production of three mongods"):
            self._start_sandbox()
        with terminal.phase("A shop in production, and writers that keep changing it"):
            self._fill_production()
        with terminal.phase("pulumi up: the stack and the first refresh"):
            self._first_refresh()
        with terminal.phase("pulumi preview: a new trigger and a changed rule"):
            self._change()
            terminal.run("pulumi", "preview", "--diff")
        with terminal.phase("pulumi up: the second refresh, while a client reads staging ten times a second"):
            service = self._refresh_while_reading()
        with terminal.phase("What staging holds now"):
            self._show(service)
        self._told = True

    def leave(self, *, keep: bool) -> None:
        """Take everything away, or say how to go on with it; then say where the time went."""
        self._stop_writers()
        if keep:
            self._say_how_to_go_on()
        elif self._layout.state.exists():
            with self._terminal.phase("Cleaning up"):
                self._take_away()
        self._terminal.say("", "== Where the time went", "")
        self._terminal.report_phases()

    def _start_sandbox(self) -> None:
        if self._layout.state.exists():
            self._terminal.say(f"  an earlier demonstration's sandbox {self._layout.name} is there: stopping it first")
            stop_sandbox(self._layout)
        world = Sandbox.start(self._layout.name, lambda line: self._terminal.say(f"  {line}"))
        # So that the commands below need no --stack.
        self._terminal.environment = {**world.env, "PULUMI_STACK": world.name}

    def _fill_production(self) -> None:
        world = Sandbox.connect(self._layout.name)
        started = time.monotonic()
        with connect_production(world) as production:
            written = fill_production(production, Shop())
        seconds = time.monotonic() - started
        for name, count in written.items():
            self._terminal.say(f"  {count:7,} {name}")
        self._terminal.say(
            f"  {sum(written.values()):7,} documents in {seconds:.1f} s; three writers go on writing, w: majority"
        )
        command = [sys.executable, "-m", "sandbox.demo.writers", "--sandbox", world.name, "--record", str(self._record)]
        command += ["--pause-seconds", str(WRITER_PAUSE_SECONDS)]
        # In a session of its own: Ctrl-C ends the demonstration, which then ends the writers.
        self._writers = subprocess.Popen(command, cwd=PROJECT_ROOT, start_new_session=True)

    def _first_refresh(self) -> None:
        smoke_test = f"python -m sandbox.demo.smoke_test --sandbox {self._layout.name}"
        self._terminal.run("pulumi", "config", "set", "refresh_trigger", FIRST_TRIGGER)
        self._terminal.run("pulumi", "config", "set", "--path", "smoke_tests[0]", smoke_test)
        self._has_stack = True
        self._up("The first refresh")

    def _change(self) -> None:
        terminal, rules = self._terminal, self._layout.rules
        terminal.run("pulumi", "config", "set", "refresh_trigger", SECOND_TRIGGER)
        before = rules.read_text()
        if OLD_RULE not in before:
            raise DemoError(f"{rules} has no line `{OLD_RULE}` to change")
        rules.write_text(before.replace(OLD_RULE, NEW_RULE))
        terminal.say(f"and in {rules.relative_to(PROJECT_ROOT)}:", *changed_lines(before, rules.read_text()), "")

    def _refresh_while_reading(self) -> Service:
        stack = self._stack()
        with Reader(lambda: self._staging(stack, **CLIENT_OPTIONS)) as reader:
            self._up("The second refresh, with a changed rule")
            return reader.stop()

    def _up(self, message: str) -> None:
        self._terminal.run("pulumi", "up", "--yes", "--skip-preview", "--message", message)

    def _show(self, service: Service) -> None:
        world, terminal, stack = Sandbox.connect(self._layout.name), self._terminal, self._stack()
        with connect_production(world) as production, self._staging(stack) as staging:
            for title, lines in evidence.same_documents(production[DATABASE], staging[DATABASE]):
                terminal.say(f"  {title}", *lines, "")
            due, missing = evidence.completeness(read_record(self._record), stack.commit_point, staging[DATABASE])
            joined, orders = evidence.still_joined(staging[DATABASE])
        terminal.say(
            f"  {due} writes were acknowledged by the commit point that the refresh waited for,",
            f"  and staging lacks {len(missing)} of them",
            f"  {joined} of {orders} orders of staging still belong to one of its customers, by pseudonym",
            f"  {service.reads} reads of staging were answered during the second refresh, {service.missed} were not;",
            f"  the longest time without an answer was {service.longest_gap_seconds:.1f} s "
            f"(the cutover itself counted {stack.report['unavailable_ms']} ms)",
            "",
        )
        terminal.run("pulumi", "stack", "history")
        terminal.say(
            "The reports:",
            *(f"  reports/{stack.refresh_id}/{name}" for name in ("report.html", "test-report.md", "report.json")),
        )
        terminal.say(f"  s3://{stack.outputs['reports_bucket']}/reports/{stack.refresh_id}/")
        terminal.say("  reports/index.html has all of them")
        mails = [one for one in world.messages() if stack.refresh_id in one["subject"]]
        if not mails:
            raise DemoError(f"nobody was told of refresh {stack.refresh_id}")
        terminal.say(f"A message to {mails[-1]['endpoint']}: {mails[-1]['subject']}")
        if missing:
            raise DemoError(f"staging lacks {len(missing)} writes that production's majority had acknowledged")

    def _stack(self) -> Stack:
        stack = Stack.read(self._terminal, Sandbox.connect(self._layout.name))
        self._authority.write_text(stack.authority)
        return stack

    def _staging(self, stack: Stack, **options: object) -> Client:
        world = Sandbox.connect(self._layout.name)
        return connect_staging(world, stack.staging_instance_id, self._authority, **options)

    def _stop_writers(self) -> None:
        if self._writers is None:
            return
        self._writers.terminate()
        try:
            self._writers.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._writers.kill()

    def _take_away(self) -> None:
        """Destroy the stack and stop the sandbox, whatever state they are in; another Ctrl-C skips the destroy."""
        try:
            if self._has_stack:
                if not self._told:
                    # What was interrupted has left Pulumi's lock.
                    self._terminal.run("pulumi", "cancel", "--yes", may_fail=True)
                self._terminal.run("pulumi", "destroy", "--yes", "--skip-preview")
        except (DemoError, KeyboardInterrupt) as error:
            self._terminal.say(f"  {error}", "  The sandbox goes all the same, and the stack with it.")
        finally:
            stop_sandbox(self._layout)
            self._terminal.say(f"  sandbox {self._layout.name} is stopped; nothing of it is left")

    def _say_how_to_go_on(self) -> None:
        name = self._layout.name
        self._terminal.say(
            "",
            "The sandbox and its stack are left running, without writers. To go on:",
            f'  eval "$(make -s sandbox-env NAME={name})"',
            f"  pulumi up --stack {name}",
            f"  make sandbox-stop NAME={name}",
        )
