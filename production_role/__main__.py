"""Production's side: read the configuration, make role and document, say what the keys have to allow."""

import json
import sys
from pathlib import Path

import pulumi

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the program is a folder of the project, whose components it is made of

from components.production_access import ProductionAccess  # noqa: E402 - after the path is set
from components.production_consent import read_consent  # noqa: E402 - the same

access = ProductionAccess(
    "understudy", read_consent(pulumi.Config(), pulumi.Config("aws").get("region"), ROOT / "scripts")
)

pulumi.export("production_role_arn", access.role_arn)
pulumi.export("production_document", access.document_name)
pulumi.export("key_policy_statements", json.dumps(access.key_policy_statements, indent=2))
