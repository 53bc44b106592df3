"""AWS as the tasks of the Aurora refresh meet it, in memory; the database server is real."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from refresh.aurora.ports import Head, Ports
from refresh.aws import Metric
from tests.refresh.fake_cloud import FakeClock, FakeObjects, Fate


class FakeDumps(FakeObjects):
    """S3 with tags and streams."""

    def __init__(self, clock: FakeClock, fate: Fate) -> None:
        super().__init__(clock, fate)
        self.tags: dict[tuple[str, str], dict[str, str]] = {}

    def head(self, bucket: str, key: str) -> Head | None:
        self.fate.alive()
        if (bucket, key) not in self.objects:
            return None
        body, etag, _ = self.objects[bucket, key]
        return Head(size=len(body), etag=etag, tags=dict(self.tags.get((bucket, key), {})))

    def open(self, bucket: str, key: str, etag: str) -> io.BytesIO:
        self.fate.alive()
        body, now, _ = self.objects[bucket, key]
        assert now == etag
        return io.BytesIO(body)

    def tag(self, bucket: str, key: str, tags: Mapping[str, str]) -> None:
        with self.fate.effect("tag"):
            self.tags[bucket, key] = dict(tags)


@dataclass
class FakeSecrets:
    """One secret."""

    fate: Fate
    user: str = "admin"
    passwords: list[str] = field(default_factory=list)

    def credentials(self, secret_arn: str) -> tuple[str, str]:
        self.fate.alive()
        return self.user, self.passwords.pop(0) if len(self.passwords) > 1 else self.passwords[0]


@dataclass
class FakeOutcomes:
    """Logs and a topic."""

    fate: Fate
    logged: list[str] = field(default_factory=list)
    published: list[tuple[str, str]] = field(default_factory=list)
    measured: list[tuple[str, dict[str, float]]] = field(default_factory=list)  # kind of event, values by name

    def log(self, group: str, stream: str, *messages: str) -> None:
        with self.fate.effect("log"):
            self.logged += messages

    def publish(self, topic_arn: str, subject: str, message: str) -> None:
        with self.fate.effect("publish"):
            self.published.append((subject, message))

    def measure(self, namespace: str, dimensions: Mapping[str, str], metrics: Sequence[Metric]) -> None:
        with self.fate.effect("measure"):
            assert (namespace, dimensions["Space"]) == ("Understudy", "understudy/test")
            self.measured.append((dimensions["Event"], {each.name: each.value for each in metrics}))


@dataclass
class FakeClusters:
    """Clones by name, available at the second look."""

    fate: Fate
    clones: dict[str, int] = field(default_factory=dict)
    asked: int = 0

    def clone_status(self, clone_id: str) -> str | None:
        self.fate.alive()
        if clone_id not in self.clones:
            return None
        self.clones[clone_id] += 1
        return "available" if self.clones[clone_id] > 1 else "creating"

    def clone(self, cluster_id: str, clone_id: str, tags: Mapping[str, str]) -> None:
        with self.fate.effect("clone"):
            self.asked += 1
            self.clones.setdefault(clone_id, 0)


@dataclass
class FakeAutomations:
    """Executions that run; all others are over."""

    fate: Fate
    running: set[str] = field(default_factory=set)
    unknown: bool = False

    def is_over(self, execution_id: str) -> bool | None:
        self.fate.alive()
        return None if self.unknown else execution_id not in self.running


@dataclass
class FakeAws:
    """All ports, and the fate that they share."""

    clock: FakeClock = field(default_factory=FakeClock)
    fate: Fate = field(default_factory=Fate)

    def __post_init__(self) -> None:
        self.objects = FakeDumps(self.clock, self.fate)
        self.secrets = FakeSecrets(self.fate)
        self.outcomes = FakeOutcomes(self.fate)
        self.clusters = FakeClusters(self.fate)
        self.automations = FakeAutomations(self.fate)

    def ports(self, _region: str) -> Ports:
        return Ports(
            objects=self.objects,
            secrets=self.secrets,
            outcomes=self.outcomes,
            clusters=self.clusters,
            automations=self.automations,
            caller_arn=lambda: "arn:aws:sts::111111111111:assumed-role/loader/task",
        )
