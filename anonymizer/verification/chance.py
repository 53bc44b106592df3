"""How often chance would have it: words shared by values and their pseudonyms, judged by how often the words occur."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from zlib import crc32

_BUCKETS = 1 << 13
_WORD = re.compile(r"\w{3,}")
_MOST_FIXED = 64
_SURE = math.log(1e6)  # less than one false alarm in a million verifications, for each path
FEWEST_FIXED = 10  # a random permutation has ten fixed points or more once in 10! = 3.6 million times


@dataclass
class Words:
    """How often each word occurs among the originals and the pseudonyms of one path.

    Words are counted in buckets, so that memory is bounded: two words in one bucket make chance look larger, never
    smaller. Pickled, it goes from a worker to its parent.
    """

    originals: Counter[int] = field(default_factory=Counter)
    pseudonyms: Counter[int] = field(default_factory=Counter)
    pairs: int = 0

    def add(self, original: str, pseudonym: str) -> bool:
        """Count a pair, and tell whether its two sides share a word."""
        old, new = (set(_WORD.findall(text.casefold())) for text in (original, pseudonym))
        self.pairs += 1
        self.originals.update({_bucket(word) for word in old})
        self.pseudonyms.update({_bucket(word) for word in new})
        return not old.isdisjoint(new)

    def merge(self, other: Words) -> None:
        """Take over what was counted elsewhere."""
        self.originals.update(other.originals)
        self.pseudonyms.update(other.pseudonyms)
        self.pairs += other.pairs

    def chance(self) -> float:
        """Give an upper bound for the chance that a value and somebody else's pseudonym share a word."""
        met = sum(count * self.pseudonyms[bucket] for bucket, count in self.originals.items())
        return min(1.0, met / self.pairs**2) if self.pairs else 0.0


def _bucket(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass")) % _BUCKETS


def more_than_chance(hits: int, trials: int, chance: float) -> bool:
    """Tell whether so many hits in so many trials are more than chance would have it.

    By Chernoff's bound of the binomial distribution: P(hits or more) <= exp(-trials * D(hits/trials || chance)).
    """
    if not trials or hits <= trials * chance:
        return False
    if chance <= 0:
        return True
    share = hits / trials
    distance = share * math.log(share / chance)
    if share < 1:
        distance += (1 - share) * math.log((1 - share) / (1 - chance))
    return trials * distance > _SURE


@dataclass
class Fixed:
    """Which different values of one path a permutation has left as they are, up to as many as decide."""

    values: set[int] = field(default_factory=set)

    def add(self, digest: int) -> None:
        """Take one."""
        if len(self.values) < _MOST_FIXED:
            self.values.add(digest)

    def merge(self, other: Fixed) -> None:
        """Take over those that were found elsewhere."""
        for digest in other.values:
            self.add(digest)
