"""Killed between any two statements, a refresh that is run again finishes; whoever comes next finds all whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from refresh.aurora import client
from tests.aurora.conftest import ALL
from tests.refresh.fake_cloud import Killed

pytestmark = pytest.mark.sandbox

NAMES = ("first", "second")


class Series:
    """One refresh after another, each of the other generation, each under a key of its own."""

    def __init__(self, cluster: Any) -> None:
        self.cluster = cluster
        self.number = 0
        cluster.refresh(self.key, name=self.name)
        self.next()
        cluster.run("load", self.key)
        cluster.run("finish", self.key)  # from here on each has a former schema, and the same effects

    @property
    def key(self) -> str:
        return f"2026{self.number:04d}/shop.sql.gz"

    @property
    def name(self) -> str:
        return NAMES[self.number % 2]

    @property
    def other(self) -> str:
        return NAMES[1 - self.number % 2]

    def next(self) -> None:
        self.number += 1
        self.cluster.executions += 1
        self.cluster.upload(self.key, self.cluster.dumps[self.name])

    def effects_of(self, verb: str) -> list[str]:
        """Run a verb and return its effects."""
        start = len(self.cluster.aws.fate.effects)
        self.cluster.run(verb, self.key)
        return self.cluster.aws.fate.effects[start:]

    def killed_in(self, verb: str, after: int) -> str:
        """Run a verb that dies right after its effect of this number; return which one that was."""
        fate = self.cluster.aws.fate
        fate.die_after = len(fate.effects) + after
        number, killed = len(fate.effects) + after, False
        try:
            self.cluster.run(verb, self.key)
        except Killed:
            killed = True
        fate.revive()
        where = fate.effects[number]
        assert killed or where.startswith("CREATE ALGORITHM"), where  # a view that could not be made yet has no effect
        return where


@pytest.fixture
def series(cluster: Any) -> Series:
    return Series(cluster)


def _swap(effects: list[str]) -> list[int]:
    """Return the numbers of the effects from the first note of the swap to the end of its mark."""
    marks = [number for number, each in enumerate(effects) if "`swapping`" in each]
    return list(range(marks[0] - 1, marks[-1] + 1))


@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.soak)])
def test_killed_between_the_statements_of_the_swap(series: Series, every: int) -> None:
    """All of them in a soak; else each sixth, and those on either side of the rename."""
    cluster = series.cluster
    series.next()
    cluster.run("load", series.key)
    effects = series.effects_of("finish")
    rename = next(number for number, each in enumerate(effects) if each.startswith("RENAME TABLE"))
    points = sorted({*_swap(effects)[::every], rename - 1, rename})
    assert sum(each.startswith("DROP TRIGGER") for each in effects) >= 6
    for point in points:
        series.next()
        cluster.run("load", series.key)
        where = series.killed_in("finish", point)
        assert cluster.generation() in NAMES, where  # readable all the time
        cluster.run("finish", series.key)
        cluster.assert_whole(series.name, former=series.other)


def test_after_a_kill_in_the_swap_another_refresh_finds_the_live_schema_whole(series: Series) -> None:
    """The next refresh is of another dump: it mends what the killed one left, before anything else."""
    cluster = series.cluster
    series.next()
    cluster.run("load", series.key)
    effects = series.effects_of("finish")
    points = [number for number in _swap(effects) if "TRIGGER" in effects[number] or "RENAME" in effects[number]]
    for point in points[::5]:
        series.next()
        cluster.run("load", series.key)
        where = series.killed_in("finish", point)
        moved = cluster.generation() == series.name
        series.next()
        cluster.run("load", series.key)
        assert cluster.objects() == ALL, where
        assert cluster.generation() == (series.other if moved else series.name), where
        cluster.assert_works()
        cluster.run("finish", series.key)


@pytest.mark.soak
@pytest.mark.parametrize("verb", ["load", "finish", "previous"])
def test_killed_after_any_effect(series: Series, verb: str) -> None:
    cluster = series.cluster
    point, count = 0, 1
    while point < count:
        series.next()
        if verb != "load":
            cluster.run("load", series.key)
        if verb == "previous":
            cluster.run("finish", series.key)
            cluster.executions += 1
        if point == 0:
            count = len(series.effects_of(verb))
            if verb == "previous":
                cluster.executions += 1
                cluster.run("previous", series.key)
                cluster.executions += 1
        else:
            where = series.killed_in(verb, point - 1)
            assert cluster.generation() in NAMES, where
            cluster.run(verb, series.key)
        if verb == "load":
            cluster.run("finish", series.key)
        if verb == "previous" and point:
            cluster.assert_whole(series.other, former=series.name)
            cluster.executions += 1
            cluster.run("previous", series.key)
        cluster.assert_whole(series.name, former=series.other)
        point += 1
    assert count > 5
    assert len(cluster.aws.outcomes.published) <= series.number * 3 + 3


def test_killed_while_the_client_is_fed_the_candidate_is_loaded_anew(
    series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = series.cluster
    series.next()
    feed = client._feed

    def torn(child: Any, parts: Any) -> None:
        def some() -> Iterator[bytes]:
            for part in parts:
                yield part
                if b"INSERT INTO `country`" in part:
                    cluster.aws.fate.die()

        feed(child, some())

    with monkeypatch.context() as patch:
        patch.setattr(client, "_feed", torn)
        with pytest.raises(Killed):
            cluster.run("load", series.key)
    cluster.aws.fate.revive()
    assert "shop__next" in cluster.schemas()
    cluster.assert_works()
    cluster.run("load", series.key)
    cluster.run("finish", series.key)
    cluster.assert_whole(series.name, former=series.other)
