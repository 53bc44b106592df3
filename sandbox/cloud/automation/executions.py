"""SSM Automation: executions that really carry out their documents' steps. They live as long as the sandbox does."""

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from sandbox.cloud.automation.actions import (
    Outcome,
    StepCancelled,
    StepFailed,
    StepTimedOut,
    Surroundings,
    perform,
)
from sandbox.cloud.automation.content import Automation, Step
from sandbox.cloud.automation.values import NoValue, select, substitute

PENDING_SECONDS = 0.1  # an execution takes a moment to begin, as on AWS
STEP_LIMIT = 1000  # a document that goes round in circles ends
CANCELLATION_SECONDS = 120
NO_OUTPUT = "No output available yet because the step is not successfully executed"


@dataclass
class StepExecution:
    """One run of a step; a step that is gone back to has several."""

    step: Step
    step_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "Pending"
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    failure_message: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass
class Execution:
    """One StartAutomationExecution."""

    document_name: str
    document_version: str
    automation: Automation
    given: Mapping[str, list[str]]
    values: dict[str, Any]
    executed_by: str
    execution_id: str
    status: str = "Pending"
    failure_message: str = ""
    outputs: dict[str, Any] = field(default_factory=dict)
    steps: list[StepExecution] = field(default_factory=list)
    started_at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    ended_at: datetime | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def is_over(self) -> bool:
        """Whether it has its last status."""
        return self.status in {"Success", "Failed", "TimedOut", "Cancelled"}

    @property
    def current(self) -> StepExecution | None:
        """The step that runs."""
        return next((one for one in reversed(self.steps) if one.status == "InProgress"), None)


class Engine:
    """Carry one execution out, in a thread of its own.

    Args:
        execution: The execution.
        surroundings: Makes the world of its actions, from what says whether it is to stop.
    """

    def __init__(self, execution: Execution, surroundings: Callable[[Callable[[], bool]], Surroundings]) -> None:
        self._execution = execution
        self._surroundings = surroundings
        self._verdict = "Success"
        self._cancelling_until: float | None = None

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        execution = self._execution
        time.sleep(PENDING_SECONDS)
        try:
            if execution.cancelled.is_set():
                self._verdict = "Cancelled"
            else:
                execution.status = "InProgress"
                self._run_steps()
        except Exception as error:  # noqa: BLE001 - a fault of the stand-in is told as one, and ends the execution
            self._verdict = "Failed"
            execution.failure_message = f"the sandbox itself failed: {type(error).__name__}: {error}"
        execution.outputs = {
            name: execution.values.get(name, NO_OUTPUT) if "." in name else execution.values[name]
            for name in execution.automation.outputs
        }
        execution.ended_at = _now()
        execution.status = self._verdict

    def _run_steps(self) -> None:
        step: Step | None = self._execution.automation.main_steps[0]
        while step is not None:
            if len(self._execution.steps) >= STEP_LIMIT:
                self._fail("Failed", f"more than {STEP_LIMIT} steps were executed: does the document go in circles?")
                return
            step = self._run_step(step)

    def _run_step(self, step: Step) -> Step | None:
        """Run a step; return the next one."""
        run = StepExecution(step, started_at=_now(), status="InProgress")
        self._execution.steps.append(run)
        try:
            outcome = self._attempt(run)
        except StepCancelled:
            self._end(run, "Cancelled", "Step was cancelled.")
            return self._after_cancellation(step)
        except StepTimedOut:
            self._end(run, "TimedOut", "Step timed out while it was Execute action.")
            return self._after_failure(run)
        except StepFailed as error:
            self._end(run, "Failed", f"Step fails when it is Execute action. {error}")
            return self._after_failure(run)
        self._end(run, "Success")
        if self._execution.cancelled.is_set() and self._cancelling_until is None:
            return self._after_cancellation(step)
        if outcome.next_step:
            return self._execution.automation.step(outcome.next_step)
        return self._execution.automation.after(step)

    def _attempt(self, run: StepExecution) -> Outcome:
        for attempt in range(1, run.step.max_attempts + 1):
            try:
                return self._perform(run)
            except (StepFailed, StepTimedOut):
                if attempt == run.step.max_attempts:
                    raise
        raise StepFailed("it has no attempt.")

    def _perform(self, run: StepExecution) -> Outcome:
        step, values = run.step, self._execution.values
        try:
            # What a script holds is Python, braces and all; its variables come in its payload.
            verbatim = {"Script": step.inputs["Script"]} if "Script" in step.inputs else {}
            others = {key: value for key, value in step.inputs.items() if key not in verbatim}
            run.inputs = {**substitute(others, values), **verbatim}
            outcome = perform(step.action, run.inputs, self._surroundings(self._is_to_stop), step.timeout_seconds)
            run.outputs = dict(outcome.payload)
            for output in step.outputs:
                run.outputs[output.name] = select(outcome.answer, output.selector, output.type)
        except NoValue as error:
            raise StepFailed(str(error)) from None
        values.update({f"{step.name}.{name}": value for name, value in run.outputs.items()})
        return outcome

    def _is_to_stop(self) -> bool:
        if self._cancelling_until is not None:
            return time.monotonic() > self._cancelling_until
        return self._execution.cancelled.is_set()

    def _end(self, run: StepExecution, status: str, message: str = "") -> None:
        run.failure_message, run.ended_at = message, _now()
        run.status = status

    def _after_failure(self, run: StepExecution) -> Step | None:
        step, automation = run.step, self._execution.automation
        if step.is_critical or step.on_failure == "Abort":
            self._fail(run.status, f"{step.name}: {run.failure_message}")
        if step.on_failure == "Abort":
            return None
        if step.on_failure == "Continue":
            return automation.after(step)
        return automation.step(step.on_failure.removeprefix("step:"))

    def _after_cancellation(self, step: Step) -> Step | None:
        """Go to the step for a cancelled automation, which has two minutes as on AWS."""
        self._verdict = "Cancelled"
        if self._cancelling_until is not None or step.on_cancel == "Abort":
            return None
        self._cancelling_until = time.monotonic() + CANCELLATION_SECONDS
        return self._execution.automation.step(step.on_cancel.removeprefix("step:"))

    def _fail(self, verdict: str, message: str) -> None:
        if self._verdict == "Success":
            self._verdict = verdict
            self._execution.failure_message = message


def _now() -> datetime:
    return datetime.now(timezone.utc)
