"""`python -m refresh.reporting > docs/report.schema.json`: the JSON Schema of reports, made from their models."""

from __future__ import annotations

import json
import sys

from refresh.reporting.model import schema


def main() -> None:
    """Print the schema."""
    sys.stdout.write(json.dumps(schema(), indent=2) + "\n")


if __name__ == "__main__":
    main()
