"""boto3 at a sandbox: the session whose clients ask it instead of AWS."""

from typing import Any


class EndpointSession:
    """A boto3 session that gives each client the sandbox's endpoint."""

    def __init__(self, session: Any, endpoint: str) -> None:
        self._session, self._endpoint = session, endpoint

    def client(self, service: str, **options: Any) -> Any:
        """Return a client."""
        return self._session.client(service, **{"endpoint_url": self._endpoint, **options})

    def resource(self, service: str, **options: Any) -> Any:
        """Return a resource."""
        return self._session.resource(service, **{"endpoint_url": self._endpoint, **options})

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)
