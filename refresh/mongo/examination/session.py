"""`until: preflight`: a run of Pulumi that examines the stack, says what a doctor would, and changes nothing."""

from __future__ import annotations

from refresh.context import Say
from refresh.errors import PreflightError
from refresh.mongo.examination.case import Case
from refresh.mongo.examination.examine import examine
from refresh.mongo.examination.finding import Finding, Mark
from refresh.mongo.examination.page import lines_of, verdict


def run(case: Case, say: Say) -> None:
    """Examine, and tell as it comes.

    Args:
        case: The stack.
        say: Tells the user.

    Raises:
        PreflightError: Something is wrong; all of it is listed.
    """
    findings: list[Finding] = []
    for finding in examine(case):
        findings.append(finding)
        for line in lines_of(finding):
            say(line)
    say(f"  {verdict(findings)}")
    wrong = [finding for finding in findings if finding.mark is Mark.WRONG]
    if wrong:
        reasons = [f"{each.topic}: {each.text}" + (f". Do: {each.remedy}" if each.remedy else "") for each in wrong]
        raise PreflightError(case.request.refresh_id, reasons)
