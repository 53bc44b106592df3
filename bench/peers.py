"""Other ways to get a copy, where they are at hand; each gives seconds, or why it was not measured."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from bench.documents import DATABASE, Kind
from bench.servers import ROOT, Server

NPM_TOOL = "mongodb-anonymizer"
NPM_VERSION = "0.3.1"
_NPM_FOLDER = ROOT / ".cache" / "bench-npm"
_LIST = "name,email:faker.internet.email,phone,ssn,bio:faker.lorem.sentence"
_LONGEST_SECONDS = 900


@dataclass(frozen=True)
class Peer:
    """What a peer came to: seconds, or a reason."""

    seconds: float | None
    reason: str = ""


def out(pair: tuple[Server, Server], kind: Kind) -> Peer:
    """Copy within the source by `$out`: what a server does when no process stands between."""
    rows = pair[0].client[DATABASE][kind.name]
    began = time.monotonic()
    rows.aggregate([{"$out": "by_out"}])
    seconds = time.monotonic() - began
    rows.database.drop_collection("by_out")
    return Peer(seconds)


def dump_and_restore(pair: tuple[Server, Server], kind: Kind) -> Peer:
    """Pipe MongoDB's own tools into each other."""
    dump, restore = shutil.which("mongodump"), shutil.which("mongorestore")
    if not dump or not restore:
        return Peer(None, "not here: mongodump and mongorestore are not on PATH")
    source, target = pair
    _empty(target, kind)
    names = ["--db", DATABASE, "--collection", kind.name, "--archive"]
    began = time.monotonic()
    with subprocess.Popen(
        [dump, "--uri", source.uri, *names], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as sending:
        status = subprocess.run(
            [restore, "--uri", target.uri, "--archive", "--bypassDocumentValidation"],
            stdin=sending.stdout,
            stderr=subprocess.DEVNULL,
            timeout=_LONGEST_SECONDS,
            check=False,
        ).returncode
    seconds = time.monotonic() - began
    return Peer(seconds) if not status and not sending.returncode else Peer(None, "failed")


def npm_tool(pair: tuple[Server, Server], kind: Kind) -> Peer:
    """Run the npm tool over the same collection: fields of the top level only, random values."""
    program = _installed()
    if program is None:
        return Peer(None, "not here: node and npm are not on PATH, or npm's registry cannot be reached")
    source, target = pair
    _empty(target, kind)
    others = [name for name in source.client[DATABASE].list_collection_names() if name != kind.name]
    addresses = ["--uri", _with_database(source), "--targetUri", _with_database(target)]
    command = ["node", "--max-old-space-size=8192", str(program), *addresses, "--list", _LIST]
    began = time.monotonic()
    status = subprocess.run(
        [*command, "--ignoreDocuments", ",".join(others)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=_LONGEST_SECONDS,
        check=False,
    ).returncode
    seconds = time.monotonic() - began
    written = target.client[DATABASE][kind.name].estimated_document_count()
    wanted = source.client[DATABASE][kind.name].estimated_document_count()
    return Peer(seconds) if not status and written == wanted else Peer(None, "failed")


PEERS = {"$out": out, "mongodump | mongorestore": dump_and_restore, NPM_TOOL: npm_tool}


def _empty(target: Server, kind: Kind) -> None:
    target.client[DATABASE].drop_collection(kind.name)


def _with_database(server: Server) -> str:
    return server.uri.replace("/?", f"/{DATABASE}?")


def _installed() -> Path | None:
    program = _NPM_FOLDER / "node_modules" / NPM_TOOL / "bin" / "run"
    npm = shutil.which("npm")
    if program.exists() or not npm or not shutil.which("node"):
        return program if program.exists() and shutil.which("node") else None
    _NPM_FOLDER.mkdir(parents=True, exist_ok=True)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=2"]
    subprocess.run(
        [npm, "install", "--prefix", str(_NPM_FOLDER), *quiet, f"{NPM_TOOL}@{NPM_VERSION}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "npm_config_update_notifier": "false"},
        timeout=_LONGEST_SECONDS,
        check=False,
    )
    return program if program.exists() else None
