"""Why an event ended without success, in words that hold no value: the error's class decides, never its message."""

from __future__ import annotations

SENTENCES = {
    "RefreshError": "It failed.",
    "PermanentError": "Something that running again does not change stands in its way.",
    "RequestError": "An input was wrong.",
    "PreflightError": "Preflight found something that refuses; nothing was made.",
    "ResourceError": "A volume, snapshot or instance was in a state that waiting does not mend.",
    "HostError": "A command on a host failed.",
    "DeadlineError": "A wait went past its limit.",
    "LeaseError": "Another process held the space, or took it over.",
    "LedgerError": "The ledger was changed by somebody else, or cannot be read.",
    "CutOverError": "The cutover did not come to its end as it should.",
    "SwitchedBackError": "What was served did not pass its health check or smoke tests; the former data is served.",
    "DatabaseError": "A database server refused or failed.",
    "LockWaitError": "Other sessions held what was to be changed for too long.",
    "LockedError": "Other sessions held what the swap needs.",
    "ExecutionError": "An automation ended otherwise than with success.",
    "ReleaseError": "Something could not be removed.",
    "AbandonedError": "It was given up; what it had made was removed.",
    "UnlistedPathsError": "Documents have paths that no rule names; the copy was removed.",
    "RulesError": "The anonymizer refused the rules; the copy was removed.",
    "RefusedError": "The dump is not one that may be loaded.",
    "FindingsError": "The verifier found something; the copy was removed.",
    "SourceError": "Production's snapshot cannot be shared, copied or read on staging's side; it was removed.",
    "VersionError": "The worker's mongod cannot open production's files.",
    "TransientError": "A service went on failing for longer than was waited.",
    "UnreachableHostError": "A host's agent did not answer.",
}
INTERRUPTED = "Whoever ran it was stopped before its end. The next run goes on from there."
GIVEN_UP = "It was given up before its end; what it had made was removed."


def sentence(error: str) -> str:
    """Say what an error's class means.

    Args:
        error: The class's name; empty for a run that was interrupted.

    Returns:
        A sentence.
    """
    return SENTENCES.get(error, SENTENCES["RefreshError"]) if error else INTERRUPTED
