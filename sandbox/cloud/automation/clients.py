"""The boto3 clients of one execution."""

from collections.abc import Mapping
from typing import Any

import boto3


class Clients:
    """Make and keep clients.

    Args:
        environment: The variables of endpoint, region and credentials.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._session = boto3.Session(
            environment["AWS_ACCESS_KEY_ID"],
            environment["AWS_SECRET_ACCESS_KEY"],
            environment.get("AWS_SESSION_TOKEN"),
            region_name=environment["AWS_REGION"],
        )
        self._endpoint = environment["AWS_ENDPOINT_URL"]
        self._made: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        """Return the client of a service, by boto3's name of it."""
        if service not in self._made:
            self._made[service] = self._session.client(service, endpoint_url=self._endpoint)
        return self._made[service]
