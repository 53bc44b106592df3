"""Bucket policies with their conditions, which moto does not read: it would refuse whatever a Deny names.

The sandbox speaks plain HTTP on one machine's loopback, which stands for TLS here. Each part of an upload is judged as
an upload of its own, which carries no tags (boto/boto3 issue 2675).
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlparse
from xml.etree import ElementTree as ET

from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket, S3Backend
from moto.s3.responses import S3Response

_TAG = "s3:RequestObjectTag/"
_OPERATORS = ("Bool", "StringEquals", "StringNotEquals")
_asking = threading.local()


@dataclass(frozen=True)
class Asked:
    """What a request is, as IAM sees it: its action, and the values that conditions ask for."""

    action: str
    values: Mapping[str, str] = field(default_factory=dict)


def asked_by(method: str, full_url: str, headers: Mapping[str, str], body: bytes) -> Asked:
    """Return what a request for an object asks.

    Args:
        method: Of HTTP.
        full_url: With its query.
        headers: Its headers.
        body: Its body, read for the tags of PutObjectTagging alone.

    Returns:
        The action and its values.
    """
    query = parse_qs(urlparse(full_url).query, keep_blank_values=True)
    transport = {"aws:SecureTransport": "true"}
    if "tagging" in query:
        tags = _body_tags(body) if method == "PUT" else {}
        return Asked(f"s3:{method.capitalize()}ObjectTagging", {**transport, **tags})
    if method == "PUT" or "uploads" in query:
        given = dict(parse_qsl(headers.get("x-amz-tagging", ""), keep_blank_values=True))
        return Asked("s3:PutObject", {**transport, **{f"{_TAG}{name}": value for name, value in given.items()}})
    action = {"HEAD": "s3:GetObject", "POST": "s3:PutObject"}.get(method, f"s3:{method.capitalize()}Object")
    return Asked(action, transport)


def judge(policy: Mapping[str, Any], asked: Asked, resource: str) -> PermissionResult:
    """Judge a request by a policy: a Deny wins, and what nothing speaks of is left to others.

    Args:
        policy: The policy.
        asked: The request.
        resource: The ARN of bucket or object.
    """
    effects = {one["Effect"] for one in _listed(policy["Statement"]) if _applies(one, asked, resource)}
    if "Deny" in effects:
        return PermissionResult.DENIED
    return PermissionResult.PERMITTED if "Allow" in effects else PermissionResult.NEUTRAL


def install() -> None:
    """Put these judgements in the place of moto's."""
    plain_response, plain_put = S3Response._key_response, S3Backend.put_bucket_policy

    def key_response(response: Any, request: Any, full_url: str) -> Any:
        _asking.request = asked_by(request.method, full_url, request.headers, getattr(request, "data", b"") or b"")
        try:
            return plain_response(response, request, full_url)
        finally:
            del _asking.request

    def get_permission(bucket: Any, action: str, resource: str) -> PermissionResult:
        asked = getattr(_asking, "request", Asked(action, {"aws:SecureTransport": "true"}))
        if bucket.policy is None:
            return PermissionResult.NEUTRAL
        return judge(json.loads(bucket.policy), asked, resource)

    def put_bucket_policy(backend: Any, bucket_name: str, policy: bytes) -> None:
        _check(json.loads(policy))
        plain_put(backend, bucket_name, policy)

    S3Response._key_response = key_response
    FakeBucket.get_permission = get_permission
    S3Backend.put_bucket_policy = put_bucket_policy


def _check(policy: Mapping[str, Any]) -> None:
    """Refuse a policy that the sandbox would not judge by as AWS does."""
    for statement in _listed(policy["Statement"]):
        unknown = sorted({"NotAction", "NotResource", "NotPrincipal"} & set(statement))
        conditions = [(operator, key) for operator, keys in statement.get("Condition", {}).items() for key in keys]
        unknown += [
            f"{operator} {key}"
            for operator, key in conditions
            if operator not in _OPERATORS or not (key == "aws:SecureTransport" or key.startswith(_TAG))
        ]
        if unknown:
            raise S3ClientError(
                "MalformedPolicy", f"the sandbox does not judge by {', '.join(unknown)}; see bucket_policies.py"
            )


def _applies(statement: Mapping[str, Any], asked: Asked, resource: str) -> bool:
    return (
        any(fnmatchcase(asked.action, pattern) for pattern in _listed(statement["Action"]))
        and any(fnmatchcase(resource, pattern) for pattern in _listed(statement["Resource"]))
        and all(
            _holds(operator, asked.values.get(key), _listed(wanted))
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _holds(operator: str, got: str | None, wanted: list[str]) -> bool:
    """Tell whether a condition holds; a negated one does for a key that is not there."""
    return got not in wanted if operator == "StringNotEquals" else got in wanted


def _body_tags(body: bytes) -> dict[str, str]:
    found = ET.fromstring(body)  # noqa: S314 - the sandbox's own clients write it
    return {
        f"{_TAG}{tag.findtext('{*}Key')}": str(tag.findtext("{*}Value") or "") for tag in found.iterfind(".//{*}Tag")
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
