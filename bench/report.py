"""The results as tables of Markdown, and their place in docs/performance.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
_NAMES = {
    "raw": "raw copy: `find_raw_batches`, split, `insert_many` of raw documents",
    "kernel": "**masked copy, kernel**",
    "python": "**masked copy, Python**",
    "naive": "naive loop: `find`, random values, `insert_many`",
    "$out": "`$out`, within one mongod",
    "mongodump | mongorestore": "`mongodump` \\| `mongorestore`",
    "mongodb-anonymizer": "`mongodb-anonymizer` (npm)",
}
_LACKS = {
    "raw": "masks and checks nothing",
    "kernel": "",
    "python": "",
    "naive": "checks nothing; random, so joins break; changes types",
    "$out": "masks nothing; leaves the data in production's files",
    "mongodump | mongorestore": "masks nothing",
    "mongodb-anonymizer": "fields of the top level only; random; no check; the whole collection in memory",
}


def write(page: Path, results: dict[str, Any]) -> None:
    """Put the tables between their marks in a page.

    Raises:
        SystemExit: The page has no such marks.
    """
    text = page.read_text()
    before, mark, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise SystemExit(f"bench: {page} has no lines {BEGIN} and {END}; put them where the tables belong")
    page.write_text(f"{before}{BEGIN}\n\n{tables(results)}\n{END}{after}")


def tables(results: dict[str, Any]) -> str:
    """Give all tables."""
    machine = results["machine"]
    place = f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB"
    versions = f"mongod {machine['mongod']}, Python {machine['python']}"
    before, after = results["load_before"][0], results["load_after"][0]
    parts = [
        f"{place}; {versions}; {results['date']}; medians of {results['rounds']} round(s).\n",
        f"Load of the machine before and after: {before:.1f} and {after:.1f}.\n",
    ]
    for name, one in results["sets"].items():
        parts.append(_title(name, one))
        parts.append(_set(one, results["peers"] if name == "usual" else []))
    parts += ["\n### CPU time of a document, in microseconds\n", _stages(results)]
    if results["scale"]:
        apart = ", measured in a run of its own" if results["scale"].get("apart") else ""
        parts += [f"\n### Ten times the documents{apart}\n", _scale(results["scale"])]
    return "\n".join(parts)


def _title(name: str, one: dict[str, Any]) -> str:
    masked = one["masked_values"]
    return (
        f"\n### The {name} set: {one['documents']:,} documents of {one['bytes']:,} bytes, {masked} masked values each\n"
    )


def _set(one: dict[str, Any], others: list[dict[str, Any]]) -> str:
    head = ["how", "processes", "documents/s", "of raw", "of raw, by CPU", "CPU µs, client", "CPU µs, mongods", "lacks"]
    rows = [
        [
            _NAMES[row["method"]],
            str(row["processes"]),
            f"{row['documents_per_second']:,.0f}",
            f"{row['of_raw']:.2f}",
            f"{row['of_raw_by_cpu']:.2f}",
            f"{row['client_us']:.1f}",
            f"{row['servers_us']:.1f}",
            _LACKS[row["method"]],
        ]
        for row in sorted(one["rows"], key=lambda row: (row["processes"], -row["documents_per_second"]))
    ]
    raw = max(row["documents_per_second"] for row in one["rows"] if row["method"] == "raw")
    for peer in others:
        rate = peer["documents_per_second"]
        shown = [f"{rate:,.0f}", f"{rate / raw:.2f}"] if rate else [peer["reason"], ""]
        rows.append([_NAMES[peer["method"]], "", *shown, "", "", "", _LACKS[peer["method"]]])
    return _table(head, rows)


def _stages(results: dict[str, Any]) -> str:
    rows = [[name, f"{cost:.1f}"] for name, cost in results["stages_us"].items()]
    for row in results["sets"]["usual"]["rows"]:
        if row["processes"] == 2 and row["method"] == "raw":
            rows.append(["driver: read, split, write (raw copy)", f"{row['client_us']:.1f}"])
            rows.append(["both mongods (raw copy)", f"{row['servers_us']:.1f}"])
    return _table(["stage", "µs"], rows)


def _scale(found: dict[str, Any]) -> str:
    rows = [
        [
            _NAMES[row["method"]],
            f"{row['seconds'][0]:.1f} s",
            f"{row['seconds'][1]:.1f} s",
            f"{_ratio(row['seconds']):.1f}",
            f"{_ratio(row['client_cpu_seconds']):.1f}" if "client_cpu_seconds" in row else "",
        ]
        for row in found["time"]
    ]
    head = ["how", f"{found['time'][0]['documents']:,}", "ten times as many", "ratio", "ratio of CPU, client"]
    times = _table(head, rows)
    sizes = found["memory"][0]["documents"]
    peaks = [
        [_NAMES[row["method"]], *[f"{peak:.0f} MiB" for peak in row["peak_mib"]], f"{_ratio(row['peak_mib']):.2f}"]
        for row in found["memory"]
    ]
    head = ["peak memory of a worker process", *[f"{size:,}" for size in sizes], "ratio"]
    return f"{times}\n\n{_table(head, peaks)}"


def _ratio(pair: list[float]) -> float:
    return pair[1] / pair[0]


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
