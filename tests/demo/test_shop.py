import re
from datetime import datetime, timedelta, timezone

import pytest
from bson.decimal128 import Decimal128

from sandbox.demo.goods import cents, money
from sandbox.demo.shop import Shop, Sizes

NOW = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
SMALL = Sizes(customers=400, orders=500, tickets=300, sessions=50, products=200, audit_log=50)
RESERVED = re.compile(r"@(.*\.)?(example(\.\w+)?|\w+\.(test|invalid|localhost))$")


def drawn(seed=7):
    return {name: list(rows) for name, rows in Shop(seed, SMALL, NOW).collections().items()}


@pytest.fixture(scope="module")
def shop():
    return drawn()


def luhn(number):
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0


def test_the_whole_shop_has_a_hundred_thousand_documents():
    assert Sizes().total >= 100_000


def test_the_same_seed_draws_the_same_documents(shop):
    assert drawn() == shop


def test_another_seed_draws_others(shop):
    assert drawn(seed=8)["customers"] != shop["customers"]


def test_every_collection_has_as_many_documents_as_asked_for(shop):
    assert {name: len(rows) for name, rows in shop.items()} == vars(SMALL)


@pytest.mark.parametrize(
    ("collection", "field"), [("customers", "email"), ("customers", "_id"), ("orders", "number"), ("products", "_id")]
)
def test_no_two_documents_share_what_an_index_keeps_unique(shop, collection, field):
    values = [row[field] for row in shop[collection]]
    assert len(set(values)) == len(values)


def test_addresses_are_no_reserved_ones(shop):
    assert RESERVED.search("a@mail.example.com"), "the control"
    assert not [row["email"] for row in shop["customers"] if RESERVED.search(row["email"])]


def test_card_numbers_pass_the_check_that_detectors_make(shop):
    cards = [card["number"] for row in shop["customers"] for card in row["payment"]["cards"].values()]
    assert len(cards) > 100
    assert all(luhn(number) for number in cards)
    assert not luhn("4539000000000001"), "the control"


def test_customers_name_themselves_in_free_text(shop):
    people = {row["email"]: row for row in shop["customers"]}
    telling = {"name": 0, "email": 0, "phone": 0}
    for ticket in shop["tickets"]:
        text = " ".join(message["body"] for message in ticket["messages"])
        for field in telling:
            telling[field] += people[ticket["customer_email"]][field] in text
    assert min(telling.values()) > 30


def test_orders_tickets_and_sessions_belong_to_customers(shop):
    emails = {row["email"] for row in shop["customers"]}
    ids = {row["_id"] for row in shop["customers"]}
    assert {row["customer_email"] for row in shop["orders"] + shop["tickets"]} <= emails
    assert {row["customer_id"] for row in shop["orders"] + shop["sessions"]} <= ids


def test_what_an_order_costs_is_the_sum_of_its_items(shop):
    for order in shop["orders"]:
        assert cents(order["total"]) == sum(item["quantity"] * cents(item["price"]) for item in order["items"])


def test_goods_hold_nothing_that_looks_like_a_telephone_number(shop):
    texts = [f"{row['_id']} {row['title']} {row['tags']}" for row in shop["products"]]
    texts += [row["number"] for row in shop["orders"]]
    assert not [text for text in texts if re.search(r"\d{3}", text)]


def test_no_session_is_older_than_its_lifetime(shop):
    assert min(row["started_at"] for row in shop["sessions"]) > NOW - timedelta(days=30)


@pytest.mark.parametrize(("amount_cents", "text"), [(0, "0.00"), (5, "0.05"), (123456, "1234.56")])
def test_money_is_written_with_two_decimals(amount_cents, text):
    assert money(amount_cents) == Decimal128(text)
    assert cents(money(amount_cents)) == amount_cents
