"""Telling people in time: what an event came to goes to the topic, the log group and the metrics.

Whatever goes wrong in telling is said in a line, and changes nothing of the event's own outcome.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from refresh.aws import Aws, Metric
from refresh.context import Say
from refresh.errors import RefreshError
from refresh.poller import Clock
from refresh.records.ledgers import PREFIX, key_of
from refresh.reporting.names import PAGE_NAME, TEXT_NAME
from refresh.request import Watch
from refresh.watch import metrics, words
from refresh.watch.words import FINISHED, REFUSED, Event

_REPORTS = (PAGE_NAME, TEXT_NAME)  # the better first
_LOG_PAUSE_SECONDS = 10.0
_MOST_LINES = 500
_LONGEST_LINE = 1500  # 500 of them fit into one PutLogEvents, which takes a mebibyte

OutputsT = TypeVar("OutputsT", bound=Mapping[str, Any])


class Asked(Protocol):
    """What telling needs of a request."""

    @property
    def space(self) -> str:
        """The space."""
        ...

    @property
    def region(self) -> str:
        """The region."""
        ...

    @property
    def reports_bucket(self) -> str:
        """Where reports lie."""
        ...

    @property
    def watch(self) -> Watch:
        """Where an outcome is told."""
        ...


@contextmanager
def told(
    kind: str, event_id: str, request: Asked, aws: Aws, clock: Clock, say: Say, ledgers: str = PREFIX
) -> Iterator[Telling]:
    """Tell how an event ends: by the way out of the block, or by the error that leaves it.

    Args:
        kind: refresh, scan, serve or reset; the alarm on failures looks at refreshes alone.
        event_id: The refresh's id, or the switch's.
        request: What was asked for, with where it is told.
        aws: Both sides.
        clock: The time.
        say: Tells the user.
        ledgers: What the keys of its ledger begin with.

    Yields:
        Its `say` is to be used inside; `finished` takes what the event came to.
    """
    telling = Telling(kind, event_id, request, aws, clock, say, ledgers)
    telling.begin()
    try:
        yield telling
    except Exception as error:
        telling.end(words.outcome_of(error), error)
        raise
    telling.end(FINISHED)


class Telling:
    """One event, as it is told."""

    def __init__(
        self, kind: str, event_id: str, request: Asked, aws: Aws, clock: Clock, say: Say, ledgers: str
    ) -> None:
        """Use `told`."""
        self._event = Event(
            kind=kind,
            event_id=event_id,
            space=request.space,
            region=request.region,
            reports_bucket=request.reports_bucket,
        )
        self._watch, self._aws, self._clock, self._to_user = request.watch, aws, clock, say
        self._ledgers = ledgers
        self._facts: dict[str, Any] = {}
        self._lines: list[str] = []
        self._logs = bool(request.watch.log_group)
        self._began = self._logged_at = clock.monotonic()

    def named(self, event_id: str) -> None:
        """Take the event's id, where that is known only once it has begun."""
        self._event = replace(self._event, event_id=event_id)

    def say(self, line: str) -> None:
        """Tell the user, and the log."""
        self._to_user(line)
        self._note("line", line=words.harmless(line.strip())[:_LONGEST_LINE])
        if self._clock.monotonic() - self._logged_at > _LOG_PAUSE_SECONDS:
            self._softly("the log", self._write_log)

    def finished(self, outputs: OutputsT) -> OutputsT:
        """Take what the event came to, for its message and metrics.

        Args:
            outputs: Of data_as_of, collections, findings, phases what there is.

        Returns:
            The same.
        """
        if outputs.get("data_as_of"):
            self._facts["data_as_of"] = str(outputs["data_as_of"])
        if "collections" in outputs:
            self._facts["documents"] = sum(int(each.get("written") or 0) for each in outputs["collections"])
        if "findings" in outputs:
            self._facts["findings"] = len(outputs["findings"])
        if outputs.get("phases"):
            self._facts["seconds"] = round(sum(outputs["phases"].values()), 1)
        return outputs

    def begin(self) -> None:
        """Note that it began."""
        self._note("begun")

    def end(self, outcome: str, error: BaseException | None = None) -> None:
        """Tell how it ended, by each way for itself.

        Args:
            outcome: How it ended.
            error: What ended it.
        """
        self._facts.setdefault("seconds", round(self._clock.monotonic() - self._began, 1))
        reason = words.reason_of(error) if error else ""
        about = {"error": type(error).__name__, "reason": reason} if error else {}
        self._note("ended", outcome=outcome, **self._facts, **about)
        self._softly("the log", self._write_log)
        if self._watch.topic_arn:
            self._softly("the metrics", lambda: self._measure(outcome))
            self._softly("the topic", lambda: self._publish(outcome, reason))

    def _publish(self, outcome: str, reason: str) -> None:
        text = words.message(self._event, outcome, self._facts, self._record(), reason)
        self._aws.telling.publish(self._watch.topic_arn, words.subject(self._event, outcome), text)

    def _record(self) -> str:
        """Return the key of the event's report, or of its ledger where it has no report; empty where it has neither."""
        bucket, prefix = self._event.reports_bucket, f"reports/{self._event.event_id}/"
        ledger = key_of(self._event.event_id, self._ledgers)
        there = {*self._aws.objects.keys(bucket, prefix), *self._aws.objects.keys(bucket, ledger)}
        return next((key for key in (*(f"{prefix}{name}" for name in _REPORTS), ledger) if key in there), "")

    def _measure(self, outcome: str) -> None:
        dimensions = {metrics.SPACE: self._event.space, metrics.EVENT: self._event.kind}
        self._aws.telling.measure(metrics.NAMESPACE, dimensions, self._metrics(outcome))

    def _metrics(self, outcome: str) -> list[Metric]:
        if outcome == REFUSED:
            return [Metric(name=metrics.REFUSED_TIMES, value=1, unit="Count")]
        made = [
            Metric(name=metrics.FAILED, value=int(outcome != FINISHED), unit="Count"),
            Metric(name=metrics.DURATION, value=self._facts["seconds"], unit="Seconds"),
        ]
        for name, fact in ((metrics.DOCUMENTS, "documents"), (metrics.FINDINGS, "findings")):
            if fact in self._facts:
                made.append(Metric(name=name, value=self._facts[fact], unit="Count"))
        if "data_as_of" in self._facts:
            age = self._clock.now() - datetime.fromisoformat(self._facts["data_as_of"])
            made.append(Metric(name=metrics.DATA_AGE, value=age.total_seconds(), unit="Seconds"))
        return made

    def _note(self, what: str, **more: Any) -> None:
        """Keep a line of the log: one JSON object, with the same first fields in each."""
        if not self._logs:
            return
        event = {
            "at": self._clock.now().isoformat(timespec="milliseconds"),
            "what": what,
            "space": self._event.space,
            "kind": self._event.kind,
            "id": self._event.event_id,
        }
        self._lines.append(json.dumps({**event, **more}, ensure_ascii=False))
        del self._lines[:-_MOST_LINES]

    def _write_log(self) -> None:
        if not self._lines:
            return
        self._logged_at = self._clock.monotonic()
        lines, self._lines = self._lines, []
        stream = f"{self._event.kind}/{self._event.event_id}"
        try:
            self._aws.telling.log(self._watch.log_group, stream, *lines)
        except Exception:
            self._logs = False  # it has been said once; a refresh does not go on asking
            raise

    def _softly(self, where: str, tell: Callable[[], None]) -> None:
        try:
            tell()
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not take the place of the event's outcome
            why = str(error) if isinstance(error, RefreshError) else type(error).__name__
            self._to_user(f"        {where} could not be told: {words.harmless(why)}")
