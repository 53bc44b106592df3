"""For each mask, with each of its parameters that change what it does: values that it takes, and what must stay."""

from __future__ import annotations

# ruff: noqa: DTZ001, E501 (dates in BSON decode to naive UTC; a line a case reads as a table)
import base64
import ipaddress
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import stdnum.iban
from bson import Binary, Decimal128, Int64, ObjectId
from hypothesis import strategies as st

from anonymizer.keys import Keyring
from anonymizer.masks.build import build
from anonymizer.masks.checks import is_reserved_host
from anonymizer.masks.kinds_people import LOCALES
from anonymizer.masks.official_kinds import FICTITIOUS, NATIONAL, TAX
from anonymizer.rules import model, reader


@dataclass
class MaskCase:
    """A mask with parameters.

    Attributes:
        mask: Its name.
        given: Parameters, as rules have them.
        values: What it takes.
        kept: Tells whether the pseudonym has what must stay of the value.
        sparse: Whether it may refuse some of the values.
    """

    mask: str
    values: st.SearchStrategy[Any]
    given: dict[str, Any] = field(default_factory=dict)
    kept: Callable[[Any, Any], bool] = lambda value, made: True
    sparse: bool = False

    @cached_property
    def rule(self):
        """The field's rule."""
        fields = {"x": {"mask": self.mask, **self.given}}
        if self.mask == "redact":
            fields |= {"who": "name", "mail": "email"}
        raw = {"version": 1, "databases": {"d": {"c": {"mode": "mask", "fields": fields}}}}
        return reader.parse(raw).collections["d.c"].fields["x"]

    def __str__(self):
        given = ",".join(f"{key}={value}" for key, value in self.given.items())
        return f"{self.mask}({given})"[:60]


def text_of(pattern):
    return st.from_regex(pattern, fullmatch=True)


def shape(text):
    """Digits as 0, letters of ASCII as a and A."""
    return re.sub(r"[A-Z]", "A", re.sub(r"[a-z]", "a", re.sub(r"[0-9]", "0", text)))


def same_shape(value, made):
    return shape(str(value)) == shape(str(made))


def as_long(value, made):
    return len(value) == len(made)


words = text_of(r"[A-Z][a-z]{2,9}( [A-Z][a-z]{2,9}){0,2}")
free_text = st.text(min_size=1, max_size=60)
emails = text_of(r"[a-z]{1,10}[._]?[a-z]{1,8}@[a-z]{3,9}\.(com|de)")
phones = text_of(r"\+(1|49|44|351|81)[ -]?[1-9][0-9]{2}[ -]?[0-9]{3,4}[ -]?[0-9]{3,4}")
hexes = st.binary(min_size=4, max_size=20).map(bytes.hex)
moments = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda one: one.replace(microsecond=0))
int32, int64 = st.integers(-(2**31), 2**31 - 1), st.integers(-(2**63), 2**63 - 1).map(Int64)
doubles = st.floats(-1e12, 1e12, allow_nan=False).filter(lambda one: one == 0 or abs(one) > 1e-9)
decimals = st.decimals(-(10**12), 10**12, places=2).map(lambda one: Decimal128(str(one)))
object_ids = st.binary(min_size=12, max_size=12).map(ObjectId)
macs = st.binary(min_size=6, max_size=6).map(lambda raw: ":".join(f"{byte:02x}" for byte in raw))
ip4 = st.integers(0, 2**32 - 1).map(lambda one: str(ipaddress.IPv4Address(one)))
ip6 = st.integers(0, 2**128 - 1).map(lambda one: str(ipaddress.IPv6Address(one)))


def luhn(body):
    doubled = [sum(divmod(2 * int(d), 10)) if place % 2 == 0 else int(d) for place, d in enumerate(reversed(body))]
    return str(-sum(doubled) % 10)


def passes_luhn(text):
    digits = re.sub(r"\D", "", text)
    return luhn(digits[:-1]) == digits[-1]


cards = text_of(r"[3-6][0-9]{14}").map(lambda body: body + luhn(body))
grouped_cards = cards.map(lambda one: " ".join(one[at : at + 4] for at in range(0, 16, 4)))
ibans = st.tuples(
    st.sampled_from(["DE" + "#" * 18, "NL@@@@" + "#" * 10, "FR" + "#" * 23, "CH" + "#" * 17]),
    st.text("0123456789", min_size=30, max_size=30),
).map(lambda pair: iban_of(*pair))


