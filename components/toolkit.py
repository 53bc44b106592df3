"""Toolkit: the bucket from which hosts take the anonymizer, and the packed anonymizer in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.private_bucket import PrivateBucket, PrivateBucketArgs
from components.settings import Settings
from components.toolkit_archive import pack

# A former version is of use as long as a refresh that began with it may be resumed.
_FORMER_VERSIONS_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class ToolkitArgs:
    """Arguments of a Toolkit.

    Attributes:
        anonymizer: The anonymizer's package.
        wheels: Folder of the wheels that it needs on hosts.
        packed: Folder for the packed file.
        tags: Tags of the bucket.
    """

    anonymizer: Path
    wheels: Path
    packed: Path
    tags: Mapping[str, str]

    @classmethod
    def of(cls, settings: Settings, root: Path) -> "ToolkitArgs":
        """Return the arguments for a stack with these settings, the project being in `root`."""
        return cls(
            anonymizer=root / "anonymizer",
            wheels=settings.toolkit_path,
            packed=root / ".cache" / "packed",
            tags=settings.tags,
        )


class Toolkit(pulumi.ComponentResource):
    """The bucket, and in it `toolkit/<sha256>.tar`. The refresh puts its rules beside it."""

    def __init__(self, name: str, args: ToolkitArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Pack the toolkit and upload it; see ToolkitArgs."""
        super().__init__("understudy:components:Toolkit", name, None, opts)
        self._name, self._args = name, args
        self.bucket = PrivateBucket(
            f"{name}-files",
            PrivateBucketArgs(noncurrent_days=_FORMER_VERSIONS_DAYS, tags=args.tags),
            pulumi.ResourceOptions(parent=self),
        )
        self.archive = self.upload("archive", "toolkit", [args.anonymizer])
        self.register_outputs({"archive": self.archive})

    def upload(self, role: str, prefix: str, packages: Sequence[Path]) -> dict[str, pulumi.Input[str]]:
        """Pack some packages with the wheels and upload them.

        Args:
            role: What the resource's name ends in.
            prefix: Folder in the bucket.
            packages: The packages.

        Returns:
            Bucket, key and hash.
        """
        archive = pack(packages, self._args.wheels, self._args.packed)
        uploaded = aws.s3.BucketObjectv2(
            f"{self._name}-{role}",
            bucket=self.bucket.bucket_name,
            key=f"{prefix}/{archive.sha256}.tar",
            source=pulumi.FileAsset(str(archive.path)),
            content_type="application/x-tar",
            opts=pulumi.ResourceOptions(parent=self),
        )
        return {"bucket": self.bucket.bucket_name, "key": uploaded.key, "sha256": archive.sha256}
