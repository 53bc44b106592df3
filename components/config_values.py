"""How a configuration value is read from text, one parser a kind. Plain Python.

Each parser takes the raw text that Pulumi gives and returns the value, or raises ValueError with the rule that the
text breaks.
"""

import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Parser = Callable[[str], Any]

_PARAMETER_NAME = re.compile(r"/[A-Za-z0-9_.\-]+(/[A-Za-z0-9_.\-]+)*")


def text(pattern: str, rule: str) -> Parser:
    """Return a parser of text that matches a whole pattern.

    Args:
        pattern: Regular expression for the whole value.
        rule: What the pattern asks, in words, for the error.
    """
    compiled = re.compile(pattern)

    def parse(raw: str) -> str:
        if not compiled.fullmatch(raw):
            raise ValueError(rule)
        return raw

    return parse


def one_of(*choices: str) -> Parser:
    """Return a parser that takes one of some words."""

    def parse(raw: str) -> str:
        if raw not in choices:
            raise ValueError("must be one of " + ", ".join(choices))
        return raw

    return parse


def whole_number(least: int, most: int) -> Parser:
    """Return a parser of a whole number between two bounds, both allowed."""

    def parse(raw: str) -> int:
        if not re.fullmatch(r"\d{1,9}", raw) or not least <= int(raw) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(raw)

    return parse


def refresh_source(raw: str) -> str:
    """Read what staging is made of: production, the latest golden snapshot, or a golden snapshot by its id."""
    if raw not in ("production", "golden") and not re.fullmatch(r"snap-[0-9a-f]{8,17}", raw):
        raise ValueError("must be production, golden, or the id of a golden snapshot")
    return raw


def true_or_false(raw: str) -> bool:
    """Read `true` or `false`."""
    if raw not in ("true", "false"):
        raise ValueError("must be true or false")
    return raw == "true"


def parameter_name(raw: str) -> str:
    """Read the name (not the value) of an SSM parameter."""
    if not _PARAMETER_NAME.fullmatch(raw):
        raise ValueError("must be the name of an SSM parameter, which begins with /")
    return raw


def private_network(raw: str) -> str:
    """Read the address range of a VPC."""
    try:
        network = ipaddress.IPv4Network(raw)
    except ValueError:
        raise ValueError("must be an IPv4 network with no host bits set") from None
    if not network.is_private or not 16 <= network.prefixlen <= 24:
        raise ValueError("must be a private IPv4 network of size /16 to /24")
    return str(network)


def networks(raw: str) -> tuple[str, ...]:
    """Read a list of IPv4 networks; the whole internet is none of them."""
    found = []
    for item in _json(raw, list, "must be a list of IPv4 networks"):
        try:
            network = ipaddress.IPv4Network(str(item))
        except ValueError:
            raise ValueError(f"must be a list of IPv4 networks with no host bits set; {item!r} is none") from None
        if network.prefixlen == 0:
            raise ValueError("must not hold 0.0.0.0/0: staging is for the networks that you name")
        found.append(str(network))
    return tuple(found)


def texts(raw: str) -> tuple[str, ...]:
    """Read a list of non-empty texts."""
    items = _json(raw, list, "must be a list of texts")
    if not all(isinstance(item, str) and item.strip() for item in items):
        raise ValueError("must be a list of texts, none of them empty")
    return tuple(items)


def email_addresses(raw: str) -> tuple[str, ...]:
    """Read a list of e-mail addresses, each given once."""
    return _each_once(raw, r"[^\s@]+@[^\s@]+\.[^\s@]+", "e-mail addresses", "address")


def instance_ids(raw: str) -> tuple[str, ...]:
    """Read a list of EC2 instance ids, each given once."""
    return _each_once(raw, r"i-[0-9a-f]{8,17}", "instance ids", "instance")


def _each_once(raw: str, pattern: str, kind: str, one: str) -> tuple[str, ...]:
    items = texts(raw)
    for item in items:
        if not re.fullmatch(pattern, item):
            raise ValueError(f"must be a list of {kind}; {item!r} is none")
    if len(set(items)) != len(items):
        raise ValueError(f"must name each {one} once")
    return items


def tags(raw: str) -> Mapping[str, str]:
    """Read a map of tags, at least one."""
    found = _json(raw, dict, "must be a map of tag names to values")
    if not found or not all(isinstance(value, str) for value in found.values()):
        raise ValueError("must be a map of tag names to texts, at least one")
    return dict(found)


def minutes_by_step(raw: str) -> Mapping[str, int]:
    """Read a map of step names to minutes."""
    found = _json(raw, dict, "must be a map of step names to minutes")
    parse = whole_number(1, 7 * 24 * 60)
    for step, value in found.items():
        if not re.fullmatch(r"[a-z][a-z_]*", step):
            raise ValueError(f"must be a map of step names to minutes; {step!r} is no step name")
        try:
            parse(str(value))
        except ValueError as error:
            raise ValueError(f"minutes of {step} {error}") from None
    return {step: int(value) for step, value in found.items()}


def _json(raw: str, kind: type, rule: str) -> Any:
    """Read a structured value, which Pulumi hands over as JSON."""
    try:
        value = json.loads(raw)
    except ValueError:
        raise ValueError(rule) from None
    if not isinstance(value, kind):
        raise ValueError(rule)  # noqa: TRY004 (what is wrong is the user's value)
    return value
