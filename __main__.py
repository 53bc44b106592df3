"""The stack: settings, components, exports."""

from pathlib import Path

import pulumi

from components.access import Access, AccessArgs
from components.aurora import aurora_of
from components.private_bucket import PrivateBucket, PrivateBucketArgs
from components.production import production_of
from components.refresh import Refresh, RefreshArgs
from components.runbooks import Runbooks, RunbooksArgs
from components.settings import load_settings
from components.staging import Staging, StagingArgs
from components.surroundings import place_of
from components.toolkit import Toolkit, ToolkitArgs
from components.watch import Watch, WatchArgs

ROOT = Path(__file__).parent
settings = load_settings()
place = place_of(settings.region)
production = production_of(settings, place)
toolkit = Toolkit("toolkit", ToolkitArgs.of(settings, ROOT))
reports = PrivateBucket("reports", PrivateBucketArgs(noncurrent_days=365, tags=settings.tags))
access = Access("access", AccessArgs.of(settings, place, toolkit.bucket.arn, reports.arn))
staging = Staging("staging", StagingArgs(settings=settings, place=place, access=access))
watch = Watch("watch", WatchArgs.of(settings, place))
runbooks = Runbooks("runbooks", RunbooksArgs.of(settings, ROOT, production.other_account_ids))
refresh = Refresh(
    "refresh",
    RefreshArgs(
        settings=settings,
        production=production,
        staging=staging,
        runbooks=runbooks,
        toolkit=toolkit,
        reports=reports,
        access=access,
        watch=watch,
    ),
)
pulumi.export("staging_endpoint", staging.endpoint)
pulumi.export("staging_instance_id", staging.host.instance_id)
pulumi.export("staging_ca_certificate", refresh.output("ca_certificate"))
pulumi.export("worker_instance_id", staging.worker.instance_id)
pulumi.export("production_instance_ids", production.instance_ids)
pulumi.export("refresh_id", refresh.output("refresh_id"))
pulumi.export("data_as_of", refresh.output("data_as_of"))
pulumi.export("source_member", refresh.output("source_member"))
pulumi.export("live_volume_id", refresh.output("live_volume_id"))
pulumi.export("serving", refresh.output("serving"))
pulumi.export("serving_refresh_id", refresh.output("serving_refresh_id"))
pulumi.export("report", refresh.output("report"))
pulumi.export("reports_bucket", reports.bucket_name)
pulumi.export("toolkit_bucket", toolkit.bucket.bucket_name)
pulumi.export("volumes_key_arn", access.volumes_key.arn)
pulumi.export("operator_policy_arn", access.operator_policy(runbooks.arns, production))
pulumi.export("operator_source_policy_arn", access.source_policy_arn)
pulumi.export("watch", watch.outputs)
pulumi.export("aurora", aurora_of(settings, place, toolkit, watch))
