from __future__ import annotations

import pytest

from anonymizer.verification.detectors import in_use, see


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("write to jane.doe@mail.de.", {"email"}),
        ("<jürgen@firma.de>", {"email"}),
        ("call +49 30 9018 2042 today", {"phone"}),
        ("+4915112345678", {"phone"}),
        ("0049 30 90182042", {"phone"}),
        ("(212) 867-5309", {"phone"}),
        ("212-867-5309", {"phone"}),
        ("card 4539 1488 0343 6467 exp 12/27", {"card"}),
        ("4539148803436467", {"card"}),
        ("3714-496353-98431", {"card"}),
        ("pay GB82 WEST 1234 5698 7654 32", {"iban"}),
        ("NL91ABNA0417164300", {"iban"}),
        ("seen from 93.184.216.34, twice", {"ip"}),
        ("http://81.2.69.142/x", {"ip"}),
        ("t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2lnbmF0dXJl", {"jwt"}),
        ("CF RCCMNL83S18D969H", {"national_id"}),
        ("2 95 10 99 126 111 93", {"national_id"}),
        ("756.9217.0769.85", {"national_id"}),
        ("360426199101010071", {"national_id"}),
        ("jane@mail.de +49 30 90182042 4539148803436467", {"email", "phone", "card"}),
    ],
)
def test_what_is_in_use_is_found(text, kinds):
    assert in_use(see(text)) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "jane@example.com",
        "jane@mail.shop.test",
        "jane@example",
        "@home",
        "a@b",
        "4242 4242 4242 4242",
        "4111111111111111",
        "+1 212 555 0123",
        "(212) 555-0123",
        "+44 20 7946 0123",
        "+49 30 23125 123",
        "+48 004 045 889",
        "(000) 867-5309",
        "4539148803436468",
        "1234567890123456",
        "2024-05-31T10:20:30+02:00",
        "2024-05-31 10:20:30.123",
        "20240531102030",
        "1717150830123",
        "5ca4bbcea2dd94ee58162a68",
        "0df078f33aa74a2e9696e0520c1a828a",
        "41111111-1111-4111-8111-1111111111aa",
        "SO-BBB-BBBC",
        "192.168.100.200",
        "203.0.113.9",
        "224.0.0.1",
        "999.1.1.1",
        "version 93.184.216.34",
        "Chrome/120.1.2.3",
        "93.184.216.34.5",
        "DE79 0000 0000 0000 0130 00",
        "DE88370400440532013000",
        "RCCMNL83S18D969A",
        "295109912611194",
        "756.9217.0769.86",
        "eyJhbGciOiJIUzI1NiJ9",
        "3.14159265358979",
        "0000123456",
        "",
    ],
)
def test_what_reaches_nobody_or_is_something_else_is_not(text):
    assert in_use(see(text)) == set()
