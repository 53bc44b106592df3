"""`python -m documentation`: write the generated parts of docs/ anew, from the code."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from documentation import masks, reference
from documentation.marks import PageError, Table, written

PAGES: Mapping[Path, Mapping[str, Table]] = {reference.PAGE: reference.TABLES, masks.PAGE: masks.TABLES}


def main() -> int:
    """Write what differs.

    Returns:
        0, or with `--check` 1 where a page is not what the code gives; 2 where a page cannot be made.
    """
    parser = argparse.ArgumentParser(prog="python -m documentation", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 where a page would change")
    check = parser.parse_args().check
    status = 0
    for path, tables in PAGES.items():
        page = path.read_text(encoding="utf-8")
        try:
            new = written(page, tables)
        except PageError as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            return 2
        if new != page:
            status = 1 if check else 0
            print(f"{path.name}: {'differs; run python -m documentation' if check else 'written'}")
            if not check:
                path.write_text(new, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
