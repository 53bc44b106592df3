"""What an examination works with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from refresh import places
from refresh.aws import Aws
from refresh.mongo.context import Context
from refresh.mongo.examination.questions import Questions, Side
from refresh.poller import Clock, Poller
from refresh.records.ledger import Ledger
from refresh.request import RefreshRequest
from refresh.values import UNKNOWN

PATIENCE_SECONDS = 120.0  # for all that runs on a host; an agent that is online answers in seconds


@dataclass(frozen=True, kw_only=True)
class Case:
    """A stack to examine; what of its request is not known yet is left out by whoever asks about it."""

    request: RefreshRequest
    aws: Aws
    questions: Questions
    clock: Clock

    @cached_property
    def context(self) -> Context:
        """What checks of preflight are given; its ledger is never written."""
        poller = Poller(self.clock)
        poller.limit(PATIENCE_SECONDS, "Is the SSM agent of the host online?")
        ledger = Ledger.unwritten(self.aws.objects, self.request.reports_bucket, self.clock, self.request.refresh_id)
        return Context(
            request=self.request, aws=self.aws, ledger=ledger, clock=self.clock, poller=poller, say=lambda _line: None
        )

    @property
    def production_ids(self) -> list[str]:
        """Production's instances, as far as they are known."""
        return [each for each in self.request.production.instance_ids if each != UNKNOWN]

    @property
    def is_up(self) -> bool:
        """Whether the stack has been brought up, so that its hosts, buckets, key and documents are known."""
        return UNKNOWN not in {self.request.staging.instance_id, self.request.reports_bucket}

    @cached_property
    def source_side(self) -> Side:
        """Whose session production is seen through."""
        is_apart = self.request.production.session != places.ProductionSession()
        return Side.PRODUCTION if is_apart else Side.OWN
