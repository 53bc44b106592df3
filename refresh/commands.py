"""Commands on hosts: a document for each verb, pinned by its hash; the answer is JSON on the last line of stdout."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from refresh.aws import CommandPort, Outcome
from refresh.errors import DeadlineError, HostError, RefreshError, UnreachableHostError
from refresh.hosts import Document
from refresh.poller import Poller

_RUNNING = frozenset({"Pending", "InProgress", "Delayed", "Cancelling"})
_AGENT_WAIT_SECONDS = 180.0  # a started instance takes so long to register, at the worst
_LONGEST_REASON = 600
_AGENT_TRAILER = "failed to run commands:"  # the agent's own last line on stderr


@dataclass(frozen=True, kw_only=True)
class _Sent:
    verb: str
    instance_id: str
    command_id: str


@dataclass(frozen=True, kw_only=True)
class Commands:
    """Send verbs to hosts and read their answers."""

    port: CommandPort
    poller: Poller
    documents: Mapping[str, Document]

    def run(
        self, instance_id: str, verb: str, *, at_most_seconds: float = float("inf"), **parameters: Any
    ) -> dict[str, Any]:
        """Run a verb on a host to its end. Every verb bears being run twice.

        Args:
            instance_id: The host.
            verb: The script's name.
            at_most_seconds: A limit below the step's own.
            parameters: The script's parameters; what is None or empty is left out, so that its default holds.

        Returns:
            The script's answer.

        Raises:
            HostError: The script said no; its reason is in the message.
            DeadlineError: No answer came in time.
        """
        return self._collect(self._send(instance_id, verb, parameters), at_most_seconds)

    def start(self, instance_id: str, verb: str, **parameters: Any) -> Callable[[], dict[str, Any]]:
        """Start a verb on a host, so that other work may be done meanwhile.

        Args:
            instance_id: The host.
            verb: The script's name.
            parameters: As for `run`.

        Returns:
            What waits for the script's answer and gives it, or raises as `run` does.
        """
        sent = self._send(instance_id, verb, parameters)
        return lambda: self._collect(sent, float("inf"))

    def start_on_all(
        self, instance_ids: Sequence[str], verb: str, *, at_most_seconds: float, **parameters: Any
    ) -> Callable[[], dict[str, dict[str, Any] | RefreshError]]:
        """Start a verb on several hosts at once; a host that fails does not keep the others from answering.

        Args:
            instance_ids: The hosts.
            verb: The script's name.
            at_most_seconds: How long to wait for the slowest.
            parameters: The script's parameters.

        Returns:
            What waits for the answers and gives each host's, or its error; other work may be done before it is called.
        """
        ends_at = self.poller.clock.monotonic() + at_most_seconds
        answers: dict[str, dict[str, Any] | RefreshError] = {}
        sent: list[_Sent] = []
        for instance_id in instance_ids:
            try:
                sent.append(self._send(instance_id, verb, parameters, agent_wait_seconds=0.0))
            except (HostError, DeadlineError, UnreachableHostError) as error:
                answers[instance_id] = error

        def collect() -> dict[str, dict[str, Any] | RefreshError]:
            for each in sent:
                seconds_left = max(0.0, ends_at - self.poller.clock.monotonic())
                try:
                    answers[each.instance_id] = self._collect(each, seconds_left)
                except (HostError, DeadlineError) as error:
                    answers[each.instance_id] = error
            return answers

        return collect

    def _send(
        self,
        instance_id: str,
        verb: str,
        parameters: Mapping[str, Any],
        agent_wait_seconds: float = _AGENT_WAIT_SECONDS,
    ) -> _Sent:
        document = self.documents.get(verb)
        if document is None:
            raise HostError(f"{verb} on {instance_id}: no document of that verb was given to this refresh")
        texts = {name: _text(value) for name, value in parameters.items() if value is not None and value != ""}
        command_id = self.poller.wait_for(
            f"{instance_id} to take the command {verb}",
            lambda: self.port.send(instance_id, document, texts),
            at_most_seconds=agent_wait_seconds,
        )
        return _Sent(verb=verb, instance_id=instance_id, command_id=command_id)

    def _collect(self, sent: _Sent, at_most_seconds: float) -> dict[str, Any]:
        outcome = self.poller.wait_for(
            f"{sent.verb} on {sent.instance_id} (command {sent.command_id})",
            lambda: self._ended(sent),
            at_most_seconds=at_most_seconds,
        )
        if outcome.status != "Success":
            raise HostError(f"{sent.verb} on {sent.instance_id} failed: {_reason(outcome)}")
        return _answer(sent, outcome)

    def _ended(self, sent: _Sent) -> Outcome | None:
        outcome = self.port.outcome(sent.command_id, sent.instance_id)
        return None if outcome is None or outcome.status in _RUNNING else outcome


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _reason(outcome: Outcome) -> str:
    """Take the last line that the script wrote to stderr."""
    lines = [line.strip() for line in outcome.stderr.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(_AGENT_TRAILER)]
    if outcome.status == "Failed" and lines:
        return lines[-1][:_LONGEST_REASON]
    return f"{outcome.detail or outcome.status}, exit status {outcome.exit_code}"


def _answer(sent: _Sent, outcome: Outcome) -> dict[str, Any]:
    lines = [line for line in outcome.stdout.splitlines() if line.strip()]
    try:
        answer = json.loads(lines[-1]) if lines else None
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise HostError(
            f"{sent.verb} on {sent.instance_id} ended well, but the last line of its output is no JSON object "
            f"({len(outcome.stdout)} characters came; AWS cuts at 24,000). See command {sent.command_id}"
        )
    return answer
