"""What each host may do, as IAM policy statements. Plain Python.

The AWS-managed policy for SSM hosts (AmazonSSMManagedInstanceCore) is not used: it lets a host read every SSM parameter
of the account, and so staging's host the pseudonym key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Statement = Mapping[str, Any]

EC2_MAY_ASSUME: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a stack is: what the ARNs in its policies begin with."""

    partition: str
    region: str
    account_id: str

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"


def policy(statements: Sequence[Statement]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(
    sid: str, actions: str | list[str], resources: str | Sequence[str], condition: Mapping[str, Any] | None = None
) -> Statement:
    """Return a statement that allows."""
    return _statement("Allow", sid, actions, resources, condition)


def deny(
    sid: str, actions: str | list[str], resources: str | Sequence[str], condition: Mapping[str, Any] | None = None
) -> Statement:
    """Return a statement that forbids, whatever else allows."""
    return _statement("Deny", sid, actions, resources, condition)


def agent() -> list[Statement]:
    """Return what the SSM agent needs to be reached by Run Command, and no more."""
    actions = [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ]
    return [allow("Agent", actions, "*")]


def read_parameters(place: Place, sid: str, names: Sequence[str]) -> list[Statement]:
    """Return what reading some SecureStrings needs; a key of one's own has to open to nothing else than these."""
    arns = [place.arn("ssm", f"parameter{name}") for name in names]
    of_these = {
        "StringEquals": {
            "kms:ViaService": f"ssm.{place.region}.amazonaws.com",
            "kms:EncryptionContext:PARAMETER_ARN": arns,
        }
    }
    return [
        allow(sid, ["ssm:GetParameter", "ssm:GetParameters"], arns),
        allow(f"{sid}Key", "kms:Decrypt", place.arn("kms", "key/*"), of_these),
    ]


def worker(place: Place, key_parameter: str, toolkit_arn: str, reports_arn: str) -> list[Statement]:
    """Return what masking needs: the pseudonym key, the toolkit with the rules, and a place for results."""
    return [
        *read_parameters(place, "PseudonymKey", [key_parameter]),
        allow("ToolkitAndRules", "s3:GetObject", [f"{toolkit_arn}/toolkit/*", f"{toolkit_arn}/rules/*"]),
        allow("Results", "s3:PutObject", f"{reports_arn}/jobs/*"),
    ]


def staging(place: Place, parameters: Sequence[str], toolkit_arn: str) -> list[Statement]:
    """Return what serving needs: staging's own credentials and the toolkit, which carries the accounts over."""
    return [
        *read_parameters(place, "OwnCredentials", parameters),
        allow("Toolkit", "s3:GetObject", f"{toolkit_arn}/toolkit/*"),
    ]


def production(place: Place, parameters: Sequence[str]) -> list[Statement]:
    """Return what a production host needs for the one read-only document that runs there."""
    return read_parameters(place, "StatusCredentials", parameters)


def _statement(
    effect: str,
    sid: str,
    actions: str | list[str],
    resources: str | Sequence[str],
    condition: Mapping[str, Any] | None,
) -> Statement:
    statement = {"Sid": sid, "Effect": effect, "Action": actions, "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement
