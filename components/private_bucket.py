"""PrivateBucket: a bucket with everything that a bucket ought to have."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class PrivateBucketArgs:
    """Arguments of a PrivateBucket.

    Attributes:
        noncurrent_days: Days for which a version that was overwritten or deleted is kept.
        tags: Tags of the bucket.
    """

    noncurrent_days: int
    tags: Mapping[str, str]


class PrivateBucket(pulumi.ComponentResource):
    """A bucket that is never public, encrypted, versioned, and emptied when the stack is destroyed."""

    def __init__(self, name: str, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the bucket; see PrivateBucketArgs."""
        super().__init__("understudy:components:PrivateBucket", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        bucket = aws.s3.Bucket(f"{name}-bucket", force_destroy=True, tags={**args.tags, "Name": name}, opts=child)
        guards: list[pulumi.Resource] = [
            aws.s3.BucketPublicAccessBlock(
                f"{name}-public-access",
                bucket=bucket.id,
                block_public_acls=True,
                block_public_policy=True,
                ignore_public_acls=True,
                restrict_public_buckets=True,
                opts=child,
            ),
            aws.s3.BucketServerSideEncryptionConfiguration(
                f"{name}-encryption",
                bucket=bucket.id,
                rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
                opts=child,
            ),
            aws.s3.BucketVersioning(
                f"{name}-versioning", bucket=bucket.id, versioning_configuration={"status": "Enabled"}, opts=child
            ),
        ]
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=bucket.id,
            rules=[
                {
                    "id": "former-versions",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "noncurrent_version_expiration": {"noncurrent_days": args.noncurrent_days},
                }
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=guards),
        )
        # Whoever takes the name from here waits for the guards too.
        self.bucket_name: pulumi.Output[str] = pulumi.Output.all(bucket.id, *[guard.urn for guard in guards]).apply(
            lambda values: str(values[0])
        )
        self.arn: pulumi.Output[str] = bucket.arn
        self.register_outputs({"bucket_name": self.bucket_name})
