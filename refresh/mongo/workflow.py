"""The refresh, read from top to bottom."""

from __future__ import annotations

from refresh.context import Step
from refresh.mongo.anonymize import Anonymize
from refresh.mongo.context import Context
from refresh.mongo.cut_over import CutOver
from refresh.mongo.deliver import Deliver
from refresh.mongo.open_quarantine import OpenQuarantine
from refresh.mongo.preflight import Preflight
from refresh.mongo.restore import Restore
from refresh.mongo.retire import Retire
from refresh.mongo.snapshot import Snapshot
from refresh.mongo.verify import Verify

STEPS: tuple[Step[Context], ...] = (
    Preflight(),  # asks everything that could refuse; collects every reason into one error
    Snapshot(),  # majority point P; a healthy secondary that has P durable; its data volume at one point in time
    Restore(),  # worker started; quarantine volume from the snapshot; candidate volume, empty
    OpenQuarantine(),  # recovery boot; unix socket; read-only
    Anonymize(),  # quarantine -> candidate, by the rules
    Verify(),  # other code than the one that masked; zero findings or stop
    Deliver(),  # candidate moved to the staging host, mounted beside the live volume; staging's own users
    # ---- point of no return: staging changes from here ----
    CutOver(),  # switch, health check, or switch back by itself; no EC2 call
    Retire(),  # quarantine and raw snapshot deleted, worker stopped, retention of masked volumes
)
