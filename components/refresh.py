"""Refresh: the space of this stack's refreshes, the refresh itself, and the smoke tests after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components import refresh_inputs
from components.access import Access
from components.private_bucket import PrivateBucket
from components.production_found import Production
from components.runbooks import PRODUCTION_VERB, Runbooks
from components.settings import Settings
from components.smoke_tests import SmokeTests, SmokeTestsArgs
from components.staging import Staging
from components.staging_refresh import RefreshSpace, StagingRefresh
from components.staging_refresh_args import RefreshSpaceArgs, StagingRefreshArgs
from components.surroundings import cache_mib
from components.toolkit import Toolkit
from components.watch import Watch
from refresh.keeping import SWITCH_BACK


@dataclass(frozen=True, kw_only=True)
class RefreshArgs:
    """Arguments of a Refresh: the stack's settings, and what a refresh works with."""

    settings: Settings
    production: Production
    staging: Staging
    runbooks: Runbooks
    toolkit: Toolkit
    reports: PrivateBucket
    access: Access
    watch: Watch


class Refresh(pulumi.ComponentResource):
    """A refresh, once there is a trigger; before that (a production that the stack makes may wait) its space alone.

    Its outputs are those of the latest refresh.
    """

    def __init__(self, name: str, args: RefreshArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare space, refresh and smoke tests; see RefreshArgs."""
        super().__init__("understudy:components:Refresh", name, None, opts)
        # A destroy runs documents on hosts: it has to come before they, their network or their rights are taken away.
        needs = [args.staging, args.runbooks, args.toolkit, args.reports, args.access]
        space = RefreshSpace(f"{name}-space", _space(args), pulumi.ResourceOptions(parent=self, depends_on=needs))
        self.latest: StagingRefresh | None = None
        if args.settings.refresh_trigger is not None:
            child = pulumi.ResourceOptions(parent=self, depends_on=[space, *needs])
            self.latest = StagingRefresh(name, _refresh(args, args.settings.refresh_trigger), child)
            if args.settings.until == "end":  # otherwise there is nothing new that they could test
                SmokeTests(f"{name}-smoke-test", _smoke_tests(args, self.latest), pulumi.ResourceOptions(parent=self))
        args.watch.look_at(self.output("data_as_of"), args.staging.host.instance_id)
        self.register_outputs({"refresh_id": self.output("refresh_id")})

    def output(self, name: str) -> Any:
        """Return an output of the latest refresh, None before the first."""
        return getattr(self.latest, name) if self.latest else None


def _space(args: RefreshArgs) -> RefreshSpaceArgs:
    return RefreshSpaceArgs(
        space=args.settings.space,
        region=args.settings.region,
        reports_bucket=args.reports.bucket_name,
        staging_instance_id=args.staging.host.instance_id,
        worker_instance_id=args.staging.worker.instance_id,
        documents=_documents(args),
        production=refresh_inputs.way_to_production(args.settings),
        retain_live_volume=args.settings.retain_live_volume,
    )


def _refresh(args: RefreshArgs, trigger: str) -> StagingRefreshArgs:
    settings = args.settings
    return StagingRefreshArgs(
        trigger=trigger,
        until=settings.until,
        space=settings.space,
        region=settings.region,
        production={"instance_ids": args.production.instance_ids, **refresh_inputs.production(settings)},
        worker={
            "instance_id": args.staging.worker.instance_id,
            "cache_mib": cache_mib(args.staging.worker_instance_type),
        },
        staging=_staging(args),
        rules=settings.rules,
        documents=_documents(args),
        toolkit=args.toolkit.archive,
        reports_bucket=args.reports.bucket_name,
        pseudonym_key_parameter=settings.pseudonym_key_parameter,
        limits=refresh_inputs.limits(settings),
        retention=refresh_inputs.retention(settings),
        watch=args.watch.inputs,
        serve=settings.serve,
        golden=refresh_inputs.golden(settings),
        smoke={
            "commands": list(settings.smoke_tests) if _switches_back(settings) else [],
            "endpoint": args.staging.endpoint,
        },
    )


def _documents(args: RefreshArgs) -> Mapping[str, Mapping[str, pulumi.Input[str]]]:
    """Return the documents; the one in production's account by its name there, with the hash of our own text.

    What was reviewed there and differs from it is refused by Systems Manager, and never run.
    """
    documents = args.runbooks.documents
    named = args.settings.production_document
    if named is None:
        return documents
    return {**documents, PRODUCTION_VERB: {**documents[PRODUCTION_VERB], "name": named}}


def _staging(args: RefreshArgs) -> Mapping[str, Any]:
    return {
        "instance_id": args.staging.host.instance_id,
        "address": args.staging.host.address,
        "replica_set": args.settings.staging_replica_set,
        "kms_key_id": args.access.volumes_key.arn,
        **refresh_inputs.staging(args.settings),
    }


def _switches_back(settings: Settings) -> bool:
    """Say whether the smoke tests belong to the refresh: it has to know of a failure to switch back."""
    return settings.on_smoke_failure == SWITCH_BACK


def _smoke_tests(args: RefreshArgs, refresh: StagingRefresh) -> SmokeTestsArgs:
    settings = args.settings
    commands: Sequence[str] = () if _switches_back(settings) else settings.smoke_tests
    return SmokeTestsArgs(
        commands=commands,
        refresh_id=refresh.serving_refresh_id,
        environment={
            "UNDERSTUDY_ENDPOINT": args.staging.endpoint,
            "UNDERSTUDY_REFRESH_ID": refresh.serving_refresh_id,
            "UNDERSTUDY_DATA_AS_OF": refresh.data_as_of,
            "UNDERSTUDY_REPORT": refresh.report,
            "UNDERSTUDY_CA_CERTIFICATE": refresh.ca_certificate,
            "UNDERSTUDY_REPLICA_SET": settings.staging_replica_set,
            "UNDERSTUDY_STAGING_INSTANCE_ID": args.staging.host.instance_id,
            "UNDERSTUDY_USER_PARAMETER": settings.staging_user_parameter,
            "UNDERSTUDY_PASSWORD_PARAMETER": settings.staging_password_parameter,
        },
    )
