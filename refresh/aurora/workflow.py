"""The Aurora refresh, read from top to bottom; the user's migrations run between its two halves."""

from __future__ import annotations

from refresh.aurora.check_object import CheckObject
from refresh.aurora.check_schema import CheckSchema
from refresh.aurora.clone import Clone
from refresh.aurora.context import AuroraContext
from refresh.aurora.cut_over import CutOver, SwapBack
from refresh.aurora.load import Load
from refresh.aurora.record import Record
from refresh.aurora.smoke import Smoke
from refresh.aurora.verify import Verify
from refresh.context import Step

LOAD: tuple[Step[AuroraContext], ...] = (
    CheckObject(),  # tags, manifest, and every byte's hash
    CheckSchema(),  # a drift refuses, with the difference
    Clone(),  # a second way back, where it is asked for
    Load(),  # into the candidate schema, beside the live one; rows counted
)
# ---- the user's migrations and derived data, run by the automation over the candidate schema ----
FINISH: tuple[Step[AuroraContext], ...] = (
    Verify(),  # foreign keys, views, texts; zero findings or stop
    # ---- point of no return: applications see the new data from here ----
    CutOver(),  # one RENAME TABLE; the former schema is kept
    Smoke(),  # the application answers, or the former schema is live again
    Record(),  # report, logs, topic, last known good, retention
)
PREVIOUS: tuple[Step[AuroraContext], ...] = (
    SwapBack(),  # live and former schema change places
    Record(),
)
STEPS = (*LOAD, *FINISH)
