"""What a doctor asks of AWS, answered in memory; everything is in order until a test changes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from refresh.errors import PermanentError
from refresh.mongo.examination.questions import Identity, Side, Simulated
from refresh.places import Key
from tests.refresh.fake_cloud import KEY as VOLUMES_KEY
from tests.refresh.fake_cloud import OWN_ACCOUNT

KEY = "arn:aws:kms:eu-west-1:111111111111:key/k"


class FakeQuestions:
    """Answers; `refused` names questions that are denied."""

    def __init__(self) -> None:
        self.who = {
            Side.OWN: Identity(account_id=OWN_ACCOUNT, arn=f"arn:aws:sts::{OWN_ACCOUNT}:assumed-role/runner/me"),
            Side.PRODUCTION: Identity(account_id="222222222222", arn="arn:aws:iam::222222222222:role/reader"),
        }
        self.refused: set[str] = set()
        self.silent_endpoints: dict[str, str] = {}
        self.offline: dict[str, str | None] = {}
        self.keys = {KEY: Key(arn=KEY, state="Enabled", manager="CUSTOMER")}
        self.key_usable = True
        self.keys[VOLUMES_KEY] = Key(arn=VOLUMES_KEY, state="Enabled", manager="CUSTOMER")
        self.quotas = {"L-7A658B76": 50.0, "L-309BACF6": 100_000.0}
        self.used_gib, self.snapshots = 1000, 40
        self.denied: set[str] = set()
        self.buckets = {"reports", "toolkit"}
        self.documents: dict[str, str | None] = {}
        self.dry_runs: list[str] = []
        self.looked_at: list[tuple[Side, str]] = []

    def identity(self, side: Side) -> Identity:
        self._ask(f"identity {side.value}")
        return self.who[side]

    def endpoints(self) -> Mapping[str, str]:
        self._ask("endpoints")
        return {"sts (https://sts)": "", "ec2 (https://ec2)": "", **self.silent_endpoints}

    def agents(self, side: Side, instance_ids: Sequence[str]) -> Mapping[str, str]:
        self._ask("agents")
        status = {each: self.offline.get(each, "Online") for each in instance_ids}
        return {each: ping for each, ping in status.items() if ping}

    def key(self, side: Side, key_id: str) -> Key | None:
        self._ask("key")
        return self.keys.get(key_id)

    def may_use_key(self, key_id: str) -> bool:
        self._ask("may_use_key")
        return self.key_usable

    def quota(self, service: str, code: str) -> float:
        self._ask("quota")
        return self.quotas[code]

    def gp3_gib(self) -> int:
        return self.used_gib

    def snapshot_count(self, side: Side) -> int:
        return self.snapshots

    def dry_run(self, side: Side, operation: str, arguments: Mapping[str, Any]) -> bool:
        self._ask("dry_run")
        self.dry_runs.append(operation)
        return operation not in self.denied

    def simulate(self, arn: str, asked: Simulated) -> bool:
        self._ask("simulate")
        return asked.action not in self.denied

    def bucket_exists(self, bucket: str) -> bool:
        self._ask("bucket_exists")
        return bucket in self.buckets

    def document_hash(self, side: Side, name: str) -> str | None:
        self._ask("document_hash")
        self.looked_at.append((side, name))
        return self.documents.get(name, "d0c" + "0" * 61)

    def _ask(self, name: str) -> None:
        if name in self.refused:
            raise PermanentError(f"{name}: AWS answered AccessDenied: not allowed")
