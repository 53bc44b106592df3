"""What the providers of all dynamic resources share: plain values, failures by field, errors without traces."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from pulumi.dynamic import CheckFailure
from pulumi.output import Unknown

from refresh.errors import RefreshError, RequestError
from refresh.values import UNKNOWN, plain


def names_of(args: type) -> tuple[str, ...]:
    """Return the names of a resource's inputs, which are the fields of its arguments."""
    return tuple(each.name for each in fields(args))


def inputs_of(args: Any) -> dict[str, Any]:
    """Return a resource's inputs from its arguments, a dataclass."""
    return {name: getattr(args, name) for name in names_of(type(args))}


def picked(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return those of the values that are named and there: Pulumi puts the provider itself among them."""
    return {name: values[name] for name in names if values.get(name) is not None}


def differs(olds: Mapping[str, Any], news: Mapping[str, Any], name: str) -> bool:
    """Say whether a value changed; that Pulumi makes floats of whole numbers is no change."""
    return bool(plain(olds.get(name)) != plain(news.get(name)))


def with_unknowns(value: Any) -> Any:
    """Put our mark where Pulumi puts its own for what is not known yet."""
    if isinstance(value, Mapping):
        return {key: with_unknowns(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_unknowns(inner) for inner in value]
    return UNKNOWN if isinstance(value, Unknown) else value


def failures(parse: Callable[[Mapping[str, Any]], Any], news: Mapping[str, Any]) -> list[CheckFailure]:
    """Return what is wrong with inputs, by the field.

    Args:
        parse: Reads inputs, and raises RequestError for the first that breaks its rule.
        news: The inputs, perhaps with parts that are not known yet.
    """
    try:
        parse(with_unknowns(news))
    except RequestError as error:
        return [CheckFailure(error.field, error.reason)]
    return []


@contextmanager
def plainly_spoken() -> Iterator[None]:
    """Show the user an error's message alone: Pulumi prints the whole traceback of what a provider raises."""
    try:
        yield
    except RefreshError as error:
        sys.tracebacklimit = 0
        raise error from None
