"""Whether samples have as many documents as the rules draw."""

from __future__ import annotations

import math
from collections.abc import Mapping

from anonymizer.mongo import Client, server_errors
from anonymizer.parallel import partitions
from anonymizer.rules.model import CollectionRule, Rules
from anonymizer.verification.findings import Findings
from anonymizer.verification.tally import Tally
from anonymizer.verification.task import target_of

_DEVIATIONS = 6  # of a binomial distribution: passed by chance once in a billion


class Samples:
    """Judges the sizes of samples.

    Args:
        rules: All rules.
        source: Where the whole collections are.
        written: Documents in the copy, by collection.
        findings: Where findings go.
        tally: Takes what was looked at.
    """

    def __init__(
        self, rules: Rules, source: Client, written: Mapping[str, int], findings: Findings, tally: Tally
    ) -> None:
        self._rules, self._source, self._written, self._findings = rules, source, written, findings
        self._tally = tally

    def judge(self, there: dict[str, CollectionRule]) -> None:
        """Judge all that are in the copy."""
        followed = self._followed()
        for name, rule in there.items():
            if rule.mode != "sample":
                continue
            with server_errors(f"counting {name}"):
                whole = partitions.count(self._source, rule.database, rule.collection)
            low, high = expected_size(rule, whole, followed=name in followed)
            if not low <= self._written[name] <= high:
                self._findings.add("sample", name, count=abs(self._written[name] - (low if low > 0 else high)) or 1)
            self._tally.control("documents", found=not low <= high + 1 <= high)

    def _followed(self) -> set[str]:
        """Give the collections of which more comes along than is drawn."""
        found = set()
        for rule in self._rules.collections.values():
            for path in rule.sample.follow if rule.sample else ():
                target = target_of(self._rules, rule.fields[path].refers_to)
                if target:
                    found.add(target[0].namespace)
        return found


def expected_size(rule: CollectionRule, whole: int, *, followed: bool) -> tuple[int, int]:
    """Give how many documents a sample has at least and at most.

    Args:
        rule: Of a sampled collection.
        whole: Documents in the source.
        followed: Whether documents come along that others refer to.
    """
    assert rule.sample  # noqa: S101 (sampled collections have one)
    if rule.sample.count is not None:
        drawn = min(rule.sample.count, whole)
        return drawn, whole if followed else drawn
    share = rule.sample.share or 0.0
    spread = math.ceil(_DEVIATIONS * math.sqrt(whole * share * (1 - share))) + 1
    low, high = max(0, math.floor(whole * share) - spread), min(whole, math.ceil(whole * share) + spread)
    return low, whole if followed else high
