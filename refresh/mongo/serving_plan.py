"""The plan of a switch or a reset for the preview, from describe calls and ledgers alone; and what would refuse it."""

from __future__ import annotations

from collections.abc import Callable

from refresh.aws import Aws
from refresh.errors import RefreshError, RequestError
from refresh.holdings import AS_OF_TAG
from refresh.mongo import golden
from refresh.mongo.servable import Servable
from refresh.mongo.serving import SERVE
from refresh.mongo.workflow import RESET
from refresh.records import ledgers
from refresh.records.lease import holder_in
from refresh.request import RefreshRequest
from refresh.values import UNKNOWN

Connect = Callable[[str, str], Aws]


def switch_lines(request: RefreshRequest, connect: Connect) -> list[str]:
    """Say what a switch will do.

    Args:
        request: What is asked for, perhaps with parts that are not known yet.
        connect: Opens both sides of AWS.

    Returns:
        Lines to print; what cannot be looked up is said to be so.

    Raises:
        RequestError: There is nothing to switch to.
    """
    told = [f"Staging switches: serve {request.serve}"]
    steps = [f"  {number}. {step.plan(request)}" for number, step in enumerate(SERVE, start=1)]
    if request.reports_bucket == UNKNOWN:
        return [*told, *steps]
    try:
        aws = connect(request.region, "")
        servable = Servable.look(aws, request.reports_bucket, request.space)
        held = holder_in(aws.objects, request.reports_bucket)
        told += [f"  from: {servable.live or 'nothing'}"]
        told += [f"  to: {servable.wanted(request.serve)}"]
    except RequestError:
        raise
    except RefreshError as error:
        return [*told, f"  (nothing could be looked up: {error})", *steps]
    return [
        *told,
        "  production is not asked; nothing is made and nothing deleted",
        *([f"  ! {held}"] if held else []),
        *steps,
    ]


def reset_lines(request: RefreshRequest, connect: Connect) -> list[str]:
    """Say what a reset will do.

    Args:
        request: What is asked for, perhaps with parts that are not known yet.
        connect: Opens both sides of AWS.

    Returns:
        Lines to print; what cannot be looked up is said to be so.

    Raises:
        RequestError: The golden snapshot is missing or may not be used.
    """
    told = [f"A reset is due: {request.refresh_id}, from a golden snapshot, without production"]
    try:
        aws = connect(request.region, "")
        snapshot = golden.asked_for(request, aws)
        known = request.reports_bucket != UNKNOWN
        held = holder_in(aws.objects, request.reports_bucket) if known else ""
        begun = ledgers.read(aws.objects, request.reports_bucket, request.refresh_id) if known else None
    except RefreshError as error:
        return [*told, f"  (nothing could be looked up: {error})", *_steps(request)]
    if begun and begun["steps"].get("restore_golden", {}).get("done_at"):
        return [*told, "  goes on where it was interrupted", *_steps(request)]
    reasons = golden.refusals(request, snapshot)
    if snapshot is None or reasons:
        raise RequestError("golden.source", "; ".join(reasons))
    as_of = snapshot.tags.get(AS_OF_TAG, "unknown")
    told += [
        f"  from: {snapshot.snapshot_id} of refresh {snapshot.refresh_id}, data as of {as_of}",
        f"  makes: a candidate volume of {snapshot.size_gib} GiB",
        *([f"  ! {held}"] if held else []),
    ]
    return [*told, *_steps(request)]


def _steps(request: RefreshRequest) -> list[str]:
    return [f"  {number}. {step.plan(request)}" for number, step in enumerate(RESET, start=1)]
