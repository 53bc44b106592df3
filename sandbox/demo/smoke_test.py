"""The smoke test of the sandbox's stack: staging serves, over TLS, and holds no e-mail address of production.

`pulumi up` runs it after each refresh, as the stack's configuration says, and tells it of staging in the environment,
as it does any smoke test. Its exit status is the answer:

    python -m sandbox.demo.smoke_test --sandbox demo
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from pymongo.errors import PyMongoError

from sandbox.client import Sandbox
from sandbox.demo.databases import connect_production, connect_staging
from sandbox.demo.evidence import leaked_addresses, still_joined
from sandbox.demo.shop import DATABASE


def main() -> int:
    """Ask staging, and production for what staging must not hold.

    Returns:
        Exit status: 0 when staging is as it should be.
    """
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.demo.smoke_test", description="Look at staging after a refresh."
    )
    parser.add_argument("--sandbox", default="sandbox", help="name of the running sandbox (default: sandbox)")
    world = Sandbox.connect(parser.parse_args().sandbox)
    with tempfile.TemporaryDirectory() as folder:
        authority = Path(folder) / "ca.pem"
        authority.write_text(os.environ["UNDERSTUDY_CA_CERTIFICATE"])
        try:
            problems, orders = _look(world, os.environ["UNDERSTUDY_STAGING_INSTANCE_ID"], authority)
        except PyMongoError as error:
            problems, orders = [f"production or staging did not answer: {type(error).__name__}"], 0
    for problem in problems:
        print(f"smoke test: {problem}", file=sys.stderr)
    if not problems:
        print(f"smoke test: {orders} orders, each of one of staging's customers; no e-mail address of production")
    return 1 if problems else 0


def _look(world: Sandbox, instance_id: str, authority: Path) -> tuple[list[str], int]:
    """Return what is wrong with staging, and how many orders it has."""
    with connect_production(world) as production, connect_staging(world, instance_id, authority) as staging:
        problems = list(leaked_addresses(production[DATABASE], staging[DATABASE]))
        joined, orders = still_joined(staging[DATABASE])
    if not orders:
        problems.append("orders: there are none")
    if joined < orders:
        problems.append(f"orders: {orders - joined} of {orders} belong to no customer any more")
    return problems, orders


if __name__ == "__main__":
    sys.exit(main())
