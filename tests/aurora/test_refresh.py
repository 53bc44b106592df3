"""A refresh of a real MariaDB from one end to the other."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.sandbox


def test_a_first_refresh_makes_the_live_schema_with_all_that_belongs_to_it(cluster: Any) -> None:
    answer = cluster.refresh()
    cluster.assert_whole("first")
    assert answer["report"].startswith("s3://reports/reports/20260301-")


def test_a_second_refresh_keeps_the_former_schema_and_previous_brings_it_back(cluster: Any) -> None:
    cluster.refresh()
    cluster.refresh("20260302/shop.sql.gz", name="second")
    cluster.assert_whole("second", former="first")
    for generation, former in (("first", "second"), ("second", "first")):
        cluster.executions += 1
        cluster.run("previous")
        cluster.assert_whole(generation, former=former)
