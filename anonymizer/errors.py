"""What can go wrong, each kind with the exit code that a caller sees.

AnonymizerError
├── UsageError      2  arguments, key or rules
│   └── RulesError  2  every mistake found in the rules
├── UnlistedError   3  the source holds what no rule names
├── ServerError     5  a mongod refused, failed or could not be reached
└── Interrupted   130  SIGINT or SIGTERM

Findings of the verifier (exit code 4) are a result, not an error. No message holds a value of a document.
"""

from __future__ import annotations

from dataclasses import dataclass


class AnonymizerError(Exception):
    """Anything that ends a command with a message of one line."""

    exit_code = 1


class UsageError(AnonymizerError):
    """The command was called wrongly."""

    exit_code = 2


@dataclass(frozen=True)
class Mistake:
    """One mistake in the rules: where it is (`databases.shop.customers.fields.email`) and what to do about it.

    `line` and `file` say where that stands, as far as it was read from a file.
    """

    where: str
    message: str
    line: int = 0
    file: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else ""
        return f"{place}{self.where}: {self.message}"


class RulesError(UsageError):
    """The rules are not valid; `mistakes` has all of them."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes
        first = "; ".join(map(str, mistakes[:5]))
        more = f"; and {len(mistakes) - 5} more" if len(mistakes) > 5 else ""
        super().__init__(f"the rules have {len(mistakes)} mistake(s): {first}{more}")


class UnlistedError(AnonymizerError):
    """The source holds paths, collections or types that no rule names."""

    exit_code = 3


class ServerError(AnonymizerError):
    """A server refused, failed or could not be reached."""

    exit_code = 5


class Interrupted(AnonymizerError):
    """Someone asked the command to stop."""

    exit_code = 130


class Refused(Exception):
    """A mask cannot treat this value without losing its type or format; the document counts as unlisted there."""
