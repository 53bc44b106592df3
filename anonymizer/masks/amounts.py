"""Amounts: with noise, in buckets, or stretched so that their order stays."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any

from bson import Decimal128, Int64

from anonymizer.errors import Refused
from anonymizer.masks.draw import Drawing, Table

_INT32, _INT64 = (-(2**31), 2**31 - 1), (-(2**63), 2**63 - 1)
_RANGES = {int: _INT32, Int64: _INT64}
_DIGITS = Context(prec=34)  # what a Decimal128 holds


def _fitting(value: int, made: int) -> int:
    """Give a whole number in the type of another, or refuse it where that has no room."""
    low, high = _RANGES[type(value)]
    if not low <= made <= high:
        raise Refused
    return type(value)(made)


def _decimals(make: Callable[[Decimal], Decimal]) -> Callable[[Decimal128], Decimal128]:
    def decimal(value: Decimal128) -> Decimal128:
        number = value.to_decimal()
        if not number.is_finite():
            return value
        return Decimal128(_DIGITS.plus(make(number)))

    return decimal


def noise(drawing: Drawing, percent: float) -> Table:
    """Change an amount by a keyed share of itself, up to a limit, never by none; zero stays, as do NaN and infinity."""

    def share(value: object) -> float:
        """Give a share above 0, with a sign."""
        drawn = drawing.draw(str(value).encode())
        size = (1 + int.from_bytes(drawn[:6], "little")) / (1 << 48)
        return (-size if drawn[6] & 1 else size) * percent / 100

    def whole(value: int) -> int:
        if value == 0:
            return value
        change = share(int(value))
        steps = max(1, int(abs(value) * abs(change)))
        low, high = _RANGES[type(value)]
        made = value + (steps if change > 0 else -steps)
        if made == 0 or not low <= made <= high:  # away from zero, or from the end of the type, by the other way
            made = value - (steps if change > 0 else -steps)
        return _fitting(value, made)

    def double(value: float) -> float:
        if value == 0 or not math.isfinite(value):
            return value
        made = value * (1 + share(repr(value)))
        return made if made != value and math.isfinite(made) else math.nextafter(value, 0)

    def decimal(value: Decimal) -> Decimal:
        if value == 0:
            return value
        made = value + value * Decimal(repr(share(value)))
        exponent = value.as_tuple().exponent
        step = Decimal((0, (1,), exponent if isinstance(exponent, int) else 0))
        made = made.quantize(step, context=_DIGITS) if len(made.as_tuple().digits) <= _DIGITS.prec else made
        return made if made != value else value + step

    return {int: whole, Int64: whole, float: double, Decimal128: _decimals(_careful(decimal))}


def _careful(make: Callable[[Decimal], Decimal]) -> Callable[[Decimal], Decimal]:
    def careful(value: Decimal) -> Decimal:
        try:
            return make(value)
        except ArithmeticError:
            raise Refused from None

    return careful


def bucket(size: float) -> Table:
    """Round an amount down to a multiple of a size."""
    exact = Decimal(str(size))

    def decimal(value: Decimal) -> Decimal:
        rest = value % exact
        return value - rest - (exact if rest < 0 else 0)

    def whole(value: int) -> int:
        return _fitting(value, int(decimal(Decimal(int(value)))))

    def double(value: float) -> float:
        return float(math.floor(value / size) * size) if math.isfinite(value) and math.isfinite(value / size) else value

    return {int: whole, Int64: whole, float: double, Decimal128: _decimals(_careful(decimal))}


def rank(drawing: Drawing, stretch: int) -> Table:
    """Give amounts in the same order: whole numbers times `stretch` with a keyed rest, others bent by a keyed power.

    Whole numbers stay distinct. Of others, neighbours that differ in their last digits may become one.
    """
    drawn = drawing.draw(b"curve")
    power = 0.8 + 0.4 * int.from_bytes(drawn[:6], "little") / (1 << 48)
    factor = 0.5 + int.from_bytes(drawn[6:12], "little") / (1 << 48)

    def whole(value: int) -> int:
        rest = int.from_bytes(drawing.draw(b"%d" % value)[:8], "little") % stretch
        return _fitting(value, int(value) * stretch + rest)

    def double(value: Any) -> float:
        if not math.isfinite(value):
            return float(value)
        try:
            return math.copysign(factor * math.pow(abs(value), power), value)
        except OverflowError:
            raise Refused from None

    def decimal(value: Decimal) -> Decimal:
        made = _DIGITS.power(abs(value), Decimal(repr(power))) * Decimal(repr(factor)) if value else value
        return made.copy_sign(value)

    return {int: whole, Int64: whole, float: double, Decimal128: _decimals(_careful(decimal))}
