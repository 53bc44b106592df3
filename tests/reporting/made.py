"""Ledgers and reports of a made-up shop, as steps leave them, for tests and for looking at pages."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from refresh.aurora import report as aurora_report_module
from refresh.mongo import report as mongo_report_module
from refresh.reporting.model import Report
from refresh.reporting.parts import Service

START = datetime(2026, 3, 2, 3, 0, 7, tzinfo=timezone.utc)
RULES: dict[str, Any] = {
    "version": 1.0,
    "databases": {
        "shop": {
            "customers": {
                "mode": "mask",
                "fields": {
                    "_id": "keep",
                    "name": "name",
                    "email": {"mask": "email", "domain": "email"},
                    "phone": {"mask": "phone", "domain": "phone"},
                    "birth_date": {"mask": "date_shift", "domain": "birth", "max_days": 180.0},
                    "addresses[].street": "street",
                    "addresses[].city": "keep",
                    "payment.cards.*.number": "card",
                    "preferences.newsletter": {"mask": "constant", "value": False},
                },
            },
            "orders": {
                "mode": "mask",
                "fields": {"_id": "keep", "customer_email": {"mask": "email", "domain": "email"}, "total": "keep"},
            },
            "tickets": {"mode": "sample", "share": 0.25, "fields": {"_id": "keep", "messages[].body": "text"}},
            "sessions": {"mode": "empty"},
            "products": {"mode": "copy", "fields": ["_id", "sku", "title", "price"]},
            "audit_log": {"mode": "drop"},
        }
    },
}
_COUNTS = (
    ("customers", "mask", 120_000, 120_000, 120_000),
    ("orders", "mask", 1_845_210, 1_845_210, 1_845_210),
    ("products", "copy", 4_210, 4_210, 0),
    ("sessions", "empty", 0, 0, 0),
    ("tickets", "sample", 86_004, 21_501, 21_501),
)
_CHECKS = (
    ("documents", 1_990_921, 0, 3), ("kept_values", 1_990_921, 812_220, 63), ("constants", 120_000, 120_000, 2),
    ("own_path", 1_990_921, 9_874_120, 21), ("own_names", 1_990_921, 4_100_002, 6),
    ("identity_values", 1_990_921, 17_641_330, 9), ("detectors", 1_990_921, 14_041_118, 8),
    ("consistency", 1_990_921, 9_070_451, 1), ("references", 0, 0, 0), ("structures", 0, 14, 1),
)  # fmt: skip
_SECONDS = {
    "preflight": 11.6, "snapshot": 26.8, "restore": 142.9, "open_quarantine": 38.6, "anonymize": 611.3,
    "verify": 402.8, "deliver": 28.3, "cut_over": 9.3, "retire": 31.2,
}  # fmt: skip
VERSIONS = {"python": "3.11.2", "pulumi": "3.272.0", "boto3": "1.44.5"}
RUNNER = {
    "at": START.isoformat(), "arn": "arn:aws:sts::210987654321:assumed-role/understudy-operator/ann.example",
    "host": "ci-runner-17", "commit": "3f5c1f0d5a0c4b8f9be2b0c7d7f4ad9e2f0b6a11", "changed": False,
    "code_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "versions": VERSIONS,
}  # fmt: skip


def at(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat()


def mongo_ledger(refresh_id: str = "2026-03-02-5b1f9c2a", *, interrupted: bool = False) -> dict[str, Any]:
    """Return the ledger of a refresh that finished, perhaps after it was killed in verify and went on the next day."""
    runs, steps, now = [], {}, 0.0
    for name, seconds in _SECONDS.items():
        if interrupted and name == "verify":
            runs.append(_run("verify", now, now + 120, "interrupted"))
            now += 17 * 3600
            runs += [_run("preflight", now, now + 12), _run("restore", now + 12, now + 40)]
            now += 40
        if interrupted and name == "deliver":
            runs.append(_run("deliver", now, now + 30, "failed", "HostError"))
            now += 95
        runs.append(_run(name, now, now + seconds))
        steps[name] = {"facts": _FACTS.get(name, {}), "seconds": seconds, "done_at": at(now + seconds)}
        now += seconds + 0.2
    return {
        "refresh_id": refresh_id, "state": "finished", "attempt": 1, "fencing": 3, "trigger": "2026-03-02",
        "space": "shop/staging", "started_at": at(0), "finished_at": at(now), "written_at": at(now),
        "steps": steps, "runs": runs, "runners": [RUNNER],
    }  # fmt: skip


def failed_ledger(refresh_id: str = "2026-03-09-77aa01ff") -> dict[str, Any]:
    """Return the ledger of a refresh that the verifier stopped."""
    ledger = mongo_ledger(refresh_id)
    steps = {name: record for name, record in ledger["steps"].items() if name not in ("deliver", "cut_over", "retire")}
    findings = [{"kind": "original", "collection": "shop.tickets", "path": "messages[].body", "count": 3}]
    facts = {**steps["verify"]["facts"], "findings": findings}
    steps["verify"] = {"facts": facts, "seconds": 402.8, "failed": "FindingsError"}
    runs = ledger["runs"][: len(steps)]
    runs[-1] = {**runs[-1], "end": "failed", "reason": "FindingsError"}
    return {**ledger, "state": "abandoned", "steps": steps, "runs": runs, "finished_at": runs[-1]["ended_at"]}


def mongo_report(**changes: Any) -> Report:
    return mongo_report_of(mongo_ledger(**changes))


def mongo_report_of(ledger: dict[str, Any], rules: dict[str, Any] | None = None) -> Report:
    return mongo_report_module.build(ledger, rules or RULES, finished_at=at(2000))


def aurora_ledger(refresh_id: str = "20260302-1c2d3e4f", state: str = "finished") -> dict[str, Any]:
    """Return the ledger of a refresh of Aurora that finished."""
    tables = [
        {"table": "customer", "mode": "mask", "read": 599, "written": 599, "masked": 599},
        {"table": "film", "mode": "copy", "read": 1000, "written": 1000, "masked": 0},
        {"table": "session", "mode": "empty", "read": 412, "written": 0, "masked": 0},
    ]
    control = {"planted": 3, "found": 3}
    facts: dict[str, dict[str, Any]] = {
        "check_object": {
            "sha256": "ab" * 32, "bytes": 3_410_223, "etag": "e",
            "manifest": {
                "prepared_at": at(-3600),
                "source": {"file": "shop.sql.gz", "sha256": "cd" * 32, "server_version": "8.0.36"},
                "rules_sha256": "ef" * 32, "code_sha256": "01" * 32, "tables": tables,
                "opt_ins": [{"namespace": "shop.customer", "path": "email", "what": "keeps its real mail domain"}],
                "checks": [{"check": "own_values", "rows": 599, "values": 2396, "findings": 0, "control": control}],
            },
        },
        "check_schema": {"schema_sha256": "23" * 32, "difference": ["table film: column rating is new"]},
        "load": {"rows": {"customer": 599, "film": 1000}, "objects": {"views": 7, "triggers": 6, "routines": 6}},
        "verify": {
            "checks": [
                {"check": "foreign_keys", "checked": 22, "findings": 0},
                {"check": "texts", "checked": 4120, "findings": 0, "control": control},
            ],
            "findings": [],
        },
        "cut_over": {"tries": 2, "swap_ms": 41, "settle_ms": 6, "held_by": [], "serves": None},
        "smoke": {"urls": ["https://app.example/healthz"], "command": False},
    }  # fmt: skip
    names = ["check_object", "check_schema", "load", "verify", "cut_over", "smoke", "record"]
    steps = {name: {"facts": facts.get(name, {}), "seconds": 10.0 + n} for n, name in enumerate(names)}
    runs = [_run(name, n * 20, n * 20 + 10 + n) for n, name in enumerate(names)]
    return {
        "refresh_id": refresh_id, "state": state, "attempt": 1, "action": "refresh", "dump_key": "20260302/shop.sql.gz",
        "execution_id": "4105a4fc-f944-11e6-9d32-0a1b2c3d495h", "space": "shop/test", "cluster_id": "shop-test",
        "schema": "shop", "started_at": at(0), "finished_at": at(140), "written_at": at(140),
        "steps": steps, "runs": runs, "runners": [{**RUNNER, "versions": {"python": "3.11.2"}, "commit": ""}],
    }  # fmt: skip


def aurora_report() -> Report:
    return aurora_report_module.build(aurora_ledger(), finished_at=at(150))


def serve_report(refresh_id: str = "serve-3", kind: str = "serve", outcome: str = "finished") -> Report:
    """Return the report of a switch to the former volume."""
    return Report(
        kind=kind, outcome=outcome, refresh_id=refresh_id, space="shop/staging", started_at=at(90_000),
        finished_at=at(90_004), data_as_of=at(-86_000), unavailable_ms=1780,
        service=Service(
            serves="2026-02-23-aa11bb22", served="2026-03-02-5b1f9c2a", volume_id="vol-0f0e0d0c0b0a09080",
            former_volume_id="vol-0a1b2c3d4e5f60718",
        ),
        runs=[_run("switch", 90_000, 90_004)], phases={"switch": 4.0}, runners=[RUNNER],
    )  # fmt: skip


def _run(step: str, begun: float, ended: float, end: str = "done", reason: str = "") -> dict[str, Any]:
    return {"step": step, "attempt": 1, "begun_at": at(begun), "ended_at": at(ended), "end": end, "reason": reason}


_FACTS: dict[str, dict[str, Any]] = {
    "preflight": {
        "live_volume_id": "vol-0a1b2c3d4e5f60718",
        "foretold": {
            "seconds": {"restore": 150.0, "anonymize": 590.0, "verify": 410.0}, "documents": 2_040_000,
            "based_on": "3 refreshes",
        },
    },
    "snapshot": {
        "source_member": "shop-prod-3.example:27017", "source_instance_id": "i-0aa11bb22cc33dd44",
        "source_volume_id": "vol-00112233445566778",
        "source_account_id": "111122223333",
        "source_region": "eu-west-1", "source_gib": 200, "candidate_gib": 200,
        "snapshot_id": "snap-0123456789abcdef0", "commit_point": {"seconds": 1772420420, "increment": 7},
        "data_as_of": at(13), "version": "6.0.5", "fcv": "6.0", "directory_per_db": False,
        "directory_for_indexes": False,
    },
    "open_quarantine": {"version": "6.0.5"},
    "anonymize": {
        "hashes": {"rules": "f8b11513a883fd80f83cf608db4ba3e768f87f82c6c0efac230c90a28a07091e", "key_version": 2,
                   "anonymizer": "aedb7b09a410c03527870a6c9a863ca494b8bdbf74860b3314be0c8b8a4f38e7"},
        "code_sha256": "9047ef8ae04a0ee223bebb357c5af6a63bf7c59c0374da06ac1d39ef62f7b1c9",
        "engine": "kernel", "opt_ins": [], "notes": [],
        "collections": [
            {"database": "shop", "collection": name, "mode": mode, "read": read, "written": written, "masked": masked}
            for name, mode, read, written, masked in _COUNTS
        ],
    },
    "verify": {
        "findings": [],
        "checks": [
            {"check": name, "documents": documents, "values": values, "findings": 0,
             "control": {"planted": planted, "found": planted}, "looked_for": 3130}
            for name, documents, values, planted in _CHECKS
        ],
    },
    "deliver": {"users": 4, "roles": 1},
    "cut_over": {"live_volume_id": "vol-0f1e2d3c4b5a69788", "unavailable_ms": 2637, "ca_certificate": "-----"},
    "retire": {"previous_volume_ids": ["vol-0a1b2c3d4e5f60718"], "deleted_volume_ids": []},
}  # fmt: skip
