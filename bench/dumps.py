"""`python -m bench.dumps`: scrubbing a dump beside compressing it, loading it and a naive scrubber, in MB/s.

The dump is made up by `python -m dumps generate` from bench/applicants.sql, so that nothing real is needed. Rates are
of the plain text of the dump; every way reads the same file. Results go to bench/results_dumps.json and docs/dumps.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
_KEY = "5a" * 32
_NAMES = {
    "gzip -1": "`gzip -1`, the whole file",
    "prepare": "**`prepare`, without verifying**: schema, masks, `gzip -1`",
    "prepare and verify": "**`prepare`**: the same, then verified",
    "mysql": "`mysql` loading the plain file into MariaDB",
    "naive": "naive scrubber: two regular expressions line by line, `gzip -1`; finds no names, no dates, no numbers",
}
_NAIVE = """
import gzip, hashlib, re, sys
mail = re.compile(rb"[\\w.+-]+@[\\w.-]+")
phone = re.compile(rb"\\+?\\d[\\d ().-]{7,}\\d")
digest = lambda found: hashlib.sha256(found[0]).hexdigest()[:12].encode()
with open(sys.argv[1], "rb") as source, gzip.open(sys.argv[2], "wb", 1) as target:
    for line in source:
        line = mail.sub(lambda found: digest(found) + b"@example.com", line)
        target.write(phone.sub(lambda found: str(int(digest(found), 16))[:10].encode(), line))