def iban_of(form, digits):
    body = "".join(
        "ABNA"[at % 4] if sign == "@" else digits[at] if sign == "#" else sign for at, sign in enumerate(form)
    )
    body = body[:2] + "00" + body[2:]
    return stdnum.iban.format(body[:2] + stdnum.iban.calc_check_digits(body) + body[4:])


EXAMPLES = {
    "at_vnr": "1237 010180", "be_nn": "85.07.30-033 28", "bg_egn": "752316 926 3", "br_cpf": "390.533.447-05",
    "ca_sin": "123-456-782", "ch_ssn": "756.9217.0769.85", "cl_rut": "76086428-5", "cn_ric": "360426199101010071",
    "cz_rc": "710319/2745", "dk_cpr": "211062-5629", "ee_ik": "36805280109", "es_dni": "54362315-K",
    "es_nie": "x-2482300w", "fi_hetu": "131052-308T", "fr_nir": "2 95 10 99 126 111 93", "gb_nhs": "943-476-5870",
    "hr_oib": "HR 33392005961", "il_idnr": "039337423", "in_aadhaar": "234123412346",
    "it_codicefiscale": "RCCMNL83S18D969H", "kr_rrn": "971013-9019902", "lt_asmens": "33309240064",
    "mx_curp": "BOXW310820HNERXN09", "nl_bsn": "1112.22.333", "no_fodselsnummer": "151086 95088",
    "pl_pesel": "44051401359", "pt_cc": "00000000 0 ZZ4", "ro_cnp": "1630615123457", "se_personnummer": "880320-0016",
    "tr_tckimlik": "17291716060", "us_ssn": "536-90-4399", "za_idnr": "7503305044089",
    "at_uid": "AT U13585627", "au_abn": "83 914 571 673", "au_tfn": "123 456 782", "be_vat": "BE0403019261",
    "br_cnpj": "16.727.230/0001-97", "ch_uid": "CHE-100.155.212", "de_idnr": "36 574 261 809",
    "de_vat": "DE 136,695 976", "dk_cvr": "DK 13585628", "es_cif": "J99216582", "fi_ytunnus": "2077474-0",
    "fr_siren": "552 008 443", "fr_siret": "73282932000074", "fr_tva": "Fr 40 303 265 045", "gb_vat": "GB 980 7806 84",
    "in_pan": "ACUPA7085R", "it_iva": "IT 00743110157", "jp_cn": "5-8356-7825-6246", "nl_btw": "004495445B01",
    "no_orgnr": "988 077 917", "pl_nip": "PL 8567346215", "pt_nif": "PT 501 964 843", "ru_inn": "123456789047",
    "se_orgnr": "1234567897", "us_ein": "91-1144442",
}  # fmt: skip


def numbers_of(kind):
    """Valid numbers of a kind: the example, and what the mask makes of it under other keys."""
    mask = "national_id" if kind in NATIONAL else "tax_id"
    rule = model.FieldRule(mask, mask, (("kind", kind),))
    if kind in FICTITIOUS:
        return st.just(EXAMPLES[kind]) | text_of(r"[1-5][0-9][1-9]-[1-9][0-9]-[0-9]{3}[1-9]")

    def another(seed):
        return build(rule, Keyring(seed))[str](EXAMPLES[kind])

    return st.just(EXAMPLES[kind]) | st.binary(min_size=32, max_size=32).map(another)


def valid(kind):
    module = __import__(f"stdnum.{(NATIONAL | TAX)[kind][0]}", fromlist=["is_valid"])
    return lambda value, made: len(made) == len(value) and (kind in FICTITIOUS or module.is_valid(made))


OFFICIAL = [
    MaskCase("national_id" if kind in NATIONAL else "tax_id", numbers_of(kind), {"kind": kind}, valid(kind))
    for kind in (*NATIONAL, *TAX)
]


def jwt_of(claims):
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "c2lnbmF0dXJlc2lnbmF0dXJl"])


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def tags(html):
    return re.findall(r"</?[a-z]+", html)


