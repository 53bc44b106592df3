"""The errors of a refresh; every one of them is a sentence for the person who ran it.

    RefreshError
    ├── PermanentError              doing the same again changes nothing: the run ends, the ledger keeps the place
    │   ├── RequestError            an input is wrong: a field, the value got, the rule
    │   ├── PreflightError          everything that refuses, collected before anything is made
    │   ├── ResourceError           a volume, snapshot or instance is in a state that waiting does not mend
    │   ├── HostError               a command on a host said no
    │   ├── DeadlineError           a wait went past its limit
    │   ├── LeaseError              another refresh holds the space, or this one lost it
    │   ├── LedgerError             the ledger in the bucket is not what this run wrote last
    │   ├── CutOverError            a cutover did not end as it should
    │   │   └── SwitchedBackError   unhealthy, or a smoke test failed: staging serves its former data again
    │   ├── DatabaseError           a database server refused or failed: its error's number, never its text
    │   ├── LockedError             other sessions hold what a swap needs; each is named
    │   ├── ExecutionError          an automation ended otherwise than with success, or is in the way
    │   ├── ReleaseError            something could not be removed: its id and the command that removes it
    │   └── AbandonedError          fails for good: quarantine, candidate and snapshot are removed
    │       ├── UnlistedPathsError  documents have paths that no rule names
    │       ├── RulesError          the anonymizer refuses the rules
    │       ├── RefusedError        a dump is not what may be loaded: hash, tags, statement, schema
    │       ├── FindingsError       the verifier found originals, or something that looks like them
    │       ├── SourceError         production's snapshot cannot be shared, copied or read on our side
    │       └── VersionError        the worker's mongod cannot open production's files
    └── TransientError              asking again may help: throttling, a connection, expired credentials
        └── UnreachableHostError    the host's agent does not answer yet

The class alone decides what the runner does: a TransientError is tried again until the step's deadline, an
AbandonedError removes what held production data, any other ends the run and leaves its place for the next one.
"""

from __future__ import annotations

from collections.abc import Sequence


class RefreshError(Exception):
    """Say what failed, on which resource, why, and what to do next."""


class PermanentError(RefreshError):
    """End the run: the same again would fail the same."""


class TransientError(RefreshError):
    """Ask for the same again a little later."""

    def __init__(self, message: str, pause_seconds: float = 2.0) -> None:
        """Keep how long to wait before the next try.

        Args:
            message: What failed and why.
            pause_seconds: Seconds before the next try; the runner doubles it while it goes on failing.
        """
        super().__init__(message)
        self.pause_seconds = pause_seconds


class UnreachableHostError(TransientError):
    """Wait for a host that has just been started to register with Systems Manager."""


class RequestError(PermanentError):
    """Name the field, the value got and the rule it breaks."""

    def __init__(self, field: str, reason: str) -> None:
        """Keep the field apart, so that Pulumi can point at it.

        Args:
            field: The input's name, with dots for what is inside it.
            reason: The value got, the rule and what to do.
        """
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class PreflightError(PermanentError):
    """List every reason for which the refresh cannot start, so that one look is enough."""

    def __init__(self, refresh_id: str, reasons: Sequence[str]) -> None:
        """Write the reasons below each other.

        Args:
            refresh_id: The refresh that was asked for.
            reasons: One sentence each: resource, reason, what to do.
        """
        self.reasons = tuple(reasons)
        lines = "\n".join(f"  - {reason}" for reason in self.reasons)
        super().__init__(f"refresh {refresh_id} cannot start, and nothing was made:\n{lines}")


class ResourceError(PermanentError):
    """Report a volume, snapshot or instance that will not reach the wanted state."""


class HostError(PermanentError):
    """Report the reason that a command on a host gave for failing."""


class DeadlineError(PermanentError):
    """Report a wait that went past its limit, and which setting makes it longer."""


class LeaseError(PermanentError):
    """Report that another process works on this space, or has taken it over."""


class LedgerError(PermanentError):
    """Report a ledger that was changed by somebody else, or that cannot be read."""


class CutOverError(PermanentError):
    """Report a cutover that did not end as it should: what staging serves is in the message."""


class SwitchedBackError(CutOverError):
    """Report a volume that staging served for a moment and left again: unhealthy, or a smoke test failed."""


class DatabaseError(PermanentError):
    """Report what a database server refused, by its error's number: its text may hold a value."""

    def __init__(self, message: str, code: int = 0) -> None:
        """Keep the number.

        Args:
            message: What failed, on which server, why, and what to do.
            code: The server's error number; 0 when it gave none.
        """
        super().__init__(message)
        self.code = code


class LockedError(PermanentError):
    """Name the sessions that hold what a swap needs."""


class ExecutionError(PermanentError):
    """Report an automation that ended otherwise than with success, or that is in the way."""


class ReleaseError(PermanentError):
    """Name what could not be removed, and the command that removes it by hand."""


class AbandonedError(PermanentError):
    """End the refresh for good: what was restored from production goes, and so does the copy."""


class UnlistedPathsError(AbandonedError):
    """List the paths that no rule names."""


class RulesError(AbandonedError):
    """Report rules that the anonymizer refuses."""


class RefusedError(AbandonedError):
    """Report a dump that must not be loaded."""


class FindingsError(AbandonedError):
    """Report what the verifier found, as kinds, paths and counts."""


class SourceError(AbandonedError):
    """Report a snapshot of production that cannot be shared, copied or read on our side, and what to allow."""


class VersionError(AbandonedError):
    """Report a mongod that cannot open the files it is to open."""
