"""Smoke: the user's own tests of what staging serves by now; one that fails switches staging back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh.errors import CutOverError, SwitchedBackError
from refresh.mongo.context import Context
from refresh.mongo.facts import data_as_of
from refresh.mongo.steps import retire
from refresh.mongo.steps.cut_over import note_switched_back, switch
from refresh.request import RefreshRequest

_SWITCH_BACK_SECONDS = 1800.0


@dataclass(frozen=True)
class Smoke:
    """Run the tests whose failure switches back; where a failure leaves staging as it is, they are resources beside it.

    Idempotent: a test is run again in a run that did not finish it. Resumes with the tests, or with switching back,
    which is written down before it is done: a run that was killed in between tests nothing. After a switch back the
    verified copy stays: `pulumi up` tries cutover and tests once more.
    """

    name: str = "smoke"
    timeout_minutes: int = 60

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        count = len(request.smoke.commands)
        if not count:
            return "smoke tests: none that switch back; those of understudy:smoke_tests run after the refresh"
        return f"smoke tests: {count}; where one fails, staging switches back to what it served"

    def is_done(self, context: Context) -> bool:
        """Say whether they passed, or there are none."""
        return context.ledger.is_done(self.name) or not (context.request.smoke.commands or _going_back(context))

    def run(self, context: Context) -> dict[str, Any]:
        """Test; switch back on a failure."""
        failure = _going_back(context) or _failure(context)
        if failure:
            _switch_back(context, failure)
        return {"tests": len(context.request.smoke.commands)}


def _going_back(context: Context) -> str:
    """Return why an earlier run was about to switch back; empty when none was."""
    return str(context.ledger.facts("cut_over").get("going_back") or "")


def _failure(context: Context) -> str:
    told = _told(context)
    for number, command in enumerate(context.request.smoke.commands, start=1):
        reason = context.shell(command, told, context.poller.seconds_left(), context.say)
        context.poller.still_ours()
        if reason:
            return f"smoke test {number} of {len(context.request.smoke.commands)} failed: {reason}"
    return ""


def _told(context: Context) -> dict[str, str]:
    """Return what a test is told, besides what Pulumi's own environment holds."""
    request, facts = context.request, context.ledger.facts("cut_over")
    return {
        "UNDERSTUDY_ENDPOINT": request.smoke.endpoint,
        "UNDERSTUDY_REFRESH_ID": context.refresh_id,
        "UNDERSTUDY_DATA_AS_OF": data_as_of(context.ledger.values),
        "UNDERSTUDY_REPORT": f"s3://{request.reports_bucket}/reports/{context.refresh_id}/report.html",
        "UNDERSTUDY_CA_CERTIFICATE": str(facts.get("ca_certificate") or ""),
        "UNDERSTUDY_REPLICA_SET": request.staging.replica_set,
        "UNDERSTUDY_STAGING_INSTANCE_ID": request.staging.instance_id,
        "UNDERSTUDY_USER_PARAMETER": request.staging.user_parameter,
        "UNDERSTUDY_PASSWORD_PARAMETER": request.staging.password_parameter,
    }


def _switch_back(context: Context, failure: str) -> None:
    switched = context.ledger.facts("cut_over")
    former = str(switched.get("from_volume_id") or "")
    where = f"{failure}, after the cutover of refresh {context.refresh_id}"
    if not former:
        raise CutOverError(
            f"{where}. There is no former volume to go back to: staging serves the new data. Mend what failed, then "
            "run pulumi up again: it tests again"
        )
    context.ledger.note("cut_over", going_back=failure)
    context.poller.limit(_SWITCH_BACK_SECONDS, "pulumi up goes on switching back")  # tests may have used up the step's
    answer = switch(context, from_volume_id=str(switched["live_volume_id"]), to_volume_id=former)
    if not answer.get("switched"):
        raise CutOverError(
            f"{where}, and staging could not switch back to {former}: {answer.get('reason') or 'no reason given'}. It "
            f"serves {answer.get('live_volume_id') or 'nothing'}. pulumi up tries to switch back again"
        )
    retire.remove_raw_data(context)
    retire.stop_worker(context)
    note_switched_back(context, failure, answer, former)
    raise SwitchedBackError(
        f"{where}, and staging switched back: it serves {former}, as before. The verified copy is kept: pulumi up cuts "
        "over and tests once more, a new trigger starts over and removes it"
    )
