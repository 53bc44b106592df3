"""Rows of the table: buckets, what guards them, and objects."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.plugins.aws.kind import Aws, Kind, Values, found, pascal, same_json, to_aws
from sandbox.plugins.aws.tags import tag_list, tag_map
from sandbox.plugins.protocol import Call, PluginError


def _create_bucket(aws: Aws, inputs: Values, call: Call) -> str:
    where = {} if aws.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
    aws.client("s3").create_bucket(Bucket=inputs["bucket"], **where)
    return str(inputs["bucket"])


def _tag_bucket(aws: Aws, bucket: str, inputs: Values, call: Call) -> None:
    s3 = aws.client("s3")
    if inputs.get("tags"):
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tag_list(inputs["tags"])})
    else:
        s3.delete_bucket_tagging(Bucket=bucket)


def _read_bucket(aws: Aws, bucket: str, known: Values) -> Values | None:
    s3 = aws.client("s3")
    s3.head_bucket(Bucket=bucket)
    tags = found(lambda: s3.get_bucket_tagging(Bucket=bucket))
    return {
        "bucket": bucket,
        "tags": tag_map(tags["TagSet"] if tags else []),
        "arn": f"arn:aws:s3:::{bucket}",
        "bucketDomainName": f"{bucket}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{bucket}.s3.{aws.region}.amazonaws.com",
    }


def _delete_bucket(aws: Aws, bucket: str, known: Values, call: Call) -> None:
    if known.get("forceDestroy"):
        _empty(aws, bucket)
    aws.client("s3").delete_bucket(Bucket=bucket)


def _empty(aws: Aws, bucket: str) -> None:
    s3 = aws.client("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        every = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in every]
        if objects:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})


_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def _block_public(aws: Aws, inputs: Values) -> str:
    blocks = {pascal(name): inputs.get(name, False) for name in _BLOCKS}
    aws.client("s3").put_public_access_block(Bucket=inputs["bucket"], PublicAccessBlockConfiguration=blocks)
    return str(inputs["bucket"])


def _read_block(aws: Aws, bucket: str, known: Values) -> Values | None:
    answer = aws.client("s3").get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    return {"bucket": bucket, **{name: answer[pascal(name)] for name in _BLOCKS}}


def _encrypt(aws: Aws, inputs: Values) -> str:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": _algorithm(rule["applyServerSideEncryptionByDefault"]),
            "BucketKeyEnabled": rule.get("bucketKeyEnabled", False),
        }
        for rule in inputs["rules"]
    ]
    aws.client("s3").put_bucket_encryption(Bucket=inputs["bucket"], ServerSideEncryptionConfiguration={"Rules": rules})
    return str(inputs["bucket"])


def _algorithm(default: Values) -> dict[str, Any]:
    key = {"KMSMasterKeyID": default["kmsMasterKeyId"]} if "kmsMasterKeyId" in default else {}
    return {"SSEAlgorithm": default["sseAlgorithm"], **key}


def _read_encryption(aws: Aws, bucket: str, known: Values) -> Values | None:
    aws.client("s3").get_bucket_encryption(Bucket=bucket)
    return {"bucket": bucket}


def _version(aws: Aws, inputs: Values) -> str:
    status = {"Status": inputs["versioningConfiguration"]["status"]}
    aws.client("s3").put_bucket_versioning(Bucket=inputs["bucket"], VersioningConfiguration=status)
    return str(inputs["bucket"])


def _read_versioning(aws: Aws, bucket: str, known: Values) -> Values | None:
    status = aws.client("s3").get_bucket_versioning(Bucket=bucket).get("Status")
    return {"bucket": bucket, "versioningConfiguration": {"status": status}} if status else None


def _age(aws: Aws, inputs: Values) -> str:
    rules = [_rule(rule) for rule in inputs["rules"]]
    aws.client("s3").put_bucket_lifecycle_configuration(
        Bucket=inputs["bucket"], LifecycleConfiguration={"Rules": rules}
    )
    return str(inputs["bucket"])


def _rule(rule: Values) -> dict[str, Any]:
    parts = ("noncurrentVersionExpiration", "transitions")
    return {
        "ID": rule["id"],
        "Status": rule["status"],
        "Filter": to_aws(rule.get("filter", {"prefix": ""})),
        **{pascal(name): to_aws(rule[name]) for name in parts if name in rule},
    }


def _read_lifecycle(aws: Aws, bucket: str, known: Values) -> Values | None:
    aws.client("s3").get_bucket_lifecycle_configuration(Bucket=bucket)
    return {"bucket": bucket}


def _put_policy(aws: Aws, inputs: Values) -> str:
    aws.client("s3").put_bucket_policy(Bucket=inputs["bucket"], Policy=inputs["policy"])
    return str(inputs["bucket"])


def _read_policy(aws: Aws, bucket: str, known: Values) -> Values | None:
    policy = aws.client("s3").get_bucket_policy(Bucket=bucket)["Policy"]
    return {"bucket": bucket, "policy": same_json(known.get("policy"), policy)}


def _put_object(aws: Aws, inputs: Values) -> str:
    extra = {"ContentType": inputs["contentType"]} if "contentType" in inputs else {}
    aws.client("s3").put_object(Bucket=inputs["bucket"], Key=inputs["key"], Body=_content(inputs["source"]), **extra)
    return str(inputs["key"])


def _content(asset: Values) -> bytes:
    """Return the bytes of an asset, which the engine hands over as a path (relative to the program) with their hash."""
    if "path" not in asset:
        raise PluginError("the sandbox's aws plugin knows only files as the source of an object")
    content = Path(asset["path"]).read_bytes()
    if hashlib.sha256(content).hexdigest() != asset["hash"]:
        raise PluginError(f"{asset['path']} changed while it was being uploaded; run `pulumi up` again")
    return content


def _read_object(aws: Aws, key: str, known: Values) -> Values | None:
    answer = aws.client("s3").head_object(Bucket=known["bucket"], Key=key)
    return {
        "bucket": known["bucket"],
        "key": key,
        "contentType": answer["ContentType"],
        "etag": answer["ETag"].strip('"'),
        "versionId": answer.get("VersionId", ""),
    }


def _delete_object(aws: Aws, key: str, known: Values, call: Call) -> None:
    """Delete every version: one of a bucket with versions would only be hidden."""
    s3 = aws.client("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=known["bucket"], Prefix=key):
        for one in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            if one["Key"] == key:
                s3.delete_object(Bucket=known["bucket"], Key=key, VersionId=one["VersionId"])


def _setting(put: Any, read: Any, drop: str, changes: Sequence[str]) -> Kind:
    """Return a row for a setting of a bucket: put, put again, taken away."""
    return Kind(
        service="s3",
        changes=changes,
        replaces=("bucket",),
        create=lambda aws, inputs, call: put(aws, inputs),
        read=read,
        update=lambda aws, made, old, new, changed, call: put(aws, new),
        delete=lambda aws, made, known, call: getattr(aws.client("s3"), drop)(Bucket=made),
        tags=False,
    )


def _suspend(aws: Aws, bucket: str, known: Values, call: Call) -> None:
    """Suspend versions, which AWS never quite takes away."""
    aws.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


STORING = {
    "aws:s3/bucket:Bucket": Kind(
        service="s3",
        named="bucket",
        changes=("forceDestroy",),
        replaces=("bucket",),
        gives=("arn", "bucketDomainName", "bucketRegionalDomainName"),
        create=_create_bucket,
        settle=_tag_bucket,
        read=_read_bucket,
        update=lambda aws, made, old, new, changed, call: _tag_bucket(aws, made, new, call),
        delete=_delete_bucket,
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _setting(
        _block_public, _read_block, "delete_public_access_block", _BLOCKS
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _setting(
        _encrypt, _read_encryption, "delete_bucket_encryption", ("rules",)
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _setting(
        _age, _read_lifecycle, "delete_bucket_lifecycle", ("rules",)
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _setting(_put_policy, _read_policy, "delete_bucket_policy", ("policy",)),
    "aws:s3/bucketVersioning:BucketVersioning": Kind(
        service="s3",
        changes=("versioningConfiguration",),
        replaces=("bucket",),
        create=lambda aws, inputs, call: _version(aws, inputs),
        read=_read_versioning,
        update=lambda aws, made, old, new, changed, call: _version(aws, new),
        delete=_suspend,
        tags=False,
    ),
    "aws:s3/bucketObjectv2:BucketObjectv2": Kind(
        service="s3",
        changes=("source", "contentType"),
        replaces=("bucket", "key"),
        gives=("etag", "versionId"),
        create=lambda aws, inputs, call: _put_object(aws, inputs),
        read=_read_object,
        update=lambda aws, made, old, new, changed, call: _put_object(aws, new),
        delete=_delete_object,
        tags=False,
    ),
}
