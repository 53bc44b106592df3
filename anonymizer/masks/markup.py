"""HTML: the structure stays, text and what attributes say do not."""

from __future__ import annotations

import re
from collections.abc import Callable

from anonymizer.masks.draw import Drawing, never_itself_text
from anonymizer.masks.shapes import put_signs
from anonymizer.masks.texts import text

_PIECES = re.compile(
    r"(<!--.*?-->)|(<(script|style)\b[^>]*>.*?</\3\s*>)|(</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>)|(&#?\w{1,8};)",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(r"(</?)([A-Za-z][A-Za-z0-9-]*)([^<>]*?)(/?>)", re.DOTALL)
_ATTRIBUTE = re.compile(r"([A-Za-z-]+)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'<>]+)")
_TAGS = frozenset(
    "a abbr address article aside b blockquote body br button caption center cite code col colgroup dd del div dl dt em"
    " fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins label"
    " legend li link main mark meta nav ol optgroup option p pre q s section select small source span strong sub sup"
    " table tbody td textarea tfoot th thead time title tr tt u ul video".split()
)
_SAFE = frozenset("align border cellpadding cellspacing colspan dir height lang rel rowspan type valign width".split())
_SAFE_VALUE = re.compile(r"[a-z0-9%./-]{1,24}", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#39|#34);")


def html(drawing: Drawing) -> Callable[[str], str]:
    """Replace text by filler of its length, attributes by signs of their shape, links by #; tags stay.

    Comments, scripts and styles become empty; a tag that HTML does not have becomes a span.
    """
    filler = text(drawing)

    def make(value: str, attempt: int) -> str:
        seed = f"{attempt}\0" if attempt else ""
        made, at = [], 0
        for piece in _PIECES.finditer(value):
            made.append(_text(filler, value[at : piece.start()], seed))
            at = piece.end()
            if piece[4]:
                made.append(_tag(drawing, piece[4], attempt))
            elif piece[5]:
                made.append(piece[5] if _ENTITY.fullmatch(piece[5]) else "x")
        made.append(_text(filler, value[at:], seed))
        return "".join(made) or "<!-- -->"

    return never_itself_text(make)


def _text(filler: Callable[[str], str], value: str, seed: str) -> str:
    """Give filler for text between tags; the space around it stays."""
    body = value.strip()
    if not any(map(str.isalnum, body)):
        return value
    start = value.index(body)
    return value[:start] + filler(seed + body)[len(seed) :] + value[start + len(body) :]


def _tag(drawing: Drawing, tag: str, attempt: int) -> str:
    found = _TAG.fullmatch(tag)
    if not found:
        return "<span>"
    opening, name, rest, closing = found.groups()
    attributes = "".join(_attribute(drawing, one[1], one[2], attempt) for one in _ATTRIBUTE.finditer(rest))
    return f"{opening}{name if name.lower() in _TAGS else 'span'}{attributes}{' ' if closing == '/>' else ''}{closing}"


def _attribute(drawing: Drawing, name: str, written: str, attempt: int) -> str:
    value = written.strip("\"'")
    lower = name.lower()
    if lower.startswith(("on", "data-")):
        return ""
    if lower in _SAFE and _SAFE_VALUE.fullmatch(value):
        return f' {name}="{value}"'
    if lower in ("href", "src", "srcset", "action", "style", "content", "value"):
        return f' {name}="#"'
    stream = drawing.stream(value.encode("utf-8", "surrogatepass"), len(value) + 16, attempt)
    return f' {name}="{put_signs(value, stream)}"'
