"""The examination: every topic in its order; what cannot be asked is said to be so, and keeps none from being asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from refresh.errors import RefreshError
from refresh.mongo.examination import account, hosts, permissions, stores
from refresh.mongo.examination.case import Case
from refresh.mongo.examination.finding import Finding, Mark, unasked

_FIRST = "credentials"  # who is nobody, or in another account, has nothing else to ask
TOPICS: tuple[tuple[str, Callable[[Case], Iterator[Finding]]], ...] = (
    ("endpoints", account.endpoints),
    (_FIRST, account.credentials),
    ("session", account.session),
    ("production's role", account.production_role),
    ("hosts", hosts.instances),
    ("agents", hosts.agents),
    ("production and staging", hosts.databases),
    ("parameters", stores.parameters),
    ("volumes' key", account.key),
    ("snapshots", account.state_messages),
    ("reports bucket", stores.reports_bucket),
    ("toolkit", stores.toolkit),
    ("documents", stores.documents),
    ("permissions", permissions.dry_runs),
    ("permissions", permissions.simulated),
    ("sharing", permissions.sharing),
    ("quotas", account.quotas),
)


def examine(case: Case) -> Iterator[Finding]:
    """Ask everything; nothing is changed.

    Args:
        case: The stack.

    Yields:
        Findings as they come: some take seconds.
    """
    for topic, ask in TOPICS:
        found = _asked(topic, ask, case)
        yield from found
        if topic == _FIRST and not is_in_order(found):
            yield unasked("the rest", "asked once the credentials are right")
            return


def _asked(topic: str, ask: Callable[[Case], Iterator[Finding]], case: Case) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(ask(case))
    except RefreshError as error:
        found.append(unasked(topic, str(error)))
    return found


def is_in_order(findings: Iterable[Finding]) -> bool:
    """Say whether nothing is wrong; what could not be asked is not."""
    return all(finding.mark is not Mark.WRONG for finding in findings)
