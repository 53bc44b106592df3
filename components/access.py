"""Access: the key of staging's volumes, and for each host a role that may do what that host does and nothing else."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components import host_policies as policies
from components.host_policies import Place, Statement
from components.operator_policy import OperatorScope, operator_policy
from components.production_found import Production
from components.runbooks import PRODUCTION_VERB
from components.settings import Settings
from components.source_policy import source_policy

# AWS's shortest: what the key guards is a copy that can be made again.
_KEY_DELETION_DAYS = 7


class HostRole(pulumi.ComponentResource):
    """A role that instances take through an instance profile, with one policy of its own."""

    def __init__(
        self,
        name: str,
        statements: pulumi.Input[Sequence[Statement]],
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Make role, policy and profile.

        Args:
            name: Name of the component.
            statements: What it may do besides being reached by Run Command.
            tags: Tags of role and profile.
            opts: Pulumi's options.
        """
        super().__init__("understudy:components:HostRole", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            f"{name}-role",
            assume_role_policy=json.dumps(policies.EC2_MAY_ASSUME),
            tags={**tags, "Name": name},
            opts=child,
        )
        document = pulumi.Output.from_input(statements).apply(
            lambda found: json.dumps(policies.policy([*policies.agent(), *found]))
        )
        attached = aws.iam.RolePolicy(f"{name}-policy", role=role.name, policy=document, opts=child)
        profile = aws.iam.InstanceProfile(
            f"{name}-profile",
            role=role.name,
            tags={**tags, "Name": name},
            # A host must not come up before its role can do what it needs.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[attached]),
        )
        self.profile_name: pulumi.Output[str] = profile.name
        self.register_outputs({"profile_name": self.profile_name})


@dataclass(frozen=True, kw_only=True)
class AccessArgs:
    """Arguments of Access.

    Attributes:
        place: Partition, region and account.
        space: `<project>/<stack>`.
        staging_parameters: Names of the SecureStrings with staging's credentials.
        pseudonym_key_parameter: Name of the SecureString with the pseudonym key.
        staging_is_worker: Whether staging's host does the worker's work too.
        toolkit_arn: Bucket of toolkit and rules.
        reports_arn: Bucket of lease, ledger, results and reports.
        tags: Tags of everything in it.
    """

    place: Place
    space: str
    staging_parameters: Sequence[str]
    pseudonym_key_parameter: str
    staging_is_worker: bool
    toolkit_arn: pulumi.Output[str]
    reports_arn: pulumi.Output[str]
    tags: Mapping[str, str]

    @classmethod
    def of(
        cls, settings: Settings, place: Place, toolkit_arn: pulumi.Output[str], reports_arn: pulumi.Output[str]
    ) -> "AccessArgs":
        """Return the arguments for a stack with these settings and buckets."""
        return cls(
            place=place,
            space=settings.space,
            staging_parameters=[settings.staging_user_parameter, settings.staging_password_parameter],
            pseudonym_key_parameter=settings.pseudonym_key_parameter,
            staging_is_worker=settings.worker == "staging",
            toolkit_arn=toolkit_arn,
            reports_arn=reports_arn,
            tags=settings.tags,
        )


class Access(pulumi.ComponentResource):
    """The volumes' key and the hosts' roles."""

    def __init__(self, name: str, args: AccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make key and roles; see AccessArgs."""
        super().__init__("understudy:components:Access", name, None, opts)
        self._name, self._args = name, args
        child = pulumi.ResourceOptions(parent=self)
        self.volumes_key = aws.kms.Key(
            f"{name}-volumes",
            description=f"Volumes of {args.space}",
            enable_key_rotation=True,
            deletion_window_in_days=_KEY_DELETION_DAYS,
            tags={**args.tags, "Name": f"{name}-volumes"},
            opts=child,
        )
        aws.kms.Alias(
            f"{name}-volumes-alias",
            name=f"alias/{args.space.replace('/', '-')}-volumes",
            target_key_id=self.volumes_key.key_id,
            opts=child,
        )
        buckets = pulumi.Output.all(args.toolkit_arn, args.reports_arn)
        worker = buckets.apply(lambda arns: policies.worker(args.place, args.pseudonym_key_parameter, *arns))
        staging = args.toolkit_arn.apply(lambda arn: policies.staging(args.place, args.staging_parameters, arn))
        both = pulumi.Output.all(staging, worker).apply(lambda sides: [*sides[0], *sides[1]])
        self.staging = HostRole(f"{name}-staging", both if args.staging_is_worker else staging, args.tags, child)
        self.worker = self.staging if args.staging_is_worker else HostRole(f"{name}-worker", worker, args.tags, child)
        self.register_outputs({"volumes_key_arn": self.volumes_key.arn})

    def operator_policy(
        self,
        document_arns: Mapping[str, pulumi.Output[str]],
        production: Production,
    ) -> pulumi.Output[str]:
        """Make the managed policies for whoever runs refreshes, and return the first one's ARN.

        The second, `source_policy_arn`, is about production; whoever runs refreshes needs both.

        Args:
            document_arns: ARNs of the stack's documents by verb.
            production: Production; where it has a role, its instances are that role's business.
        """
        args = self._args
        known = pulumi.Output.all(
            document_arns=pulumi.Output.all(*document_arns.values()),
            production_document_arn=document_arns.get(PRODUCTION_VERB, ""),
            production_instance_ids=production.instance_ids,
            reports_arn=args.reports_arn,
            toolkit_arn=args.toolkit_arn,
            volumes_key_arn=self.volumes_key.arn,
        )
        scope = known.apply(
            lambda at: OperatorScope(
                place=args.place,
                space=args.space,
                production_role_arn=production.role_arn,
                production_source=production.source,
                **at,
            )
        )
        self.source_policy_arn = self._managed("source", f"Read production for {args.space}", scope, source_policy)
        return self._managed("operator", f"Run refreshes of {args.space}", scope, operator_policy)

    def _managed(
        self, role: str, about: str, scope: pulumi.Output[OperatorScope], made: Callable[[OperatorScope], Any]
    ) -> pulumi.Output[str]:
        name = f"{self._name}-{role}"
        found = aws.iam.Policy(
            name,
            description=about,
            policy=scope.apply(lambda known: json.dumps(made(known), separators=(",", ":"))),
            tags={**self._args.tags, "Name": name},
            opts=pulumi.ResourceOptions(parent=self),
        )
        return found.arn
