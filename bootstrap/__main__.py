"""Where stacks keep their state without Pulumi Cloud: a bucket on S3, and a KMS key for it and for the stacks' secrets.

A program of its own, since what keeps a stack's state cannot be of that stack; docs/ci.md has the commands.
"""

import json

import pulumi
import pulumi_aws as aws

FORMER_STATES_DAYS = 90
DELETION_DAYS = 30

config = pulumi.Config()
bucket_name = config.require("bucket")
alias_name = config.get("alias") or "understudy-state"
region = pulumi.Config("aws").require("region")
tags = {"Name": bucket_name, "understudy:state": alias_name}
# Who loses these has stacks that nobody can change any more.
kept = pulumi.ResourceOptions(protect=True)

key = aws.kms.Key(
    "key",
    description="State of Understudy's stacks, and their secrets",
    enable_key_rotation=True,
    deletion_window_in_days=DELETION_DAYS,
    tags=tags,
    opts=kept,
)
aws.kms.Alias("alias", name=f"alias/{alias_name}", target_key_id=key.id)

bucket = aws.s3.Bucket("bucket", bucket=bucket_name, tags=tags, opts=kept)
closed = aws.s3.BucketPublicAccessBlock(
    "public-access",
    bucket=bucket.id,
    block_public_acls=True,
    block_public_policy=True,
    ignore_public_acls=True,
    restrict_public_buckets=True,
)
versions = aws.s3.BucketVersioning("versions", bucket=bucket.id, versioning_configuration={"status": "Enabled"})
aws.s3.BucketServerSideEncryptionConfiguration(
    "encryption",
    bucket=bucket.id,
    rules=[
        {
            "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn},
            "bucket_key_enabled": True,
        }
    ],
)
aws.s3.BucketLifecycleConfiguration(
    "former-states",
    bucket=bucket.id,
    rules=[
        {
            "id": "former-states",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "noncurrent_version_expiration": {"noncurrent_days": FORMER_STATES_DAYS},
        }
    ],
    opts=pulumi.ResourceOptions(depends_on=[versions]),
)
# After the block of public access: S3 refuses the two at the same time.
aws.s3.BucketPolicy(
    "tls-only",
    bucket=bucket.id,
    policy=bucket.arn.apply(
        lambda arn: json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "TlsOnly",
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:*",
                        "Resource": [arn, f"{arn}/*"],
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    }
                ],
            }
        )
    ),
    opts=pulumi.ResourceOptions(depends_on=[closed]),
)


def access(*, may_write: bool) -> pulumi.Output[str]:
    """Return the policy of a role that works with the state, or only looks at it."""
    objects = ["s3:GetObject", *(["s3:PutObject", "s3:DeleteObject"] if may_write else [])]
    uses = ["kms:Decrypt", "kms:DescribeKey", *(["kms:Encrypt", "kms:GenerateDataKey"] if may_write else [])]
    return pulumi.Output.all(bucket.arn, key.arn).apply(
        lambda arns: json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": arns[0]},
                    {"Effect": "Allow", "Action": objects, "Resource": f"{arns[0]}/*"},
                    {"Effect": "Allow", "Action": uses, "Resource": arns[1]},
                ],
            }
        )
    )


pulumi.export("backend_url", f"s3://{bucket_name}?region={region}&awssdk=v2")
pulumi.export("secrets_provider", f"awskms://alias/{alias_name}?region={region}")
pulumi.export("write_policy", access(may_write=True))
pulumi.export("read_policy", access(may_write=False))
