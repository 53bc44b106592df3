"""Sakila, with its spatial column, views, triggers and routines, through a whole refresh."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from refresh.errors import FindingsError
from tests.aurora import made_dump
from tests.aurora.made_dump import Dump

pytestmark = pytest.mark.sandbox

KEYS = ("20260301/sakila.sql.gz", "20260302/sakila.sql.gz")
VIEWS = ("actor_info", "customer_list", "film_list", "sales_by_store", "staff_list")


@pytest.fixture
def dump(cluster: Any, sakila: Path) -> Dump:
    texts = [(sakila / f"sakila-mv-{part}.sql").read_text(encoding="utf-8") for part in ("schema", "data")]
    return made_dump.made(cluster.server, "\n".join(texts), "sakila")


def _asked(cluster: Any, question: str, schema: str = "sakila") -> str:
    return cluster.server.sql(question, schema).strip()


def test_sakila_is_refreshed_twice_and_works(cluster: Any, dump: Dump) -> None:
    for number, key in enumerate(KEYS):
        # Its addresses are at domains that somebody may own: here the rules keep them, as the manifest says.
        kept = [{"namespace": f"sakila.{table}", "path": "email", "what": "kept"} for table in ("customer", "staff")]
        cluster.upload(key, dump, opt_ins=kept)
        cluster.executions += 1
        cluster.run("load", key, schema="sakila")
        cluster.run("finish", key, schema="sakila")
        if number == 0:
            _asked(cluster, "DELETE FROM payment WHERE payment_id < 100;")
    for table, rows in dump.rows.items():
        assert int(_asked(cluster, f"SELECT COUNT(*) FROM `{table}`;")) == rows, table  # noqa: S608
    assert int(_asked(cluster, "SELECT COUNT(*) FROM payment;", "sakila__previous")) == dump.rows["payment"] - 99
    for view in VIEWS:
        assert int(_asked(cluster, f"SELECT COUNT(*) FROM `{view}`;")) > 0, view  # noqa: S608
    assert _asked(cluster, "SELECT get_customer_balance(1, NOW()), inventory_in_stock(1);")
    _asked(cluster, "INSERT INTO film (title, description, language_id) VALUES ('A NEW FILM', 'all of it', 1);")
    assert _asked(cluster, "SELECT description FROM film_text WHERE title = 'A NEW FILM';") == "all of it"
    assert _asked(cluster, "SELECT COUNT(*) FROM film_text WHERE title = 'A NEW FILM';", "sakila__previous") == "0"
    cluster.executions += 1
    cluster.run("previous", schema="sakila")
    assert int(_asked(cluster, "SELECT COUNT(*) FROM payment;")) == dump.rows["payment"] - 99


def test_addresses_that_nobody_masked_are_found(cluster: Any, dump: Dump) -> None:
    cluster.upload(KEYS[0], dump)
    cluster.executions += 1
    cluster.run("load", KEYS[0], schema="sakila")
    with pytest.raises(FindingsError, match=r"email in customer\.email, in 599 rows") as caught:
        cluster.run("finish", KEYS[0], schema="sakila")
    assert "@" not in str(caught.value)
    assert not [each for each in cluster.schemas() if each.endswith("__next")]
