"""The story that `make demo-aurora` tells.

A production's dump is masked, verified and uploaded, and loaded into a test cluster by `pulumi up`. Production goes on;
a second dump is swapped in under a client that reads and another that holds a transaction open. A change of the schema
is refused, and the test cluster goes back to what it served before. At the end everything is taken away.
"""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml

from sandbox.client import Sandbox
from sandbox.demo.terminal import DemoError, Terminal, changed_lines
from sandbox.demo_aurora import evidence, production
from sandbox.demo_aurora.clients import Holder, Login, Watcher, login
from sandbox.demo_aurora.settings import CLUSTER, IMPORT_BUCKET, REPORTS_BUCKET, SECRET, settings
from sandbox.demo_aurora.source import Source, choose
from sandbox.layout import PROJECT_ROOT, Layout
from sandbox.lifecycle import stop as stop_sandbox

FIRST, SECOND, THIRD = "20261120", "20261121", "20261122"
_BEFORE_EMAIL = re.compile(r"^( +)email: ", re.MULTILINE)
_KEY, _PASSWORD = "PSEUDONYM_KEY", "PRODUCTION_PASSWORD"  # names of variables


class Story:
    """Tells the story in one sandbox; what it started is known here, so that it can be taken away at any point."""

    def __init__(self, name: str) -> None:
        """Prepare to tell it in the sandbox of this name."""
        self._terminal = Terminal(PROJECT_ROOT)
        self._layout = Layout(name)
        self._scratch = Path(tempfile.mkdtemp(prefix="understudy-demo-aurora-"))
        self._source: Source = choose(self._scratch)
        self._rules = self._scratch / self._source.rules.name
        self._people: list[str] = []
        self._first_rows: dict[str, int] = {}
        self._has_stack = False

    def tell(self) -> None:
        """Tell the story from beginning to end.

        Raises:
            DemoError: Something did not go as told.
            SandboxError: The sandbox could not be started.
        """
        terminal = self._terminal
        with terminal.phase("A sandbox: a small AWS, with MariaDB servers that stand for Aurora"):
            world = self._start_sandbox()
        with terminal.phase(f"A production that holds {self._source.schema}"):
            source = self._fill_production(world)
        with terminal.phase("pulumi up: the test cluster, buckets, tasks and the automation"):
            self._make_stack(world)
        with terminal.phase("python -m dumps: production's dump, masked and verified where it lies, and uploaded"):
            self._prepare(FIRST)
        with terminal.phase("pulumi up: the first refresh"):
            self._refresh(FIRST)
            self._first_rows = evidence.rows_by_table(login(world, CLUSTER, SECRET), self._source.schema)
        with terminal.phase("Production goes on; the second dump, and what a preview says of it"):
            source.rows_in(self._source.schema, self._source.news)
            self._people = evidence.people_of(source, self._source)
            self._prepare(SECOND)
            self._choose_dump(SECOND)
            terminal.run("pulumi", "preview", "--diff")
        with terminal.phase("pulumi up: the second refresh, while one client reads and another holds a transaction"):
            self._refresh_under_clients(world)
        with terminal.phase("A column that staging has not heard of"):
            self._drift(world, source)
        with terminal.phase("Back to the schema before, in seconds"):
            self._go_back(world)
        with terminal.phase("What the test cluster holds, and what is nowhere"):
            self._show(world)

    def leave(self, *, keep: bool) -> None:
        """Take everything away, or say how to go on with it; then say where the time went."""
        if keep:
            self._terminal.say(
                "", f"The sandbox {self._layout.name} is left: make sandbox-stop NAME={self._layout.name}"
            )
        elif self._layout.state.exists():
            with self._terminal.phase("Cleaning up"):
                self._take_away()
            shutil.rmtree(self._scratch, ignore_errors=True)
        self._terminal.say("", "== Where the time went", "")
        self._terminal.report_phases()

    def _start_sandbox(self) -> Sandbox:
        if self._layout.state.exists():
            self._terminal.say(f"  an earlier demonstration's sandbox {self._layout.name} is there: stopping it first")
            stop_sandbox(self._layout)
        world = Sandbox.start(self._layout.name, lambda line: self._terminal.say(f"  {line}"))
        self._terminal.environment = {**world.env, "PULUMI_STACK": world.name, _KEY: secrets.token_hex(32)}
        return world

    def _fill_production(self, world: Sandbox) -> Login:
        source = production.make(world, self._source)
        shutil.copy(self._source.rules, self._rules)
        self._terminal.environment[_PASSWORD] = source.password
        counted = evidence.rows_by_table(source, self._source.schema)
        self._terminal.say(f"  {len(counted)} tables, {sum(counted.values()):,} rows; rules: {self._rules.name}")
        return source

    def _make_stack(self, world: Sandbox) -> None:
        known: dict[str, Any] = yaml.safe_load(self._layout.stack_file.read_text())
        known["config"]["understudy:aurora"] = settings(world, self._source.schema)
        self._layout.stack_file.write_text(yaml.safe_dump(known, sort_keys=False))
        added = yaml.safe_dump({"understudy:aurora": known["config"]["understudy:aurora"]}, sort_keys=False)
        self._terminal.say(f"In {self._layout.stack_file.name}:", *(f"  {line}" for line in added.splitlines()), "")
        self._has_stack = True
        self._up("The second refresh's resources")

    def _prepare(self, day: str) -> None:
        self._make_dump(day)
        dump = self._layout.state / "dumps" / day / f"{self._source.schema}.sql.gz"
        self._terminal.run("python", "-m", "dumps", "upload", "--dump", str(dump), "--bucket", IMPORT_BUCKET)

    def _make_dump(self, day: str, *, refused: bool = False) -> None:
        at = login(Sandbox.connect(self._layout.name), production.CLUSTER, production.SECRET)
        source = (
            "--from-replica",
            f"{at.host}:{at.port}",
            "--user",
            at.user,
            "--password-env",
            _PASSWORD,
            "--ca",
            at.ca,
        )
        kept = ("--folder", str(self._layout.state / "dumps"), "--day", day)
        how = ("--rules", str(self._rules), "--key-env", _KEY)
        run = self._terminal.refused if refused else self._terminal.run
        run("python", "-m", "dumps", "prepare", *source, *how, *kept)

    def _choose_dump(self, day: str) -> None:
        key = f"{day}/{self._source.schema}.sql.gz"
        self._terminal.run("pulumi", "config", "set", "--path", "aurora.dump_key", key)

    def _refresh(self, day: str) -> None:
        self._choose_dump(day)
        self._up(f"Dump {day}")

    def _up(self, message: str) -> None:
        self._terminal.run("pulumi", "up", "--yes", "--skip-preview", "--message", message)

    def _refresh_under_clients(self, world: Sandbox) -> None:
        at = login(world, CLUSTER, SECRET)
        with Watcher(at, self._source.read) as watcher, Holder(at, self._source.read, self._source.schema):
            self._up(f"Dump {SECOND}, under two clients")
            service = watcher.stop()
        swap = evidence.swap_of(world, REPORTS_BUCKET, SECOND)
        self._terminal.say(
            f"  {service.reads} reads were answered, {service.missed} were not; the longest time without an answer was "
            f"{service.longest_gap_seconds:.2f} s",
            f"  tries of the swap, by its report: {swap['tries']}; it waited for: {swap['held_by'] or 'nobody'}",
        )

    def _drift(self, world: Sandbox, source: Login) -> None:
        terminal = self._terminal
        before = evidence.rows_by_table(login(world, CLUSTER, SECRET), self._source.schema)
        source.rows_in(self._source.schema, self._source.drift)
        terminal.say(f"In production: {self._source.drift}", "", "No rule names it, so no dump is made:", "")
        self._make_dump(THIRD, refused=True)
        told = self._rules.read_text()
        self._rules.write_text(_BEFORE_EMAIL.sub(rf"\1{self._source.new_rule}\n\1email: ", told, count=1))
        terminal.say(f"With a rule in {self._rules.name}:", *changed_lines(told, self._rules.read_text()), "")
        self._prepare(THIRD)
        terminal.say(
            "The dump has another schema than the test cluster, and no migration brings it there: refused.", ""
        )
        self._choose_dump(THIRD)
        terminal.refused("pulumi", "up", "--yes", "--skip-preview")
        if evidence.rows_by_table(login(world, CLUSTER, SECRET), self._source.schema) != before:
            raise DemoError("a refresh that was refused has changed the live schema")
        terminal.say("  the live schema serves what it served")
        self._choose_dump(SECOND)

    def _go_back(self, world: Sandbox) -> None:
        terminal, schema = self._terminal, self._source.schema
        before = evidence.rows_by_table(login(world, CLUSTER, SECRET), schema)
        terminal.run("pulumi", "config", "set", "--path", "aurora.serve", "previous")
        self._up("Back to the schema before")
        after = evidence.rows_by_table(login(world, CLUSTER, SECRET), schema)
        if after != self._first_rows or after == before:
            raise DemoError("the live schema does not hold the rows of the first dump again")
        told = f"  {sum(before.values()):,} rows before, {sum(after.values()):,} now: those of the first dump"
        terminal.say(told, "")

    def _show(self, world: Sandbox) -> None:
        terminal, at = self._terminal, login(world, CLUSTER, SECRET)
        keys, orphans = evidence.orphans(at, self._source.schema)
        terminal.say(f"  {keys} foreign keys hold, {orphans} rows refer to nothing")
        for title, query in self._source.works:
            terminal.say(f"  {title}: {at.rows(query)[0][0]}")
        control = evidence.held(evidence.data_of(world, production.CLUSTER), self._people, self._scratch)
        terminal.say("", f"  {len(self._people)} values of people were looked for; {control} are in production's data")
        found = 0
        buckets = [IMPORT_BUCKET, REPORTS_BUCKET]
        for title, place in evidence.places(
            world, CLUSTER, self._layout.state / "dumps", buckets, self._scratch / "places"
        ):
            held = evidence.held(place, self._people, self._scratch)
            found += held
            terminal.say(f"  {held} in {title}")
        if not control or found or orphans:
            raise DemoError("people of production were found where they must not be, or not where they are")
        terminal.say("", "The reports, one for each refresh:", "")
        terminal.run("aws", "s3", "ls", "--recursive", f"s3://{REPORTS_BUCKET}/reports/")

    def _take_away(self) -> None:
        if self._has_stack:
            self._terminal.run("pulumi", "destroy", "--yes", "--skip-preview", may_fail=True)
        stop_sandbox(self._layout)
        self._terminal.say(f"  sandbox {self._layout.name} is stopped; nothing of it is left")
