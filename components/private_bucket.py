"""PrivateBucket: a bucket with everything that a bucket ought to have."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class PrivateBucketArgs:
    """Arguments of a PrivateBucket.

    Attributes:
        noncurrent_days: Days for which a version that was overwritten or deleted is kept.
        tags: Tags of the bucket.
        bucket_name: Its name; left out, it gets one of its own.
        kms_key_arn: Key of its objects; left out, S3's own.
        archive: Days after which objects go to a storage class, and that class.
        policy: Makes the bucket's policy from its ARN.
    """

    noncurrent_days: int
    tags: Mapping[str, str]
    bucket_name: str | None = None
    kms_key_arn: pulumi.Input[str] | None = None
    archive: tuple[int, str] | None = None
    policy: Callable[[str], Mapping[str, Any]] | None = None


class PrivateBucket(pulumi.ComponentResource):
    """A bucket that is never public, encrypted, versioned, and emptied when the stack is destroyed."""

    def __init__(self, name: str, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the bucket; see PrivateBucketArgs."""
        super().__init__("understudy:components:PrivateBucket", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        bucket = aws.s3.Bucket(
            f"{name}-bucket",
            bucket=args.bucket_name,
            force_destroy=True,
            tags={**args.tags, "Name": name},
            opts=child,
        )
        guards = _guards(name, args, bucket, child)
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=bucket.id,
            rules=_lifecycle(args),
            opts=pulumi.ResourceOptions(parent=self, depends_on=guards),
        )
        # Whoever takes the name from here waits for the guards too.
        self.bucket_name: pulumi.Output[str] = pulumi.Output.all(bucket.id, *[guard.urn for guard in guards]).apply(
            lambda values: str(values[0])
        )
        self.arn: pulumi.Output[str] = bucket.arn
        self.register_outputs({"bucket_name": self.bucket_name})


def _guards(
    name: str, args: PrivateBucketArgs, bucket: aws.s3.Bucket, child: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """Make what has to be there before anything is written to the bucket."""
    closed = aws.s3.BucketPublicAccessBlock(
        f"{name}-public-access",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=child,
    )
    encrypted = aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        bucket=bucket.id,
        rules=[{"apply_server_side_encryption_by_default": _algorithm(args)}],
        opts=child,
    )
    versioned = aws.s3.BucketVersioning(
        f"{name}-versioning", bucket=bucket.id, versioning_configuration={"status": "Enabled"}, opts=child
    )
    policies = [_policy(name, bucket, args.policy, closed, child)] if args.policy else []
    return [closed, encrypted, versioned, *policies]


def _algorithm(args: PrivateBucketArgs) -> dict[str, Any]:
    if args.kms_key_arn is None:
        return {"sse_algorithm": "AES256"}
    return {"sse_algorithm": "aws:kms", "kms_master_key_id": args.kms_key_arn}


def _lifecycle(args: PrivateBucketArgs) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = [
        {
            "id": "former-versions",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "noncurrent_version_expiration": {"noncurrent_days": args.noncurrent_days},
        }
    ]
    if args.archive:
        days, storage_class = args.archive
        transition = {"days": days, "storage_class": storage_class}
        rules.append({"id": "archive", "status": "Enabled", "filter": {"prefix": ""}, "transitions": [transition]})
    return rules


def _policy(
    name: str,
    bucket: aws.s3.Bucket,
    policy: Callable[[str], Mapping[str, Any]],
    after: pulumi.Resource,
    child: pulumi.ResourceOptions,
) -> pulumi.Resource:
    """Make the bucket's policy, after the block of public access: S3 refuses the two at the same time."""
    return aws.s3.BucketPolicy(
        f"{name}-policy",
        bucket=bucket.id,
        policy=bucket.arn.apply(lambda arn: json.dumps(policy(arn))),
        opts=pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(depends_on=[after])),
    )
