"""Runbooks: one SSM document for each script of `scripts/`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.runbook_files import Runbook, RunbookError, read_runbooks
from components.settings import Settings

# The only document that runs on production, and the only one that another account ever sees.
PRODUCTION_VERB = "production-check"


@dataclass(frozen=True, kw_only=True)
class RunbooksArgs:
    """Arguments of Runbooks.

    Attributes:
        folder: Where the scripts are.
        prefix: What the documents' names begin with: `<project>-<stack>`.
        share_with_account_ids: Other accounts that may run the production document, and no other one.
        tags: Tags of every document.
    """

    folder: Path
    prefix: str
    share_with_account_ids: Sequence[str]
    tags: Mapping[str, str]

    @classmethod
    def of(cls, settings: Settings, root: Path, share_with_account_ids: Sequence[str]) -> "RunbooksArgs":
        """Return the arguments for a stack with these settings, the project being in `root`."""
        return cls(
            folder=root / "scripts",
            prefix=f"{settings.project}-{settings.stack}",
            share_with_account_ids=share_with_account_ids,
            tags=settings.tags,
        )


class Runbooks(pulumi.ComponentResource):
    """The documents by verb. Whoever runs one pins its hash, so that nothing else than this text is ever run."""

    def __init__(self, name: str, args: RunbooksArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the documents; see RunbooksArgs."""
        super().__init__("understudy:components:Runbooks", name, None, opts)
        self.documents: dict[str, dict[str, pulumi.Output[str]]] = {}
        self.arns: dict[str, pulumi.Output[str]] = {}
        for verb, runbook in _read(args.folder).items():
            shared = verb == PRODUCTION_VERB and bool(args.share_with_account_ids)
            document = aws.ssm.Document(
                f"{name}-{verb}",
                name=f"{args.prefix}-{verb}",
                document_type="Command",
                document_format="JSON",
                target_type="/AWS::EC2::Instance",
                content=json.dumps(runbook.document(), indent=1),
                permissions={"type": "Share", "account_ids": ",".join(args.share_with_account_ids)} if shared else None,
                tags={**args.tags, "Name": f"{args.prefix}-{verb}"},
                opts=pulumi.ResourceOptions(parent=self),
            )
            # Another account names a shared document by its ARN.
            self.documents[verb] = {"name": document.arn if shared else document.name, "hash": document.hash}
            self.arns[verb] = document.arn
        self.register_outputs({"verbs": sorted(self.documents)})


def _read(folder: Path) -> Mapping[str, Runbook]:
    """Read the scripts; one that cannot be used is told without a traceback."""
    try:
        return read_runbooks(folder)
    except RunbookError as error:
        raise pulumi.RunError(str(error)) from None
