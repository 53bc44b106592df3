"""What the demonstration shows of a refreshed cluster: that it is whole, and that nobody of production is in it."""

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.client import Sandbox
from sandbox.demo.terminal import DemoError
from sandbox.demo_aurora.clients import Login
from sandbox.demo_aurora.source import Source

_KEYS = (
    "SELECT TABLE_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME "
    "FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = '{schema}' AND REFERENCED_TABLE_NAME IS NOT NULL"
)
_ORPHANS = (
    "SELECT COUNT(*) FROM `{schema}`.`{table}` a LEFT JOIN `{schema}`.`{other}` b ON a.`{column}` = b.`{target}` "
    "WHERE a.`{column}` IS NOT NULL AND b.`{target}` IS NULL"
)


def rows_by_table(at: Login, schema: str) -> dict[str, int]:
    """Count the rows of each table."""
    tables = at.rows(
        f"SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = '{schema}' "  # noqa: S608
        "AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1"
    )
    return {str(name): int(at.rows(f"SELECT COUNT(*) FROM `{schema}`.`{name}`")[0][0]) for (name,) in tables}  # noqa: S608


def orphans(at: Login, schema: str) -> tuple[int, int]:
    """Follow every foreign key.

    Returns:
        How many keys there are, and how many rows refer to nothing.
    """
    found = 0
    keys = at.rows(_KEYS.format(schema=schema))
    for table, column, other, target in keys:
        query = _ORPHANS.format(schema=schema, table=table, column=column, other=other, target=target)
        found += int(at.rows(query)[0][0])
    return len(keys), found


def people_of(at: Login, source: Source) -> list[str]:
    """Give production's values that must be nowhere else."""
    return sorted({str(row[0]) for row in at.rows_in(source.schema, source.people) if row[0]})


def places(
    world: Sandbox, cluster_id: str, dumps: Path, buckets: list[str], scratch: Path
) -> Iterator[tuple[str, Path]]:
    """Give every place where a value could have got to, as files.

    Args:
        world: The sandbox.
        cluster_id: The cluster whose data directory is one of them.
        dumps: Prepared dumps.
        buckets: Whose objects are others.
        scratch: Gets what is compressed or in a bucket, as plain files.
    """
    for dump in dumps.rglob("*.gz"):
        _put(scratch / "dumps" / dump.name, gzip.decompress(dump.read_bytes()))
    yield "prepared dumps", scratch / "dumps"
    s3 = world.session().client("s3")
    for bucket in buckets:
        for row in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            body = s3.get_object(Bucket=bucket, Key=row["Key"])["Body"].read()
            text = gzip.decompress(body) if row["Key"].endswith(".gz") else body
            _put(scratch / bucket / row["Key"].replace("/", "-"), text)
        yield f"s3://{bucket}", scratch / bucket
    yield "the cluster's data directory", data_of(world, cluster_id)
    logs = world.session().client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]:
            _put(scratch / "logs" / "all.txt", event["message"].encode() + b"\n", append=True)
    yield "logs", scratch / "logs"
    yield "Pulumi's state", world.layout.pulumi_backend


def swap_of(world: Sandbox, bucket: str, day: str) -> dict[str, Any]:
    """Give what the report of a day's refresh says of its swap."""
    s3 = world.session().client("s3")
    keys = [row["Key"] for row in s3.list_objects_v2(Bucket=bucket, Prefix=f"reports/{day}-")["Contents"]]
    (key,) = (key for key in keys if key.endswith(".json"))
    report: dict[str, Any] = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    swap: dict[str, Any] = report["aurora"]["swap"]
    return swap


def data_of(world: Sandbox, cluster_id: str) -> Path:
    """Give the folder of a cluster's server."""
    found = world.session().client("rds").describe_db_clusters(DBClusterIdentifier=cluster_id)["DBClusters"][0]
    return world.layout.databases / str(found["DbClusterResourceId"])


def held(place: Path, values: list[str], scratch: Path) -> int:
    """Count the values that are somewhere in a file or a folder.

    Raises:
        DemoError: There is nothing to look through.
    """
    if not place.exists():
        raise DemoError(f"{place} is not there to be looked through")
    patterns = scratch / "values.txt"
    patterns.write_text("\n".join(values) + "\n", encoding="utf-8")
    done = subprocess.run(
        ["grep", "-rahoF", "-f", str(patterns), str(place)], capture_output=True, check=False, env={"LC_ALL": "C"}
    )
    if done.returncode > 1:
        raise DemoError(f"{place} could not be looked through: {done.stderr.decode().strip()[-300:]}")
    return len(set(done.stdout.splitlines()))


def _put(path: Path, content: bytes, *, append: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab" if append else "wb") as file:
        file.write(content)