"""
_PEAK = """
import resource, sys
from dumps.__main__ import main
code = main(sys.argv[1:])
print(max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
sys.exit(code)
"""


def main() -> None:
    """Measure, and write what was measured."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="bench-dumps-", dir=options.scratch) as scratch:
        results = _measured(Path(scratch), options)
    if not options.quick:
        (ROOT / "bench" / "results_dumps.json").write_text(json.dumps(results, indent=2) + "\n")
        _write(ROOT / "docs" / "dumps.md", results)
    print(table(results))  # noqa: T201 (a command prints its answer)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.dumps", description="What scrubbing a dump costs.")
    parser.add_argument("--quick", action="store_true", help="3,000 applicants, one round, nothing written")
    parser.add_argument("--applicants", type=int, default=200_000, help="rows of the largest table")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of which medians are taken")
    parser.add_argument("--scratch", type=Path, default=None, help="folder for all files")
    options, _ = parser.parse_known_args()  # `make bench` gives both benches the same options
    if options.quick:
        options.applicants, options.rounds = 3_000, 1
    return options


def _measured(scratch: Path, options: argparse.Namespace) -> dict[str, Any]:
    before, began = os.getloadavg()[0], time.monotonic()
    source = _made_up(scratch, options.applicants)
    generated = {"rows": 2 * options.applicants, "seconds": round(time.monotonic() - began, 1)}
    server = _Server(scratch / "mariadb") if shutil.which("mariadbd") else None
    ways = _ways(scratch, source, server)
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, way in ways.items():
            taken[name].append(_timed(way))
    if server:
        server.stop()
    megabytes = source.stat().st_size / 1e6
    rows = {
        name: {
            "seconds": round(statistics.median(wall for wall, _ in times), 2),
            "mb_per_second": round(megabytes / statistics.median(wall for wall, _ in times), 1),
            "cpu_seconds": round(statistics.median(cpu for _, cpu in times), 2),
        }
        for name, times in taken.items()
    }
    small = _made_up(scratch, max(options.applicants // 10, 300))
    peaks = {"tenth": _peak_mib(scratch, small), "whole": _peak_mib(scratch, source)}
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()), "cores": os.cpu_count(), "rounds": options.rounds,
        "load_before": round(before, 1), "load_after": round(os.getloadavg()[0], 1), "applicants": options.applicants,
        "megabytes": round(megabytes, 1), "generated": generated, "rows": rows, "peak_mib": peaks,
    }  # fmt: skip


def _made_up(scratch: Path, applicants: int) -> Path:
    packed, plain = scratch / f"{applicants}.sql.gz", scratch / f"{applicants}.sql"
    if not plain.exists():
        rows = [f"--rows={table}={applicants}" for table in ("applicants", "applications")]
        rules = ROOT / "rules" / "applicants.yaml"
        schema = ROOT / "bench" / "applicants.sql"
        _run("generate", "--dump", str(schema), "--rules", str(rules), *rows, "--to", str(packed))
        with plain.open("wb") as file:
            subprocess.run(["gzip", "-dc", str(packed)], stdout=file, check=True)
    return plain


def _ways(scratch: Path, source: Path, server: _Server | None) -> dict[str, Callable[[], None]]:
    ways: dict[str, Callable[[], None]] = {
        "gzip -1": lambda: _piped(["gzip", "-1", "-c", str(source)]),
        "prepare": lambda: _run(*_prepare(scratch, source), "--no-verify"),
        "prepare and verify": lambda: _run(*_prepare(scratch, source)),
        "naive": lambda: _piped([sys.executable, "-c", _NAIVE, str(source), str(scratch / "naive.gz")]),
    }
    if server:
        ways["mysql"] = lambda: _loaded(server, source)
    return ways


def _prepare(scratch: Path, source: Path) -> list[str]:
    rules = ROOT / "rules" / "applicants.yaml"
    return ["prepare", "--source", str(source), "--rules", str(rules), "--key-stdin", "--folder", str(scratch / "out")]


def _run(*arguments: str) -> None:
    command = [sys.executable, "-m", "dumps", *arguments]
    subprocess.run(command, cwd=ROOT, check=True, input=_KEY.encode(), stderr=subprocess.DEVNULL)


def _piped(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _timed(way: Callable[[], None]) -> tuple[float, float]:
    """Give seconds of the clock and of all processes that a way started and waited for."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    way()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, cpu


def _loaded(server: _Server, source: Path) -> None:
    """Load into a running server; its own work shows in the seconds, the client's alone in the CPU seconds."""
    with source.open("rb") as file:
        subprocess.run(server.client("mysql", "bench"), stdin=file, check=True)


class _Server:
    """A MariaDB server without network."""

    def __init__(self, folder: Path) -> None:
        self._socket, data = folder / "s.sock", folder / "data"
        if not data.exists():
            folder.mkdir()
            install = ["mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={data}"]
            subprocess.run([*install, "--auth-root-authentication-method=normal"], check=True, capture_output=True)
        command = ["mariadbd", "--no-defaults", "--user=root", f"--datadir={data}", f"--socket={self._socket}"]
        command += ["--skip-networking", "--max-allowed-packet=256M", "--innodb-buffer-pool-size=256M"]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        while subprocess.run(self.client("mysqladmin", "ping"), capture_output=True, check=False).returncode:
            if self._process.poll() is not None:
                raise SystemExit("bench: mariadbd ended at once; see whether another uses the folder")
            time.sleep(0.1)
        subprocess.run(self.client("mysql", "-e", "CREATE OR REPLACE DATABASE bench"), check=True)

    def client(self, tool: str, *arguments: str) -> list[str]:
        return [tool, "--no-defaults", f"--socket={self._socket}", "--user=root", *arguments]

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


def _peak_mib(scratch: Path, source: Path) -> float:
    command = [sys.executable, "-c", _PEAK, *_prepare(scratch, source)]
    done = subprocess.run(command, cwd=ROOT, input=_KEY, text=True, capture_output=True, check=True)
    return round(int(done.stdout) / 1024, 1)


def table(results: dict[str, Any]) -> str:
    """Give the table of Markdown."""
    zipped = results["rows"]["gzip -1"]["mb_per_second"]
    told = (
        f"{results['megabytes']:,.1f} MB of {results['applicants']:,} made-up applicants and as many applications; "
        f"{results['cores']} cores; {results['date']}; medians of {results['rounds']} round(s); load of the machine "
        f"before and after: {results['load_before']} and {results['load_after']}.\n"
    )
    lines = [told, "| way | MB/s | of `gzip -1` | seconds | CPU seconds |", "|---|---|---|---|---|"]
    for name, row in sorted(results["rows"].items(), key=lambda item: -item[1]["mb_per_second"]):
        share = row["mb_per_second"] / zipped
        lines.append(
            f"| {_NAMES[name]} | {row['mb_per_second']:,} | {share:.2f} | {row['seconds']} | {row['cpu_seconds']} |"
        )
    peaks, made = results["peak_mib"], results["generated"]
    lines.append(
        f"\nPeak memory of the largest process of `prepare`, verifying too: {peaks['tenth']} MiB with a tenth of the "
        f"rows, {peaks['whole']} MiB with all. `generate` made up {made['rows']:,} rows, and what they refer to, "
        f"and packed them in {made['seconds']} s: {round(made['rows'] / made['seconds'] * 60, -3):,.0f} a minute."
    )
    return "\n".join(lines)


def _write(page: Path, results: dict[str, Any]) -> None:
    text = page.read_text()
    before, mark, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise SystemExit(f"bench: {page} has no lines {BEGIN} and {END}; put them where the table belongs")
    page.write_text(f"{before}{BEGIN}\n\n{table(results)}\n\n{END}{after}")


if __name__ == "__main__":
    main()
