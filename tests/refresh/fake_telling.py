"""Log group, topic and metrics in memory, each of which may be out of reach."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from refresh.aws import Metric
from refresh.errors import PermanentError


class FakeTelling:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.logged: list[tuple[str, str, dict[str, Any]]] = []
        self.published: list[tuple[str, str, str]] = []
        self.measured: list[tuple[str, dict[str, str], dict[str, float]]] = []
        self.broken: set[str] = set()
        self.asked: list[str] = []

    def log(self, group: str, stream: str, *messages: str) -> None:
        self._ask("log")
        self.logged += [(group, stream, json.loads(each)) for each in messages]

    def publish(self, topic_arn: str, subject: str, message: str) -> None:
        self._ask("publish")
        self.published.append((topic_arn, subject, message))

    def measure(self, namespace: str, dimensions: Mapping[str, str], metrics: Sequence[Metric]) -> None:
        self._ask("measure")
        self.measured.append((namespace, dict(dimensions), {each.name: each.value for each in metrics}))

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if what in self.broken:
            raise PermanentError(f"{what}: AWS answered AuthorizationError")
        if f"{what} by mistake" in self.broken:
            raise KeyError("anna.smith@example.org")
