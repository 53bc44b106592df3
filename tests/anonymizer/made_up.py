"""Made-up values for the labelled paths: each word of the label files draws from one of these."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from importlib import import_module
from random import Random
from typing import Any

from bson import ObjectId
from stdnum import iban as iban_of
from stdnum import luhn
from stdnum.it import codicefiscale

GIVEN = (
    """
    Anna Peter Maria Jean Lucía José Giulia Sofie Piotr Zofia Björn Ingrid John Emily David Fatima Paulo Marek
    Élodie Jan
    """
).split()
FAMILY = (
    """
    Krause Müller Smith Dupont García Rossi Jansen Kowalski Nowak Lindqvist Johnson O'Brien Silva Fernandes Öberg
    Yilmaz
    """
).split()
WIDE_GIVEN = (
    """
    Mehmet Ayşe Zeynep Tuğba Onur Gizem Rajesh Priya Lakshmi Deepika Harpreet Sunil Budi Siti Dewi Joko Bích Tuấn
    Hương Minh
    """
).split()
WIDE_FAMILY = (
    """
    Yildirim Kaya Demir Şahin Aydin Kumar Sharma Iyer Patel Singh Santoso Lestari Wijaya Nguyễn Trần Phạm
    """
).split()
CITIES = (
    """
    Lübeck Nantes Toledo Parma Utrecht Gdańsk Uppsala Coimbra Leeds Boulder Graz Bruges Zaragoza Bergamo Tilburg
    Kalmar
    """
).split()
GOODS = (
    "Garden chair",
    "Espresso cup",
    "Blue lamp",
    "Oak shelf",
    "Wool blanket",
    "Steel kettle",
    "Desk mat",
    "Bike bell",
    "Tea pot",
    "Paper tray",
)
NOTES = (
    "Called {g} {f} back on Monday, she wants the parcel sent to her sister",
    "please write to {e} instead, the old address does not work any more",
    "{g} asked for a refund because the lamp came broken",
    "Wants to be reached at {p} after six in the evening",
    "no answer yet, try again next week and ask for the invoice",
)
NOTES_DE = (
    "Frau {f} bittet um Rückruf unter {p} am Nachmittag",
    "Paket bitte beim Nachbarn abgeben, sagt {g} {f}",
    "schreibt von {e}, dass die Ware beschädigt ankam",
)
PRODUCT_TEXT = (
    "Solid oak with a matt finish, easy to clean and made to last for many years.",
    "A soft blanket of pure wool that keeps warm on long winter evenings.",
    "Fits every desk: the mat is washable and comes in three colours.",
)
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5",
)
NOW = datetime(2026, 5, 4, 12, tzinfo=timezone.utc)
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def digits(rng: Random, count: int) -> str:
    return str(rng.randrange(10 ** (count - 1), 10**count))


def hexes(rng: Random, count: int) -> str:
    return f"{rng.getrandbits(4 * count):0{count}x}"


def fold(text: str) -> str:
    return text.lower().translate(str.maketrans("üöäéíóçńłiåèñ'", "uoaeiocnliaen."))


def email(rng: Random) -> str:
    host = rng.choice(("post.example", "mailbox.example", "firma.example"))
    return f"{fold(rng.choice(GIVEN))}.{fold(rng.choice(FAMILY))}{rng.randint(1, 999)}@{host}"


def full(rng: Random) -> str:
    return f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}"


def phone(rng: Random) -> str:
    return rng.choice(
        (
            f"+49 30 {digits(rng, 7)}",
            f"+44 20 7946 {digits(rng, 4)}",
            f"+33 6 {digits(rng, 2)} {digits(rng, 2)} {digits(rng, 2)} {digits(rng, 2)}",
        )
    )


def note(rng: Random, texts: tuple[str, ...] = NOTES) -> str:
    return rng.choice(texts).format(g=rng.choice(GIVEN), f=rng.choice(FAMILY), e=email(rng), p=phone(rng))


def birth(rng: Random) -> datetime:
    return datetime(1940, 1, 1, tzinfo=timezone.utc) + timedelta(days=rng.randint(0, 24000))


def recent(rng: Random) -> datetime:
    return NOW - timedelta(seconds=rng.randint(0, 3 * 365 * 86400))


def checked(rng: Random, pattern: Callable[[Random], str], valid: Callable[[str], bool]) -> str:
    """Draw until a check digit fits: at most some hundred times."""
    while not valid(value := pattern(rng)):
        pass
    return value


def iban(rng: Random) -> str:
    bban = digits(rng, 18)
    return f"DE{iban_of.calc_check_digits('DE00' + bban)}{bban}"


def card(rng: Random) -> str:
    body = "4" + digits(rng, 14)
    return body + luhn.calc_check_digit(body)


def imei(rng: Random) -> str:
    body = "35" + digits(rng, 12)
    return body + luhn.calc_check_digit(body)


def dni(rng: Random) -> str:
    number = rng.randint(10_000_000, 99_999_999)
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def by(module: str, pattern: Callable[[Random], str]) -> Callable[[Random], str]:
    """Draw numbers that a module of python-stdnum finds valid."""

    def draw(rng: Random) -> str:
        return checked(rng, pattern, import_module(f"stdnum.{module}").is_valid)

    return draw


def ymd(rng: Random) -> str:
    return f"{birth(rng):%y%m%d}"


def codice(rng: Random) -> str:
    body = "".join(rng.choice(_LETTERS) for _ in range(6)) + f"{birth(rng):%y}" + rng.choice("ABCDEHLMPRST")
    body += f"{rng.randint(1, 28):02d}" + rng.choice(_LETTERS) + digits(rng, 3)
    return body + codicefiscale.calc_check_digit(body)


def nir(rng: Random) -> str:
    body = f"{rng.choice('12')}{birth(rng):%y%m}{rng.randint(1, 89):02d}{digits(rng, 3)}{digits(rng, 3)}"
    return f"{body}{97 - int(body) % 97:02d}"


def street(*ways: str, before: bool = False) -> Callable[[Random], str]:
    def draw(rng: Random) -> str:
        way, number, family = rng.choice(ways), rng.randint(1, 180), rng.choice(FAMILY)
        return f"{number} {family} {way}" if before else f"{way} {family} {number}"

    return draw


def encoded(rng: Random, size: int) -> str:
    return base64.urlsafe_b64encode(rng.randbytes(size)).decode().rstrip("=")


def plate(rng: Random) -> str:
    return f"{rng.choice(_LETTERS)}{rng.choice(_LETTERS)}-{rng.choice(_LETTERS)}{rng.choice(_LETTERS)} {digits(rng, 3)}"


def ip4(rng: Random) -> str:
    return ".".join(str(rng.randint(1, 250)) for _ in range(4))


DRAW: dict[str, Callable[[Random], Any]] = {
    "oid": lambda r: ObjectId(r.randbytes(12)),
    "uuid": lambda r: str(uuid.UUID(bytes=r.randbytes(16), version=4)),
    "given": lambda r: r.choice(GIVEN),
    "family": lambda r: r.choice(FAMILY),
    "full": full,
    "full_upper": lambda r: full(r).upper(),
    "email": email,
    "phone_intl": phone,
    "phone_us": lambda r: f"({r.randint(201, 989)}) {r.randint(201, 989)}-{digits(r, 4)}",
    "phone_de": lambda r: f"0{r.choice(('30', '171', '89', '151'))}/{digits(r, 7)}",
    "phone_fr": lambda r: "0" + " ".join([str(r.randint(1, 7)), *(f"{r.randint(10, 99)}" for _ in range(4))]),
    "phone_es": lambda r: f"6{digits(r, 2)} {digits(r, 3)} {digits(r, 3)}",
    "phone_pt": lambda r: f"91{digits(r, 7)}",
    "phone_it": lambda r: f"34{digits(r, 1)} {digits(r, 7)}",
    "phone_nl": lambda r: f"06-{digits(r, 8)}",
    "phone_pl": lambda r: f"{r.randint(500, 799)} {digits(r, 3)} {digits(r, 3)}",
    "phone_se": lambda r: f"070-{digits(r, 3)} {digits(r, 2)} {digits(r, 2)}",
    "date_birth": birth,
    "date_birth_midnight": birth,
    "iso_birth": lambda r: f"{birth(r):%Y-%m-%d}",
    "date_recent": recent,
    "iso_recent": lambda r: f"{recent(r):%Y-%m-%d}",
    "street_en": street("Main Street", "Oak Avenue", "Hill Road", before=True),
    "street_de": street("Lange Straße", "Hauptstr.", "Am Markt"),
    "street_fr": street("rue de la Paix", "avenue des Tilleuls", before=True),
    "street_es": street("Calle Mayor", "Avenida"),
    "street_it": street("Via Roma", "Piazza"),
    "street_nl": street("Dorpsstraat", "Kerkweg"),
    "street_pl": street("ul. Polna", "al. Lipowa"),
    "street_sv": street("Storgatan", "Skolvägen"),
    "address_en": lambda r: f"{r.randint(1, 999)} Oak Avenue, {r.choice(CITIES)} {digits(r, 5)}",
    "unit": lambda r: f"Apt {r.randint(1, 90)}",
    "city": lambda r: r.choice(CITIES),
    "zip_us": lambda r: digits(r, 5),
    "plz": lambda r: digits(r, 5),
    "zip_br": lambda r: f"{digits(r, 5)}-{digits(r, 3)}",
    "postcode_nl": lambda r: f"{digits(r, 4)} {r.choice(_LETTERS)}{r.choice(_LETTERS)}",
    "postcode_pl": lambda r: f"{digits(r, 2)}-{digits(r, 3)}",
    "postcode_uk": lambda r: (
        f"{r.choice('LMSB')}{r.choice('ESN')}{r.randint(1, 20)} {r.randint(1, 9)}{r.choice('ABD')}{r.choice('XYZ')}"
    ),
    "given_wide": lambda r: r.choice(WIDE_GIVEN),
    "family_wide": lambda r: r.choice(WIDE_FAMILY),
    "full_wide": lambda r: f"{r.choice(WIDE_GIVEN)} {r.choice(WIDE_FAMILY)}",
    "phone_tr": lambda r: f"05{digits(r, 2)} {digits(r, 3)} {digits(r, 2)} {digits(r, 2)}",
    "phone_id": lambda r: f"0812-{digits(r, 4)}-{digits(r, 4)}",
    "phone_vi": lambda r: f"09{digits(r, 8)}",
    "street_tr": street("Atatürk Cad. No:", "Gül Sokak"),
    "street_id": street("Jl. Merdeka No.", "Gang Mawar"),
    "street_vi": lambda r: f"{r.randint(1, 300)} Lê Lợi, phường {r.randint(1, 20)}",
    "street_da": street("Nørregade", "Skovvej"),
    "digits11": lambda r: digits(r, 11),
    "digits12": lambda r: digits(r, 12),
    "digits6": lambda r: digits(r, 6),
    "digits13": lambda r: digits(r, 13),
    "digits20": lambda r: digits(r, 20),
    "masked_card": lambda r: f"**** **** **** {digits(r, 4)}",
    "latlng": lambda r: f"{r.uniform(36, 60):.5f},{r.uniform(-9, 24):.5f}",
    "icd": lambda r: f"{r.choice('EFIJM')}{r.randint(10, 99)}.{r.randint(0, 9)}",
    "digits15": lambda r: digits(r, 15),
    "digits16": lambda r: digits(r, 16),
    "hex8": lambda r: hexes(r, 8),
    "wallet": lambda r: "0x" + hexes(r, 40),
    "company": lambda r: f"{r.choice(FAMILY)} {r.choice(('GmbH', 'Ltd', 'SARL', '& Sons', 'Consulting'))}",
    "note": note,
    "note_de": lambda r: note(r, NOTES_DE),
    "bio": lambda r: (
        f"{r.choice(GIVEN)} lives in {r.choice(CITIES)} and likes {r.choice(('tea', 'chess', 'long walks'))}."
    ),
    "email_in_text": lambda r: f"forwarded to {email(r)} by the desk on request",
    "mixed_contact": lambda r: email(r) if r.random() < 0.6 else phone(r),
    "profile_url": lambda r: (
        f"https://www.linkedin.com/in/{fold(r.choice(GIVEN))}-{fold(r.choice(FAMILY))}-{r.randint(1, 99)}"
    ),
    "avatar_url": lambda r: f"https://cdn.example.net/avatars/{hexes(r, 24)}.png",
    "url": lambda r: f"https://{fold(r.choice(FAMILY))}.example.org/",
    "cdn_url": lambda r: f"https://cdn.example.net/img/{hexes(r, 8)}.jpg",
    "handle": lambda r: f"@{fold(r.choice(GIVEN))}_{r.randint(1, 99)}",
    "username": lambda r: f"{fold(r.choice(GIVEN))[0]}{fold(r.choice(FAMILY))}{r.randint(1, 99)}",
    "bcrypt": lambda r: f"$2b$12${encoded(r, 39)[:53]}",
    "hex32": lambda r: hexes(r, 32),
    "hex24": lambda r: hexes(r, 24),
    "hex40": lambda r: hexes(r, 40),
    "sshkey": lambda r: f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{encoded(r, 32)}",
    "initials": lambda r: f"{r.choice(_LETTERS)}.{r.choice(_LETTERS)}.",
    "base32": lambda r: "".join(r.choice(_LETTERS) for _ in range(32)),
    "jwt": lambda r: f"eyJhbGciOiJIUzI1NiJ9.eyJ{encoded(r, 30)}.{encoded(r, 32)}",
    "ip4": ip4,
    "ip6": lambda r: f"2001:db8:{hexes(r, 4)}:{hexes(r, 4)}::{hexes(r, 4)}",
    "mac": lambda r: ":".join(hexes(r, 2) for _ in range(6)),
    "user_agent": lambda r: r.choice(AGENTS),
    "imei": imei,
    "lat": lambda r: round(r.uniform(36, 60), 5),
    "lon": lambda r: round(r.uniform(-9, 24), 5),
    "version": lambda r: f"{r.randint(1, 9)}.{r.randint(0, 20)}.{r.randint(0, 9)}",
    "slug": lambda r: r.choice(GOODS).lower().replace(" ", "-"),
    "code8": lambda r: hexes(r, 8).upper(),
    "product": lambda r: r.choice(GOODS),
    "product_text": lambda r: r.choice(PRODUCT_TEXT),
    "file_name": lambda r: f"{r.choice(('report', 'invoice', 'scan'))}-{r.randint(1, 999)}.pdf",
    "host": lambda r: f"node-{r.randint(1, 40)}.internal",
    "domain": lambda r: f"{r.choice(('shop', 'blog', 'docs'))}{r.randint(1, 30)}.example.com",
    "hex_address": lambda r: f"0x{hexes(r, 12)}",
    "sku": lambda r: f"{r.choice(('CH', 'LA', 'TE'))}-{r.randint(1000, 9999)}",
    "ean": by("ean", lambda r: digits(r, 13)),
    "isbn": by("isbn", lambda r: "978" + digits(r, 10)),
    "digits10": lambda r: digits(r, 10),
    "digits8": lambda r: digits(r, 8),
    "digits4": lambda r: digits(r, 4),
    "digits3": lambda r: digits(r, 3),
    "long_id": lambda r: r.randint(10**9, 10**10),
    "ssn": by("us.ssn", lambda r: f"{r.randint(100, 665)}-{r.randint(10, 99)}-{digits(r, 4)}"),
    "idnr_de": by("de.idnr", lambda r: digits(r, 11)),
    "nir_fr": nir,
    "dni_es": dni,
    "cpf_br": by("br.cpf", lambda r: digits(r, 11)),
    "cf_it": codice,
    "bsn_nl": by("nl.bsn", lambda r: digits(r, 9)),
    "pesel_pl": by("pl.pesel", lambda r: ymd(r) + digits(r, 5)),
    "pnr_se": by("se.personnummer", lambda r: f"{ymd(r)}-{digits(r, 4)}"),
    "vat_de": lambda r: f"DE{digits(r, 9)}",
    "passport": lambda r: f"{r.choice('CFGHJK')}{digits(r, 8)}",
    "iban": iban,
    "card": card,
    "bic": lambda r: f"{''.join(r.choice(_LETTERS) for _ in range(4))}DEFF{r.choice(('', 'XXX'))}",
    "sort_code": lambda r: f"{digits(r, 2)}-{digits(r, 2)}-{digits(r, 2)}",
    "plate": plate,
    "vin": lambda r: "WVW" + "".join(r.choice(_LETTERS + "0123456789") for _ in range(14)),
    "binary": lambda r: r.randbytes(40),
    "bool": lambda r: r.random() < 0.5,
}


def draw(word: str, rng: Random) -> Any:
    """Draw a value as a label file says: `given`, `enum:a|b`, `int:0:9`, `float:0:1`."""
    kind, _, rest = word.partition(":")
    if kind == "enum":
        return rng.choice(rest.split("|"))
    if kind in ("int", "float"):
        low, high = map(int, rest.split(":"))
        return rng.randint(low, high) if kind == "int" else round(rng.uniform(low, high), 2)
    return DRAW[kind](rng)
