"""The refresh, read from top to bottom."""

from __future__ import annotations

from refresh.context import Step
from refresh.mongo.context import Context
from refresh.mongo.draft_rules import Discard, DraftRules
from refresh.mongo.golden import KeepGolden
from refresh.mongo.reset import PreflightReset, RestoreGolden
from refresh.mongo.steps.anonymize import Anonymize
from refresh.mongo.steps.cut_over import CutOver
from refresh.mongo.steps.deliver import Deliver
from refresh.mongo.steps.open_quarantine import OpenQuarantine
from refresh.mongo.steps.preflight import Preflight
from refresh.mongo.steps.restore import Restore
from refresh.mongo.steps.retire import Retire
from refresh.mongo.steps.smoke import Smoke
from refresh.mongo.steps.snapshot import Snapshot
from refresh.mongo.steps.verify import Verify
from refresh.request import RefreshRequest

STEPS: tuple[Step[Context], ...] = (
    Preflight(),  # asks everything that could refuse; collects every reason into one error
    Snapshot(),  # majority point P; a healthy secondary that has P durable; its data volume at one point in time
    Restore(),  # worker started; quarantine volume from the snapshot; candidate volume, empty
    OpenQuarantine(),  # recovery boot; unix socket; read-only
    Anonymize(),  # quarantine -> candidate, by the rules
    Verify(),  # other code than the one that masked; zero findings or stop
    KeepGolden(),  # the masked, verified copy as a snapshot, before it has users; where it is asked for
    Deliver(),  # candidate moved to the staging host, mounted beside the live volume; staging's own users
    # ---- point of no return: staging changes from here ----
    CutOver(),  # switch, health check, or switch back by itself; no EC2 call
    Smoke(),  # the tests whose failure switches back
    Retire(),  # quarantine and raw snapshot deleted, worker stopped, retention of masked volumes
)

RESET: tuple[Step[Context], ...] = (
    PreflightReset(),  # staging's side alone, and whether the golden snapshot may be used
    RestoreGolden(),  # golden snapshot -> candidate volume
    Deliver(),
    # ---- point of no return: staging changes from here ----
    CutOver(),
    Smoke(),
    Retire(),
)


DRAFTING: tuple[Step[Context], ...] = (
    Preflight(),
    Snapshot(),
    Restore(),
    OpenQuarantine(),
    DraftRules(),  # from samples of the quarantine; what is handed out holds no value
    Discard(),  # all that was made; staging is as it was
)


def steps_of(request: RefreshRequest) -> tuple[Step[Context], ...]:
    """Return the steps that a request asks for."""
    if request.is_reset:
        return RESET
    return DRAFTING if request.until_scan else STEPS


def steps_left(context: Context) -> tuple[Step[Context], ...]:
    """Return the steps of a run; once a draft is there, what it was made of is not made again."""
    drafted = context.request.until_scan and context.ledger.is_done("draft_rules")
    return DRAFTING[-1:] if drafted else steps_of(context.request)
