"""What can go wrong with a dump, each kind with the exit code that a caller sees.

AnonymizerError (anonymizer/errors.py)
├── UsageError            2  arguments, key or rules
│   └── UnfitError        2  rules that the dump's schema does not allow; `mistakes` has all of them
├── RefusedError          3  what lies in the dump is not taken, or not known to the rules
│   ├── CutShortError     3  the dump ends too early
│   └── UnlistedError     3  tables or columns that no rule names (anonymizer's own class, told in full)
└── ServerError           5  a server or a service refused, failed or could not be reached

Findings of the verifier (exit code 4) are a result, not an error. No message holds a value of a row.
"""

from __future__ import annotations

from anonymizer.errors import AnonymizerError, ServerError, UnlistedError, UsageError

__all__ = [
    "AnonymizerError", "CutShortError", "RefusedError", "ServerError", "UnfitError", "UnlistedError", "UsageError",
]  # fmt: skip


class RefusedError(AnonymizerError):
    """The dump holds what is not taken; the message names it and its line."""

    exit_code = 3


class CutShortError(RefusedError):
    """The dump ends too early."""


class UnfitError(UsageError):
    """The rules do not fit the dump's schema.

    Args:
        mistakes: What does not fit, each with its table and column.
    """

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        shown = "; ".join(mistakes[:8])
        more = f"; and {len(mistakes) - 8} more" if len(mistakes) > 8 else ""
        super().__init__(f"the rules do not fit the dump: {shown}{more}")
