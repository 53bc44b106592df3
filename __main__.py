"""The stack: settings, components, exports."""

from pathlib import Path

import pulumi

from components.access import Access, AccessArgs
from components.private_bucket import PrivateBucket, PrivateBucketArgs
from components.production import production_of
from components.runbooks import PRODUCTION_VERB, Runbooks, RunbooksArgs
from components.settings import load_settings
from components.staging import Staging, StagingArgs
from components.surroundings import place_of
from components.toolkit import Toolkit, ToolkitArgs

HERE = Path(__file__).parent

settings = load_settings()
place = place_of(settings.region)

toolkit = Toolkit("toolkit", ToolkitArgs.of(settings, HERE))
reports = PrivateBucket("reports", PrivateBucketArgs(noncurrent_days=365, tags=settings.tags))
access = Access("access", AccessArgs.of(settings, place, toolkit.bucket.arn, reports.arn))
staging = Staging("staging", StagingArgs(settings=settings, place=place, access=access))
production = production_of(settings, place, access.volumes_key.arn)
runbooks = Runbooks("runbooks", RunbooksArgs.of(settings, HERE, production.other_account_ids))
operator_policy_arn = access.operator_policy(
    runbooks.arns, PRODUCTION_VERB, production.instance_ids, production.role_arn
)

pulumi.export("staging_endpoint", staging.endpoint)
pulumi.export("staging_instance_id", staging.host.instance_id)
pulumi.export("worker_instance_id", staging.worker.instance_id)
pulumi.export("production_instance_ids", production.instance_ids)
pulumi.export("reports_bucket", reports.bucket_name)
pulumi.export("toolkit_bucket", toolkit.bucket.bucket_name)
pulumi.export("volumes_key_arn", access.volumes_key.arn)
pulumi.export("operator_policy_arn", operator_policy_arn)
