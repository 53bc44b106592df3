"""The check digit of card numbers (ISO/IEC 7812-1, by Luhn)."""

from __future__ import annotations

_DOUBLED = bytes(sum(divmod(2 * (byte - 0x30), 10)) if 0x30 <= byte <= 0x39 else 0 for byte in range(256))


def check_digit(body: str) -> str:
    """Give the check digit for the digits before it."""
    digits = body.encode()
    plain = digits[-2::-2]
    return str(-(sum(digits[-1::-2].translate(_DOUBLED)) + sum(plain) - 0x30 * len(plain)) % 10)


_TWO = [number // 10 + sum(divmod(2 * (number % 10), 10)) for number in range(100)]
_FOUR = bytes(high + low for high in _TWO for low in _TWO)  # Luhn's sum of four digits, the last one doubled


def of_number(body: int) -> int:
    """Give the same for a positive number of at most 16 digits, in less than half the time."""
    high, low = body // 10**8, body % 10**8
    return -(_FOUR[high // 10**4] + _FOUR[high % 10**4] + _FOUR[low // 10**4] + _FOUR[low % 10**4]) % 10
