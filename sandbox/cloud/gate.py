"""Who may ask the API on this machine: who knows an access key of the sandbox, since Run Command makes anybody root."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

CREDENTIAL = re.compile(r"Credential=([A-Z0-9]+)/")
REFUSED = (
    b"<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>this access key is not one of the sandbox's: "
    b"use the environment that `python -m sandbox env` prints</Message></Error></ErrorResponse>"
)


class Gate:
    """Let requests through that are signed with a known key; signatures themselves are not checked.

    Args:
        application: The API.
        access_key_id: The sandbox's own key; keys made by the API (IAM users', assumed roles') are known, too.
    """

    def __init__(self, application: Any, access_key_id: str) -> None:
        self._application = application
        self._known = {access_key_id}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request, or refuse it."""
        if self._is_known(_key(environ)):
            answer: Iterable[bytes] = self._application(environ, start_response)
            return answer
        headers = [("Content-Type", "text/xml"), ("Content-Length", str(len(REFUSED)))]
        start_response("403 Forbidden", headers)
        return [REFUSED]

    def _is_known(self, key: str) -> bool:
        if key in self._known:
            return True
        if key and key in _made_by_the_api():
            self._known.add(key)
            return True
        return False


def _key(environ: dict[str, Any]) -> str:
    signed = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if signed:
        return signed[1]
    presigned = parse_qs(environ.get("QUERY_STRING", "")).get("X-Amz-Credential", [""])[0]
    return presigned.partition("/")[0]


def _made_by_the_api() -> set[str]:
    keys = set()
    for account in list(sts_backends.values()):
        keys |= {role.access_key_id for backend in list(account.values()) for role in backend.assumed_roles}
    for account in list(iam_backends.values()):
        users = [user for backend in list(account.values()) for user in list(backend.users.values())]
        keys |= {key.access_key_id for user in users for key in user.access_keys}
    return keys
