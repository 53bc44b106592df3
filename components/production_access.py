"""ProductionAccess: production's side of a refresh from another account or region, for its owner to review and make.

It makes a role and one document and changes nothing that is there: the keys' policies stay their owner's, who adds
`key_policy_statements` to them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.production_policy import Consent, as_json, key_statements, permissions, trust
from components.runbook_files import RunbookError, read_runbook
from components.runbooks import PRODUCTION_VERB


@dataclass(frozen=True, kw_only=True)
class ProductionAccessArgs:
    """Arguments of ProductionAccess.

    Attributes:
        consent: Who may do what.
        scripts: The folder with the script that becomes the document.
        document_name: What the document is called; the stack's `production_document`.
        role_name: What the role is called.
        tags: Tags of role and document.
    """

    consent: Consent
    scripts: Path
    document_name: str
    role_name: str
    tags: Mapping[str, str]


class ProductionAccess(pulumi.ComponentResource):
    """A role that another account may take, the one document that it may run, and what the keys have to allow.

    The document lies in production's own account: its text is what the owner reviewed, and staging's owner cannot
    change it. Staging sends it with the hash of its own text, so that a text that differs is run by nobody.
    """

    def __init__(self, name: str, args: ProductionAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make document, role and policy; see ProductionAccessArgs."""
        super().__init__("understudy:components:ProductionAccess", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        document = aws.ssm.Document(
            f"{name}-document",
            name=args.document_name,
            document_type="Command",
            document_format="JSON",
            target_type="/AWS::EC2::Instance",
            content=_content(args.scripts),
            tags={**args.tags, "Name": args.document_name},
            opts=child,
        )
        role = aws.iam.Role(
            f"{name}-role",
            name=args.role_name,
            assume_role_policy=as_json(trust(args.consent)),
            tags={**args.tags, "Name": args.role_name},
            opts=child,
        )
        aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.name,
            policy=document.arn.apply(lambda arn: as_json(permissions(args.consent, arn))),
            opts=child,
        )
        self.role_arn: pulumi.Output[str] = role.arn
        self.document_name: pulumi.Output[str] = document.name
        self.key_policy_statements = list(key_statements(args.consent))
        self.register_outputs({"role_arn": self.role_arn, "document_name": self.document_name})


def _content(scripts: Path) -> str:
    """Return the document's text, the same to a byte as that of the stack's own."""
    try:
        return json.dumps(read_runbook(scripts / f"{PRODUCTION_VERB}.sh").document(), indent=1)
    except RunbookError as error:
        raise pulumi.RunError(str(error)) from None
