"""The form of a rules file: a model for its top, one for each mode of a collection, one for a condition.

A field's description says what its value must be, for editors and in messages alike.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

UNDECIDED = "DECIDE"  # what `scan` writes where it does not know


def _no_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError  # noqa: TRY004 (pydantic takes no other)
    return value


def _paths_once(paths: list[str]) -> list[str]:
    for path in paths:
        if paths.count(path) > 1:
            raise PydanticCustomError("twice", "lists {path} twice", {"path": path})
    return paths


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Top(_Strict):
    """What a rules file begins with."""

    version: Annotated[Literal[1], BeforeValidator(_no_bool)] = Field(description="1")
    databases: dict[str, Any] = Field(min_length=1, description="a mapping that names at least one database")
    ephemeral: bool = Field(
        default=False, description="true or false; true: a key for this run alone, which is forgotten and never resumed"
    )


class _Grouped(_Strict):
    quasi_identifiers: list[Annotated[list[str], Field(min_length=1)]] = Field(
        default=[],
        min_length=1,
        description="a list of lists of paths that together could single somebody out, as in [[birth_date, postcode]]",
    )
    k: Annotated[int, BeforeValidator(_no_bool)] = Field(
        default=0, ge=2, le=100_000, description="a whole number from 2: how many documents share each combination"
    )


class Mask(_Grouped):
    """Every document; `fields` maps each path to what happens to its value."""

    mode: Literal["mask"]
    fields: dict[str, Any] = Field(
        min_length=1,
        description="a mapping; it must list all paths of the collection, as in {_id: keep, email: email}",
    )
    subject: str = Field(default="", min_length=1, description="the path of whom a document is about, in quotes")


class Copy(_Grouped):
    """Every document as it is; `fields` lists all paths, since an unlisted one stops the refresh here too.

    With `unchecked: true` instead of `fields` nothing is looked at, which the report names.
    """

    mode: Literal["copy"]
    fields: Annotated[list[str], AfterValidator(_paths_once)] = Field(
        default=[], min_length=1, description="a list of all paths of the collection, as in [_id, sku, tags[]]"
    )
    unchecked: bool = Field(
        default=False, description="true or false; true: nothing of it is looked at, which the report names"
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Copy:
        if self.unchecked and self.fields:
            raise PydanticCustomError("both", "unchecked: true takes no fields; remove one of them")
        if not self.unchecked and not self.fields:
            raise PydanticCustomError("neither", "must be a list of all paths of the collection, as in [_id, sku]")
        return self


class Drop(_Strict):
    """Nothing: staging does not have the collection."""

    mode: Literal["drop"]


class Empty(_Strict):
    """The collection with its options and indexes, without documents."""

    mode: Literal["empty"]


class Preserve(_Strict):
    """The collection of today's staging, as it is there."""

    mode: Literal["preserve"]


class SampleOf(Mask):
    """A `share` (above 0, up to 1) or a `count` of the documents, masked like those of `mask`.

    What the paths under `follow` refer to (`refers_to`) comes along.
    """

    mode: Literal["sample"]  # type: ignore[assignment]
    share: float | None = Field(default=None, gt=0, le=1, description="a number above 0, up to 1")
    count: Annotated[int | None, BeforeValidator(_no_bool)] = Field(
        default=None, ge=1, description="a whole number from 1"
    )
    follow: list[str] = Field(
        default=[], description="a list of own paths with refers_to, whose targets come along, as in [customer_id]"
    )

    @model_validator(mode="after")
    def _share_or_count(self) -> SampleOf:
        if (self.share is None) == (self.count is None):
            raise PydanticCustomError("share", "a sample needs share, from 0 to 1, or count: exactly one of them")
        return self


MODES: dict[str, type[BaseModel]] = {
    "mask": Mask, "copy": Copy, "empty": Empty, "drop": Drop, "sample": SampleOf, "preserve": Preserve,
}  # fmt: skip


def one_of(word: object, known: Iterable[str]) -> str:
    """Say that a word is unknown, which one is nearest, and which are known."""
    known = tuple(known)
    if word == UNDECIDED:
        return f"is left for a person to decide; write one of {', '.join(known)}"
    near = nearest(word, known)
    return f"{word!r} is unknown{near and '; did you mean ' + near} (known: {', '.join(known)})"


def nearest(word: object, known: Iterable[str]) -> str:
    """Give the known word that is most like a word, or the empty text."""
    return next(iter(difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.5)), "")


def message(problem: Any, model: type[BaseModel]) -> str:
    """Say in our own words what pydantic found.

    Args:
        problem: One of `ValidationError.errors()`.
        model: What was validated.
    """
    place = problem["loc"]
    fields = model.model_fields
    if problem["type"] == "extra_forbidden":
        return one_of(place[0], fields)
    if problem["type"] in ("twice", "both", "neither", "share"):
        return str(problem["msg"])
    said = fields[place[0]].description if place and place[0] in fields else ""
    if problem["type"] == "missing":
        return f"is missing; it must be {said}"
    return f"must be {said or problem['msg']}"
