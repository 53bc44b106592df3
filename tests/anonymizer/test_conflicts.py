"""What contradicts across documents is told of every path that it is at, whichever value is right."""

from __future__ import annotations

from itertools import permutations

from anonymizer.verification.joined import _conflicts
from anonymizer.verification.records import LIKE

PLACE = LIKE - 1
CUSTOMERS, ORDERS, OTHERS = 1, 2, 3


def conflicts(*records):
    return dict(_conflicts(set(records), masked=PLACE))


def test_every_path_of_a_contradiction_is_named_whatever_the_digests_are():
    """Digests are keyed anew for each verification, so which of two is the smaller is chance."""
    for one, other in permutations((10, 20)):
        assert conflicts((7, one, CUSTOMERS), (7, other, ORDERS)) == {CUSTOMERS: 1, ORDERS: 1}


def test_what_agrees_is_none_and_is_not_counted_with_what_does_not():
    agreeing = [(5, 1, CUSTOMERS), (5, 1, ORDERS), (6, 2, OTHERS)]
    assert conflicts(*agreeing) == {}
    assert conflicts(*agreeing, (7, 1, ORDERS), (7, 2, ORDERS), (7, 3, ORDERS)) == {ORDERS: 2}


def test_the_mark_of_a_shared_word_makes_no_other_path_of_a_path():
    assert conflicts((7, 1, CUSTOMERS), (7, 2, CUSTOMERS | LIKE)) == {CUSTOMERS: 1}
