import pytest

from sandbox.demo.reader import service_of


def test_the_longest_gap_is_between_two_answers():
    service = service_of([10.0, 10.1, 12.6, 12.7], missed=3)
    assert (service.reads, service.missed) == (4, 3)
    assert service.longest_gap_seconds == pytest.approx(2.5)


def test_a_single_answer_leaves_no_gap():
    assert service_of([10.0], missed=0).longest_gap_seconds == 0
