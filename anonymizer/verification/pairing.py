"""What a worker process of a verification does: gathers from the source, then goes through both sides together."""

from __future__ import annotations

from pathlib import Path

from anonymizer import mongo
from anonymizer.mongo import server_errors
from anonymizer.parallel import pool
from anonymizer.parallel.partitions import Partition
from anonymizer.rules.model import CollectionRule
from anonymizer.verification import reading
from anonymizer.verification.digests import Digester
from anonymizer.verification.gathering import Gatherer
from anonymizer.verification.passes import REPORT_EVERY, Pass
from anonymizer.verification.records import Places, Recorder
from anonymizer.verification.task import GATHER, Plan, Task
from anonymizer.verification.worker import Side, Worker

_worker: Worker


def begin_worker(shared: pool.Shared, source: str, target: str, plan: Plan, key: bytes, folder: Path) -> None:
    """Prepare a worker process."""
    global _worker  # noqa: PLW0603 (a pool's process has no other place to keep it)
    digester = Digester(key)
    _worker = Worker(
        shared,
        mongo.connect(source),
        mongo.connect(target),
        plan,
        digester,
        folder,
        Places(plan.rules),
        Recorder(folder, digester, plan.bucket_bits),
    )


def do_task(task: Task) -> Side:
    """Do one task."""
    rule = _worker.plan.rules.collections[task.namespace]
    with server_errors(f"reading {task.namespace}"):
        side = _gather(rule, task.part) if task.kind == GATHER else Pass(_worker, rule, task).run()
    _worker.recorder.flush()
    for files in (_worker.recorder.files, *([_worker.collector.files] if _worker.collector else [])):
        side.sizes.update(files.sizes)
        files.sizes.clear()
    return side


def _gather(rule: CollectionRule, part: Partition) -> Side:
    plan = _worker.plan
    collector = _worker.gathers()
    targets = plan.targets.get(rule.namespace, ())
    gatherer = Gatherer(rule, targets, collector, _worker.recorder, plan.needed_bits)
    seen = 0
    for document in reading.documents(_worker.source, part, gatherer.projection()):
        gatherer.take(document)
        seen += 1
        if seen % REPORT_EVERY == 0:
            _worker.shared.advance(REPORT_EVERY)
    _worker.shared.advance(seen % REPORT_EVERY)
    collector.flush()
    side = Side()
    side.tally.values["gathered"] += gatherer.values
    return side