jwts = st.fixed_dictionaries({"sub": words, "exp": st.integers(10**9, 2 * 10**9), "n": st.integers(0, 10**6)}).map(
    jwt_of
)
hashes = st.one_of(
    text_of(r"\$2b\$12\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]"),
    text_of(r"\$argon2id\$v=19\$m=65536,t=3,p=4\$[A-Za-z0-9+/]{21}[AQgw]\$[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]"),
    text_of(r"scrypt:32768:8:1\$[A-Za-z0-9]{16}\$[0-9a-f]{128}"),
    text_of(r"pbkdf2_sha256\$600000\$[A-Za-z0-9]{22}\$[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="),
    text_of(r"[0-9a-f]{64}"),
)
ENUM = ["bronze", "silver", "gold", "platinum"]
CASES = [
    MaskCase("name", words | free_text),
    *(MaskCase("first_name", words, {"locale": locale}) for locale in LOCALES),
    *(MaskCase("last_name", words, {"locale": locale}) for locale in LOCALES),
    MaskCase("full_name", words | free_text, {"locale": "de"}, lambda value, made: made.count(" ") >= 1),
    MaskCase("full_name", text_of(r"[\u4e00-\u4e50]{2,3}"), {"locale": "zh"}, lambda value, made: " " not in made),
    MaskCase("username", free_text, {}, lambda value, made: len(made) <= 32),
    MaskCase("username", free_text, {"max_length": 17}, lambda value, made: len(made) <= 17),
    MaskCase("email", emails, {}, lambda value, made: made.endswith("@example.com")),
    MaskCase("email", emails, {"hosts": "mapped"}, lambda value, made: is_reserved_host(made.partition("@")[2])),
    MaskCase(
        "email", emails, {"hosts": "kept", "deliverable": True},
        lambda value, made: made.partition("@")[2] == value.partition("@")[2],
    ),
    MaskCase("phone", phones | free_text),
    MaskCase("phone", phones, {"injective": True}, lambda value, made: len(made) == len(value) + 3),
    MaskCase("phone", phones, {"injective": True, "deliverable": True}, same_shape),
    MaskCase("company", words.map(lambda one: f"{one} GmbH"), {}, lambda value, made: made.endswith(" GmbH")),
    MaskCase(
        "birth_date", st.dates().map(str) | moments, {"band": 10},
        lambda value, made: int(str(value)[:4]) // 10 == int(str(made)[:4]) // 10,
    ),
    MaskCase("birth_date", st.integers(1900, 2030), {}, lambda value, made: value // 5 == made // 5),
    MaskCase("street", words | free_text),
    MaskCase("city", words | free_text),
    MaskCase("postcode", text_of(r"[0-9]{5}|[A-Z]{1,2}[0-9]{1,2} [0-9][A-Z]{2}") | st.integers(0, 99999), {}, same_shape),
    MaskCase("coordinates", doubles.filter(lambda one: abs(one) <= 180), {"decimals": 2},
             lambda value, made: abs(value - made) <= 0.005001),
    MaskCase("coordinates", st.floats(-180, 180), {"shift_km": 5}, lambda value, made: abs(value - made) <= 0.05),
    MaskCase("date_shift", moments | st.dates().map(str)),
    MaskCase("date_round", moments | st.dates().map(str), {"to": "month"},
             lambda value, made: str(made)[:7] == str(value)[:7] and str(made)[8:10] == "01"),
    MaskCase("date_round", moments, {"to": "week"}, lambda value, made: made.weekday() == 0 or made.toordinal() == 1),
    MaskCase("card", grouped_cards, {}, lambda value, made: same_shape(value, made) and passes_luhn(made)),
    MaskCase("card", grouped_cards, {"keep_bin": True, "injective": True},
             lambda value, made: made[:7] == value[:7] and passes_luhn(made)),
    MaskCase("card", grouped_cards | cards.map(int).map(Int64), {"keep_bin": True},
             lambda value, made: str(made)[:4] == str(value)[:4] and passes_luhn(str(made))),
    MaskCase("iban", ibans, {}, lambda value, made: stdnum.iban.is_valid(made) and made[:2] == value[:2]),
    MaskCase("iban", ibans, {"keep_bank": True}, lambda value, made: stdnum.iban.is_valid(made)),
    MaskCase("iban", ibans, {"keep_bank": True, "injective": True}, lambda value, made: stdnum.iban.is_valid(made)),
    MaskCase("noise", int32 | doubles | decimals | st.integers(-(2**62), 2**62).map(Int64), {"percent": 10},
             lambda value, made: abs(number(made) - number(value)) <= abs(number(value)) * 0.1001 + 1.001),
    MaskCase("bucket", int32.filter(lambda one: one > -(2**31) + 100) | doubles | decimals, {"size": 100},
             lambda value, made: -0.01 <= number(value) - number(made) < 100.01),
    MaskCase("rank", st.integers(-(10**8), 10**8) | st.integers(-(10**17), 10**17).map(Int64), {"stretch": 3}),
    MaskCase("rank", doubles | decimals),
    MaskCase("token", free_text | int32 | int64 | object_ids | st.uuids().map(str)),
    MaskCase("token", text_of(r"[a-zA-Z0-9-]{1,8}|[0-9a-f]{8}") | hexes | st.uuids().map(str), {"injective": True}, as_long),
    MaskCase("token", int32 | int64, {"injective": True}, lambda value, made: len(str(made)) == len(str(value))),
    MaskCase("token", object_ids | st.binary(min_size=1, max_size=16), {"injective": True}),
    MaskCase("token", st.text(min_size=1, max_size=20), {"injective": True}, as_long, sparse=True),
    MaskCase("uuid", st.uuids() .map(str), {}, lambda value, made: uuid.UUID(made).version == uuid.UUID(value).version),
    MaskCase("uuid", st.uuids().map(Binary.from_uuid), {}, lambda value, made: made.subtype == 4),
    MaskCase("objectid", object_ids | object_ids.map(str)),
    MaskCase("objectid", object_ids, {"keep_time": True},
             lambda value, made: made.generation_time == value.generation_time),
    MaskCase("licence_plate", text_of(r"[A-Z]{1,3}-[A-Z]{1,2} [1-9][0-9]{0,3}"), {}, same_shape),
    MaskCase("licence_plate", text_of(r"[A-Z]{1,3}-[A-Z]{1,2} [1-9][0-9]{0,3}"), {"injective": True}, same_shape),
    *OFFICIAL,
    MaskCase("national_id", numbers_of("nl_bsn"), {"kind": "nl_bsn", "injective": True}, valid("nl_bsn")),
    MaskCase("national_id", numbers_of("pl_pesel"), {"kind": "pl_pesel", "injective": True}, valid("pl_pesel")),
    MaskCase("tax_id", numbers_of("de_idnr"), {"kind": "de_idnr", "injective": True}, valid("de_idnr")),
    MaskCase("enum", st.sampled_from(ENUM), {"values": ENUM}, lambda value, made: made in ENUM),
    MaskCase("ip", ip4 | ip6, {}, lambda value, made: ipaddress.ip_address(made).version == (6 if ":" in value else 4)),
    MaskCase("ip", ip4 | ip6, {"prefix4": 16, "prefix6": 48},
             lambda value, made: ":" in value or made.split(".")[:2] == value.split(".")[:2]),
    MaskCase("mac", macs, {}, lambda value, made: re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", made) is not None),
    MaskCase("url", text_of(r"https://[a-z]{3,8}\.de/[a-z]{1,8}/[0-9]{1,6}(\?q=[a-z]{1,8})?"), {},
             lambda value, made: made.startswith("https://") and ".example.com/" in made),
    MaskCase("user_agent", text_of(r"Mozilla/5\.0 \((X11|iPhone)\) [a-z]{1,9}")),
    MaskCase("password_hash", hashes, {}, lambda value, made: (len(made) == len(value) and made[:3] == value[:3]) or "$" not in value),
    MaskCase("jwt", jwts, {}, lambda value, made: claims_of(made)["exp"] == claims_of(value)["exp"]),
    MaskCase("text", free_text, {}, as_long),
    MaskCase("redact", free_text | words | emails),
    MaskCase("html", text_of(r"<p>[a-z ]{1,30}[a-z]<b>[A-Z][a-z]{3,9}</b></p>"), {},
             lambda value, made: tags(value) == tags(made)),
    MaskCase("json", words.map(lambda one: json.dumps({"who": one, "n": 3})), {"fields": {"who": "name", "n": "keep"}},
             lambda value, made: json.loads(made)["n"] == 3 and json.loads(made)["who"] != json.loads(value)["who"]),
    MaskCase("file_name", text_of(r"([a-z]{1,8}/)?[A-Za-z0-9_-]{1,20}\.(pdf|jpeg|docx)"), {},
             lambda value, made: as_long(value, made) and made.rpartition(".")[2] == value.rpartition(".")[2]),
    MaskCase("binary", st.binary(min_size=1, max_size=80).map(lambda one: b"\x89PNG\r\n\x1a\n" + one) | st.binary(min_size=1), {}, as_long),
    MaskCase("constant", free_text, {"value": "x"}),
    MaskCase("null", free_text | int32),
    MaskCase("drop", free_text | int32),
    MaskCase("keep", free_text | int32, {}, lambda value, made: value == made),
]  # fmt: skip


def number(value):
    return float(value.to_decimal()) if isinstance(value, Decimal128) else float(value)
