"""Addresses of the network: IP, URL and user agent."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from urllib.parse import quote, urlsplit, urlunsplit

from anonymizer.errors import Refused
from anonymizer.masks.draw import Drawing, never_itself_text, remembered
from anonymizer.masks.permutation import Permutations
from anonymizer.masks.shapes import put_signs

# RFC 5737 and RFC 3849: set aside for documentation.
_DOCUMENTATION_4 = tuple(int(ipaddress.IPv4Address(base)) for base in ("192.0.2.0", "198.51.100.0", "203.0.113.0"))
_DOCUMENTATION_6 = int(ipaddress.IPv6Address("2001:db8::"))
_BITS = {4: 32, 6: 128}


def ip(drawing: Drawing, prefix4: int | None, prefix6: int | None) -> Callable[[str], str]:
    """Give an address of the ranges for documentation; with a prefix, one that shares so many bits with the original.

    A prefix makes it a permutation of the addresses that share it: injective, and possibly somebody's.
    """
    permutations = Permutations(drawing)
    prefixes = {4: prefix4, 6: prefix6}

    def kept(value: str, version: int) -> str:
        number, prefix = int(ipaddress.ip_address(value)), prefixes[version] or 0
        free = _BITS[version] - prefix
        head = number >> free
        made = permutations.of(b"ip%d %d" % (version, head), 1 << free)(number & (1 << free) - 1)
        address = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
        return str(address(head << free | made))

    def make(value: str, attempt: int) -> str:
        version = _version(value)
        drawn = drawing.draw(ipaddress.ip_address(value).packed, attempt)
        if version == 4:
            base = _DOCUMENTATION_4[drawn[0] % 3]
            return str(ipaddress.IPv4Address(base + drawn[1]))
        return str(ipaddress.IPv6Address(_DOCUMENTATION_6 | int.from_bytes(drawn[:12], "big")))

    documented = never_itself_text(make)

    def mask(value: str) -> str:
        if not value:
            return value
        version = _version(value)
        return documented(value) if prefixes[version] is None else kept(value, version)

    return mask


def _version(value: str) -> int:
    """Tell the version of an address in its usual form; two forms of one address would become one."""
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        raise Refused from None
    if str(address) != value or "%" in value:
        raise Refused
    return address.version


def url(drawing: Drawing, host: str) -> Callable[[str], str]:
    """Give a URL at a reserved host: scheme and the shape of path and query stay, user, port and fragment go."""

    def make(value: str, attempt: int) -> str:
        try:
            parts = urlsplit(value)
        except ValueError:
            raise Refused from None
        stream = drawing.stream(value.encode("utf-8", "surrogatepass"), len(value) + 16, attempt)
        path = "/".join(_part(piece, stream, at) for at, piece in enumerate(parts.path.split("/")))
        query = "&".join(_pair(piece, stream, at) for at, piece in enumerate(parts.query.split("&")))
        site = drawing.draw(b"site\0" + parts.netloc.rpartition("@")[2].casefold().encode("utf-8", "surrogatepass"))
        where = f"{site[:6].hex()}.{host}" if parts.netloc else ""
        return urlunsplit((parts.scheme, where, path, query, "")) or "/"

    return never_itself_text(make)


def _part(piece: str, stream: bytes, at: int) -> str:
    """Replace the signs of a piece of a path; what stands behind its last dot tells the kind of file, and stays."""
    stem, dot, kind = piece.rpartition(".")
    if not (dot and stem and re.fullmatch(r"[a-z0-9]{1,5}", kind)):
        stem, dot, kind = piece, "", ""
    return _signs(stem, stream, at) + dot + kind


def _pair(piece: str, stream: bytes, at: int) -> str:
    name, equals, value = piece.partition("=")
    return name + equals + _signs(value, stream, at) if equals else _signs(name, stream, at)


def _signs(text: str, stream: bytes, at: int) -> str:
    plain = re.sub(r"%[0-9A-Fa-f]{2}", "x", text)
    start = at * 7 % max(len(stream) - len(plain), 1)
    return quote(put_signs(plain, stream[start:] + stream), safe="-._~!$'()*+,;:@=")


_AGENTS = {
    "mobile": tuple(
        f"Mozilla/5.0 ({device}) {engine}"
        for device, engine in (
            (
                "iPhone; CPU iPhone OS 17_0 like Mac OS X",
                "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile",
            ),
            (
                "iPhone; CPU iPhone OS 18_0 like Mac OS X",
                "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile",
            ),
            ("Linux; Android 10; K", "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"),
            ("Linux; Android 10; K", "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"),
            ("Android 14; Mobile; rv:130.0", "Gecko/130.0 Firefox/130.0"),
        )
    ),
    "desktop": tuple(
        f"Mozilla/5.0 ({device}) {engine}"
        for device in ("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64")
        for engine in (
            "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
            "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
            "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
        )
    ),
    "program": tuple(f"client/{major}.{minor}" for major in range(1, 5) for minor in range(4)),
}


def user_agent(drawing: Drawing) -> Callable[[str], str]:
    """Give a common user agent of the same class: mobile, desktop or program."""

    def make(value: str, attempt: int) -> str:
        browser = value.startswith("Mozilla/")
        mobile = re.search(r"Mobi|Android|iPhone|iPad", value)
        agents = _AGENTS[("mobile" if mobile else "desktop") if browser else "program"]
        return agents[drawing.draw(value.encode("utf-8", "surrogatepass"), attempt)[0] % len(agents)]

    return remembered(never_itself_text(make))
