"""Errors of boto3 in our words: transient when asking again may help, else permanent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, CredentialRetrievalError, HTTPClientError

from refresh.errors import PermanentError, RefreshError, TransientError, UnreachableHostError

_TRANSIENT_CODES = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncorrectInstanceState",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "RequestExpired",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ResourceLimitExceeded",  # too many copies of snapshots at once
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "Unavailable",
    }
)
_HINTS = {
    "NoSuchBucket": "The bucket is gone: pulumi refresh, then pulumi up, which makes an empty one",
    "AccessDenied": "Attach the policy of the stack's output operator_policy_arn to this role, or take the right role",
    "UnauthorizedOperation": "Attach the policy of the stack's output operator_policy_arn, or take the right role",
    "InvalidClientTokenId": "These credentials are none of AWS's: log in, or set AWS_PROFILE",
    "UnrecognizedClientException": "These credentials are none of AWS's: log in, or set AWS_PROFILE",
}
_SERVER_ERROR = 500
_SNAPSHOT_RATE_PAUSE_SECONDS = 15.0  # EC2 user guide: wait so long after SnapshotCreationPerVolumeRateExceeded


def translate(error: Exception, action: str) -> RefreshError:
    """Turn an error of boto3 into one of ours.

    Args:
        error: What the call raised.
        action: The call and its resource, for the message.

    Returns:
        A transient error when asking again may help, else a permanent one.
    """
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        message = f"{action}: AWS answered {code}: {error.response.get('Error', {}).get('Message', '')}"
        if code == "SnapshotCreationPerVolumeRateExceeded":
            return TransientError(message, pause_seconds=_SNAPSHOT_RATE_PAUSE_SECONDS)
        if code == "InvalidInstanceId":
            return UnreachableHostError(message)
        if code in _TRANSIENT_CODES or status >= _SERVER_ERROR:
            return TransientError(message)
        hint = _HINTS.get(code, "Check the permissions and the names in the stack's configuration")
        return PermanentError(f"{message}. {hint}; make doctor says more")
    if isinstance(error, HTTPClientError | CredentialRetrievalError):
        return TransientError(f"{action}: {error}")
    return PermanentError(f"{action}: {error}. Check AWS credentials, region and endpoint of this environment")


@contextmanager
def wrapped(action: str) -> Iterator[None]:
    """Let no error of boto3 through as it is.

    Args:
        action: The call and its resource, for the message.

    Yields:
        Nothing.

    Raises:
        RefreshError: Whatever boto3 raised, in our words.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise translate(error, action) from None


def is_code(error: ClientError, *codes: str) -> bool:
    """Say whether a client error carries one of these codes.

    Args:
        error: What the call raised.
        codes: Codes, or beginnings of codes that end in a dot.

    Returns:
        True when it does.
    """
    code = str(error.response.get("Error", {}).get("Code", ""))
    return any(code == wanted or (wanted.endswith(".") and code.startswith(wanted)) for wanted in codes)
