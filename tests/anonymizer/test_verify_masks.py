"""What the masks make of made-up people gives the verifier nothing to find; what was left unmasked does."""

from __future__ import annotations

from random import Random

import bson
import pytest
from bson import Decimal128, Int64

from anonymizer.bsontypes import DECODE
from anonymizer.keys import Keyring
from anonymizer.masks.parameters import KINDS
from anonymizer.treatment.program import Program
from anonymizer.verification import expected
from anonymizer.verification.digests import Collector, DigestSet, merge
from anonymizer.verification.expected import Own
from anonymizer.verification.gathering import Gatherer
from tests.anonymizer.judging import DIGESTER, Judging
from tests.anonymizer.made_up import DRAW

DOCUMENTS = 40
WORDS = {
    "name": ["full", "given", "full_upper"],
    "first_name": ["given"],
    "last_name": ["family"],
    "full_name": ["full"],
    "username": ["username"],
    "email": ["email"],
    "phone": ["phone_intl", "phone_us", "phone_de", "phone_fr", "phone_it", "phone_se"],
    "company": ["company"],
    "birth_date": ["date_birth", "iso_birth"],
    "street": ["street_en", "street_de", "street_fr", "street_nl"],
    "city": ["city"],
    "postcode": ["plz", "zip_br", "postcode_nl", "postcode_uk"],
    "coordinates": ["lat", "lon"],
    "date_shift": ["date_recent", "iso_recent"],
    "date_round": ["date_recent", "iso_recent"],
    "text": ["note", "bio"],
    "redact": ["email_in_text", "product_text"],
    "file_name": ["file_name"],
    "binary": ["binary"],
    "card": ["card"],
    "iban": ["iban"],
    "noise": ["lat", "long_id"],
    "bucket": ["lat", "digits"],
    "rank": ["lat", "digits"],
    "token": ["hex32", "code8", "uuid", "oid", "long_id", "digits10", "sku"],
    "uuid": ["uuid"],
    "objectid": ["oid", "hex24"],
    "licence_plate": ["plate"],
    "national_id": ["pesel_pl"],
    "tax_id": ["vat_de"],
    "ip": ["ip4", "ip6"],
    "mac": ["mac"],
    "url": ["profile_url", "avatar_url", "cdn_url"],
    "user_agent": ["user_agent"],
    "password_hash": ["bcrypt", "hex40"],
}
MORE = [
    ("token", {"injective": True}),
    ("phone", {"injective": True}),
    ("phone", {"injective": True, "deliverable": True}),
    ("card", {"keep_bin": True, "injective": True}),
    ("iban", {"keep_bank": True}),
    ("ip", {"prefix4": 8, "prefix6": 64}),
    ("licence_plate", {"injective": True}),
    ("coordinates", {"shift_km": 20}),
    ("postcode", {"keep": 3}),
    ("objectid", {"keep_time": True}),
    ("email", {"hosts": "kept", "deliverable": True}),
    ("email", {"hosts": "mapped"}),
    ("birth_date", {"band": 10}),
    ("date_round", {"to": "week"}),
]
CASES = [(name, dict(kind.given)) for name, kind in KINDS.items()] + MORE


def drawn(word, rng):
    if word == "digits":
        return rng.choice(
            [rng.randrange(-(10**5), 10**5), Int64(rng.randrange(10**12)), Decimal128(f"{rng.random():.4f}")]
        )
    return DRAW[word](rng)


def documents(name):
    rng = Random(5)  # noqa: S311 (the same people each time)
    words = WORDS.get(name)
    for n in range(DOCUMENTS):
        value = drawn(rng.choice(words), rng) if words else KINDS[name].example
        yield bson.decode(bson.encode({"_id": n, "v": value}), DECODE)


def judged(name, parameters, folder, masked):
    judging = Judging({"_id": "keep", "v": {"mask": name, **parameters}}, folder)
    program = Program(judging.rule, Keyring(b"\5" * 32))
    collector = Collector(folder, DIGESTER)
    gatherer = Gatherer(judging.rule, (), collector, judging.recorder, 40)
    pairs = []
    for source in documents(name):
        gatherer.take(source)
        made = program.treat(bson.encode(source))
        if program.unlisted.counts:  # what a mask refuses stops a run: there is no copy to verify
            program.unlisted.counts.clear()
            continue
        raw = made[0] if isinstance(made[0], bytes) else getattr(made[0], "raw", None) or bson.encode(made[0])
        pairs.append((source, bson.decode(raw, DECODE) if masked else source))
    collector.flush()
    merge(folder, folder / "gathered")
    judging.lookout.originals = DigestSet(folder / "gathered", DIGESTER)
    for source, copy in pairs:
        judging.compare(source, copy)
    judging.join()
    assert pairs, "some of the values are such as the mask takes"
    return judging


@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_a_masked_value_gives_nothing_to_find(name, parameters, tmp_path):
    found = judged(name, parameters, tmp_path, masked=True).found()
    allowed = {"detector_" + kind for kind in expected.ALL_DETECTORS} if name == "keep" else set()
    assert {kind for kind, _ in found} <= allowed


@pytest.mark.parametrize(("name", "parameters"), [case for case in CASES if case[0] not in ("keep", "redact", "json")])
def test_a_value_that_was_not_masked_is_found(name, parameters, tmp_path):
    judging = judged(name, parameters, tmp_path, masked=False)
    rule = judging.rule.fields["v"]
    few = expected.own(rule) is Own.BY_CHANCE and name not in WORDS
    assert judging.found() or few, "a single value may be a fixed point of its permutation"
