"""AuroraStores: where dumps, reports and logs of the second refresh lie."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components import aurora_policies as policies
from components.aurora_settings import AuroraSettings
from components.private_bucket import PrivateBucket, PrivateBucketArgs

_FORMER_DUMPS_DAYS = 30
_FORMER_REPORTS_DAYS = 365
_LOG_DAYS = 365
_KEY_DELETION_DAYS = 7


class AuroraStores(pulumi.ComponentResource):
    """A key, the bucket of dumps, which takes scrubbed ones only, that of reports, and the tasks' log group."""

    def __init__(
        self,
        name: str,
        space: str,
        settings: AuroraSettings,
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Make them.

        Args:
            name: Name of the component.
            space: `<project>/<stack>`.
            settings: The settings of the second refresh.
            tags: Tags of everything in it.
            opts: Pulumi's options.
        """
        super().__init__("understudy:components:AuroraStores", name, None, opts)
        self._name, self._space, self._settings, self._tags = name.removesuffix("-stores"), space, settings, tags
        self._child = pulumi.ResourceOptions(parent=self)
        self.key = self._make_key()
        self.dumps, self.reports = self._buckets()
        self.log_group = self._make_log_group()
        self.register_outputs({"key_arn": self.key.arn})

    def _named(self, role: str) -> dict[str, str]:
        return {**self._tags, "Name": f"{self._name}-{role}"}

    def _make_key(self) -> aws.kms.Key:
        return aws.kms.Key(
            f"{self._name}-key",
            description=f"Dumps, reports and cluster of the Aurora refresh of {self._space}",
            enable_key_rotation=True,
            deletion_window_in_days=_KEY_DELETION_DAYS,
            tags=self._named("key"),
            opts=self._child,
        )

    def _buckets(self) -> tuple[PrivateBucket, PrivateBucket]:
        """Make the bucket of dumps, which takes scrubbed ones only, and that of reports."""
        aurora = self._settings
        dumps = PrivateBucketArgs(
            bucket_name=aurora.names.import_bucket,
            noncurrent_days=_FORMER_DUMPS_DAYS,
            kms_key_arn=self.key.arn,
            archive=(aurora.archive_after_days, aurora.archive_class),
            policy=policies.only_scrubbed,
            tags=self._tags,
        )
        reports = PrivateBucketArgs(
            bucket_name=aurora.names.reports_bucket,
            noncurrent_days=_FORMER_REPORTS_DAYS,
            kms_key_arn=self.key.arn,
            policy=policies.tls_only,
            tags=self._tags,
        )
        return (
            PrivateBucket(f"{self._name}-import", dumps, self._child),
            PrivateBucket(f"{self._name}-reports", reports, self._child),
        )

    def _make_log_group(self) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{self._name}-log",
            name=self._settings.log_group_name,
            retention_in_days=_LOG_DAYS,
            tags=self._named("log"),
            opts=self._child,
        )
