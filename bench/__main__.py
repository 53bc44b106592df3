"""`python -m bench`: measure, write bench/results.json and the tables of docs/performance.md."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bench import report, rounds, servers


def main() -> None:
    """Run the bench."""
    options = _options()
    with servers.two_servers(options.scratch, options.cache_gib) as pair:
        if options.only_scale:
            results = json.loads(options.results.read_text())
            results["scale"] = {**rounds.scale_alone(pair, options), "apart": True}
        else:
            results = rounds.measure_all(pair, options)
    options.results.write_text(json.dumps(results, indent=2) + "\n")
    if not options.quick:
        report.write(servers.ROOT / "docs" / "performance.md", results)
    print(report.tables(results))  # noqa: T201 (a command prints its answer)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="What a masked copy costs beside a raw one.")
    parser.add_argument("--quick", action="store_true", help="10,000 documents, one round, docs left alone")
    parser.add_argument("--documents", type=int, default=300_000, help="documents of the usual set")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of which medians are taken")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4], help="numbers of processes to try")
    parser.add_argument("--no-scale", action="store_true", help="leave out ten times the documents, and memory")
    parser.add_argument("--only-scale", action="store_true", help="only that, put into the results that are there")
    parser.add_argument("--no-peers", action="store_true", help="leave out other tools")
    parser.add_argument("--cache-gib", type=float, default=1.0, help="cache of each mongod")
    parser.add_argument("--scratch", type=Path, default=None, help="folder for the mongods' data")
    parser.add_argument("--results", type=Path, default=servers.ROOT / "bench" / "results.json")
    options = parser.parse_args()
    if options.quick:
        options.documents, options.rounds, options.results = 10_000, 1, options.results.with_suffix(".quick.json")
    return options


if __name__ == "__main__":
    main()
