"""E-mail addresses whose domain is kept or mapped instead of replaced by one host for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from anonymizer.masks.draw import Drawing, never_itself_text
from anonymizer.masks.people import email
from anonymizer.masks.words import PLACE_ENDS, PLACE_STARTS


def with_domain(drawing: Drawing, host: str, hosts: str | Mapping[str, str]) -> Callable[[str], str]:
    """Give an address as `people.email` does, its domain by the original's.

    Args:
        drawing: Of the rules' domain.
        host: For addresses without a domain, and for mail domains that a map has not.
        hosts: `kept`, `mapped` (each mail domain becomes one made-up reserved domain), or a map of domains.
    """
    address = email(drawing, host)

    def make(value: str, attempt: int) -> str:
        old = value.rpartition("@")[2] if "@" in value else ""
        made = address(value if not attempt else f"{value}\0{attempt}")
        return f"{made.rpartition('@')[0]}@{new_domain(old, made)}"

    def new_domain(old: str, made: str) -> str:
        if hosts == "kept" and old:
            return old
        if hosts == "mapped" and old:
            drawn = drawing.draw(b"domain\0" + old.casefold().encode("utf-8", "surrogatepass"))
            name = f"{PLACE_STARTS[drawn[0] & 31]}{PLACE_ENDS[drawn[1] & 31]}-{drawn[2:8].hex()}.example".lower()
        elif not isinstance(hosts, str) and old.lower() in hosts:
            name = hosts[old.lower()]
        else:
            return made.rpartition("@")[2]
        return name.upper() if made.isupper() else name

    return never_itself_text(make)
