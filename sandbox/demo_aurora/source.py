"""What production holds in the demonstration: MySQL's sample schema where it is at hand, else one that is made up."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.layout import PROJECT_ROOT

SAKILA = PROJECT_ROOT.parent / "shared" / "data" / "sakila"
_HERE = Path(__file__).parent
_APPLICANTS = 5_000
_SEED = 20261122


@dataclass(frozen=True, kw_only=True)
class Source:
    """A production, and what the story does with it.

    Attributes:
        schema: Its schema's name.
        rules: Its rules file.
        files: SQL that makes it, in order.
        people: A query for values of people, one a row, that must be nowhere else.
        read: What a client reads all the time.
        works: Titles and queries that have to go on working: views, routines, triggers.
        news: What happens in production before the second refresh.
        drift: A change of its schema that nobody has told staging of.
        new_rule: A rule for what is new, to stand before that of `email`.
    """

    schema: str
    rules: Path
    files: tuple[Path, ...]
    people: str
    read: str
    works: tuple[tuple[str, str], ...]
    news: str
    drift: str
    new_rule: str


def choose(scratch: Path) -> Source:
    """Choose what is at hand.

    Args:
        scratch: A folder for what has to be made up.

    Returns:
        Sakila, or the made-up applicants.
    """
    return sakila() if SAKILA.exists() else applicants(scratch)


def sakila() -> Source:
    """Give MySQL's sample schema: a film rental with views, triggers, procedures and functions."""
    return Source(
        schema="sakila",
        rules=PROJECT_ROOT / "rules" / "sakila.yaml",
        files=(SAKILA / "sakila-mv-schema.sql", SAKILA / "sakila-mv-data.sql"),
        people="SELECT email FROM customer UNION SELECT address FROM address WHERE LENGTH(address) > 12",
        read="SELECT COUNT(*) FROM sakila.customer",
        works=(
            ("view customer_list, rows", "SELECT COUNT(*) FROM sakila.customer_list"),
            ("function inventory_in_stock(1)", "SELECT sakila.inventory_in_stock(1)"),
            ("triggers", "SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'sakila'"),
        ),
        news=(
            "INSERT INTO customer (store_id, first_name, last_name, email, address_id, create_date) SELECT store_id, "
            "first_name, last_name, CONCAT('second.', email), address_id, NOW() FROM customer LIMIT 100"
        ),
        drift="ALTER TABLE customer ADD COLUMN nickname VARCHAR(40)",
        new_rule="nickname: {mask: first_name, locale: en}",
    )


def applicants(scratch: Path) -> Source:
    """Make up applicants and their applications.

    Args:
        scratch: Gets the rows as SQL.

    Returns:
        The source.
    """
    rows = scratch / "applicants-data.sql"
    rows.write_text("".join(_rows()), encoding="utf-8")
    return Source(
        schema="iset_intake",
        rules=_HERE / "applicants.yaml",
        files=(_HERE / "applicants.sql", rows),
        people="SELECT email FROM applicants UNION SELECT street FROM applicants",
        read="SELECT COUNT(*) FROM iset_intake.applicants",
        works=(
            ("view open_applications, rows", "SELECT COUNT(*) FROM iset_intake.open_applications"),
            ("function applications_of(1)", "SELECT iset_intake.applications_of(1)"),
            ("triggers", "SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'iset_intake'"),
        ),
        news=(
            "INSERT INTO applicants (name, email, street, born) "
            "SELECT name, CONCAT('second.', email), street, born FROM applicants LIMIT 100"
        ),
        drift="ALTER TABLE applicants ADD COLUMN nickname VARCHAR(40)",
        new_rule="nickname: {mask: first_name, locale: en}",
    )


def _rows() -> Iterator[str]:
    drawn = random.Random(_SEED)  # noqa: S311 (made-up people, the same each time)
    first, last = ("Ana", "Ben", "Chidi", "Dana", "Emre", "Fatou"), ("Novak", "Okafor", "Petit", "Quist", "Rossi")
    for number in range(1, _APPLICANTS + 1):
        name = f"{drawn.choice(first)} {drawn.choice(last)}"
        email = f"{name.lower().replace(' ', '.')}.{number}@applicants-mail.net"
        born = f"{drawn.randint(1950, 2005)}-{drawn.randint(1, 12):02d}-{drawn.randint(1, 28):02d}"
        street = f"{drawn.randint(1, 400)} Harbour Lane {number}"
        state = drawn.choice(("open", "granted", "refused"))
        yield _insert("applicants (name, email, street, born)", name, email, street, born)
        yield _insert("applications (applicant_id, state, note)", number, state, f"Spoke to {name}, wrote to {email}")


def _insert(columns: str, *values: object) -> str:
    return f"INSERT INTO {columns} VALUES ({', '.join(map(repr, values))});\n"  # noqa: S608 (made-up values)
