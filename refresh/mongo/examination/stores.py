"""What a refresh is given: buckets, toolkit, documents, parameters; and whether one is under way."""

from __future__ import annotations

from collections.abc import Iterator

from refresh.mongo import production
from refresh.mongo.checks import parameter_refusals
from refresh.mongo.examination.case import Case
from refresh.mongo.examination.finding import Finding, in_order, unasked, wrong
from refresh.mongo.examination.questions import Side
from refresh.records import ledgers
from refresh.records.lease import holder_in

_NOT_UP = "not there yet: pulumi up makes it"


def reports_bucket(case: Case) -> Iterator[Finding]:
    """Say whether the bucket of lease, ledger and reports is there, and what it says of refreshes."""
    topic, bucket = "reports bucket", case.request.reports_bucket
    if not case.is_up:
        yield unasked(topic, _NOT_UP)
        return
    if not case.questions.bucket_exists(bucket):
        yield wrong(
            topic,
            f"{bucket} is gone, and with it lease, ledgers and reports",
            "pulumi refresh, then pulumi up: an empty one is made; staging goes on serving",
        )
        return
    held = holder_in(case.aws.objects, bucket)
    past = ledgers.read_all(case.aws.objects, bucket)
    running = [each["refresh_id"] for each in past if each.get("state") == ledgers.RUNNING]
    if held:
        yield in_order(topic, f"{bucket}; {held}")
    elif running:
        yield in_order(topic, f"{bucket}; refresh {running[-1]} was interrupted: pulumi up goes on with it")
    else:
        yield in_order(topic, f"{bucket}, {len(past)} refreshes")


def toolkit(case: Case) -> Iterator[Finding]:
    """Say whether the hosts' archive is there."""
    topic, archive = "toolkit", case.request.toolkit
    if not case.is_up:
        yield unasked(topic, _NOT_UP)
    elif not case.questions.bucket_exists(archive.bucket):
        yield wrong(topic, f"{archive.bucket} is gone", "pulumi refresh, then pulumi up")
    elif archive.key not in case.aws.objects.keys(archive.bucket, archive.key):
        yield wrong(topic, f"s3://{archive.bucket}/{archive.key} is gone", "pulumi refresh, then pulumi up")
    else:
        yield in_order(topic, f"s3://{archive.bucket}/{archive.key}")


def documents(case: Case) -> Iterator[Finding]:
    """Say whether every SSM document is there with the content that a refresh pins."""
    given = case.request.documents
    if not given:
        yield unasked("documents", _NOT_UP)
        return
    bad = 0
    for verb, document in given.items():
        side = _keeper(case, verb, document.name)
        found = case.questions.document_hash(side, document.name)
        mend = "pulumi refresh, then pulumi up" + (" in production_role/" if side is Side.PRODUCTION else "")
        if found is None:
            bad += 1
            yield wrong("documents", f"{document.name} does not exist", mend)
        elif document.hash and found != document.hash:
            bad += 1
            yield wrong("documents", f"{document.name} was changed by somebody else", mend)
    if not bad:
        yield in_order("documents", f"all {len(given)} are there, with the content that a refresh pins")


def _keeper(case: Case, verb: str, name: str) -> Side:
    """Say in whose account a document lies: production's own is given by its name, one shared with it by its ARN."""
    is_theirs = verb == production.CHECK and case.source_side is Side.PRODUCTION and not name.startswith("arn:")
    return Side.PRODUCTION if is_theirs else Side.OWN


def parameters(case: Case) -> Iterator[Finding]:
    """Say whether staging's login and the pseudonym key are there; their values are not read."""
    missing = parameter_refusals(case.context)
    yield from (wrong("parameters", reason) for reason in missing)
    if not missing:
        request = case.request
        names = (request.staging.user_parameter, request.staging.password_parameter, request.pseudonym_key_parameter)
        yield in_order("parameters", f"{', '.join(names)} are there (the key's value is read by the worker alone)")
