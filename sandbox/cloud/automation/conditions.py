"""The conditions of `aws:branch`: their form, and whether they hold. Pure."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Optional

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_pascal

from sandbox.cloud.automation.values import NoValue, as_text

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "StringEquals": lambda value, wanted: as_text(value) == as_text(wanted),
    "EqualsIgnoreCase": lambda value, wanted: as_text(value).lower() == as_text(wanted).lower(),
    "StartsWith": lambda value, wanted: as_text(value).startswith(as_text(wanted)),
    "EndsWith": lambda value, wanted: as_text(value).endswith(as_text(wanted)),
    "Contains": lambda value, wanted: as_text(wanted) in as_text(value),
    "NumericEquals": lambda value, wanted: _number(value) == _number(wanted),
    "NumericGreater": lambda value, wanted: _number(value) > _number(wanted),
    "NumericLesser": lambda value, wanted: _number(value) < _number(wanted),
    "NumericGreaterOrEquals": lambda value, wanted: _number(value) >= _number(wanted),
    "NumericLesserOrEquals": lambda value, wanted: _number(value) <= _number(wanted),
    "BooleanEquals": lambda value, wanted: as_text(value).lower() == as_text(wanted).lower(),
}


class Condition(BaseModel):
    """A comparison of a variable, or a combination of conditions."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, alias_generator=to_pascal)

    variable: Any = None
    string_equals: Any = None
    equals_ignore_case: Any = None
    starts_with: Any = None
    ends_with: Any = None
    contains: Any = None
    numeric_equals: Any = None
    numeric_greater: Any = None
    numeric_lesser: Any = None
    numeric_greater_or_equals: Any = None
    numeric_lesser_or_equals: Any = None
    boolean_equals: Any = None
    every: Annotated[list["Condition"] | None, Field(alias="And", min_length=1)] = None
    some: Annotated[list["Condition"] | None, Field(alias="Or", min_length=1)] = None
    negated: Annotated[Optional["Condition"], Field(alias="Not")] = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Condition":
        given = self.model_fields_set - {"next_step", "variable"}
        if len(given) != 1:
            raise ValueError(f"a condition has exactly one of {', '.join(OPERATORS)}, And, Or, Not")
        if ("variable" in self.model_fields_set) == bool(given & {"every", "some", "negated"}):
            raise ValueError("a comparison has a Variable, and And, Or, Not have none")
        return self


class Choice(Condition):
    """A condition and the step to go on with."""

    next_step: str


def holds(condition: Mapping[str, Any]) -> bool:
    """Tell whether a condition holds.

    Args:
        condition: As in the document, its variables substituted.

    Returns:
        Whether it does.

    Raises:
        NoValue: A numeric comparison of something that is no number.
    """
    if "And" in condition:
        return all(holds(one) for one in condition["And"])
    if "Or" in condition:
        return any(holds(one) for one in condition["Or"])
    if "Not" in condition:
        return not holds(condition["Not"])
    operator = next(name for name in OPERATORS if name in condition)
    return OPERATORS[operator](condition["Variable"], condition[operator])


def _number(value: Any) -> Decimal:
    try:
        return Decimal(as_text(value))
    except InvalidOperation:
        raise NoValue("a numeric comparison needs numbers.") from None
