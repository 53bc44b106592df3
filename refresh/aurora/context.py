"""What a step of the Aurora refresh is given to work with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from refresh.aurora.ports import Ports
from refresh.aurora.request import AuroraRequest
from refresh.aurora.schemas import Schemas
from refresh.aurora.sql import Login, Sql, opened
from refresh.context import Say
from refresh.errors import DatabaseError
from refresh.poller import Clock, Poller
from refresh.records.ledger import Ledger

LEDGERS = "ledgers/aurora/"
LEASE = "lease-aurora.json"
_ACCESS_DENIED = 1045
_ROTATION_SECONDS = 2.0  # between the change of a password and that of the secret's current version


@dataclass(frozen=True, kw_only=True)
class AuroraContext:
    """One refresh at work: what was asked, AWS, the ledger, the time, and a way to say something."""

    request: AuroraRequest
    ports: Ports
    ledger: Ledger
    clock: Clock
    poller: Poller
    say: Say

    @property
    def refresh_id(self) -> str:
        """The refresh that is worked on."""
        return self.ledger.refresh_id

    @property
    def generation(self) -> str:
        """What this attempt's load is called."""
        return f"{self.refresh_id}.{self.ledger.attempt}"

    @property
    def schemas(self) -> Schemas:
        """The schemas."""
        return Schemas(self.request.schema)

    @property
    def how_to_go_on(self) -> str:
        """Say which setting gives a step more time, and what goes on from where it ended."""
        return "Its limit is limits.step_timeout_minutes; running the refresh again goes on from here"

    def minutes_of(self, step: str, default: int) -> int:
        """Return how long a step may take."""
        return self.request.limits.step_timeout_minutes.get(step, default)

    def login(self) -> Login:
        """Read user and password from the secret; they are kept nowhere."""
        user, password = self.ports.secrets.credentials(self.request.secret_arn)
        request = self.request
        return Login(
            host=request.endpoint, port=request.port, user=user, password=password, ca_bundle=request.ca_bundle_path
        )

    @contextmanager
    def sql(self) -> Iterator[Sql]:
        """Open a session with the cluster; a password that was rotated meanwhile is read once more.

        Yields:
            The session.

        Raises:
            RefreshError: The server cannot be reached, or refuses.
        """
        with ExitStack() as stack:
            try:
                sql = stack.enter_context(opened(self.login()))
            except DatabaseError as error:
                if error.code != _ACCESS_DENIED:
                    raise
                self.clock.sleep(_ROTATION_SECONDS)
                sql = stack.enter_context(opened(self.login()))
            yield sql

    def with_request(self, request: AuroraRequest) -> AuroraContext:
        """Return the same for another request."""
        return replace(self, request=request)
