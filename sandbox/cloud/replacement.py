"""Put own operations and classes in the place of moto's, which has no hooks for that."""

from collections.abc import Callable, Iterable
from typing import Any


def replace_operations(owner: Any, operations: Any, names: Iterable[str]) -> None:
    """Let methods of one of moto's classes be those of another object, which gets moto's object as its first argument.

    Args:
        owner: moto's class.
        operations: The object whose methods of the same names are called instead.
        names: The methods.
    """
    for name in names:
        setattr(owner, name, _method(getattr(operations, name)))


def replace_class(module: Any, name: str, replacement: type) -> None:
    """Let one of moto's modules make objects of another class."""
    setattr(module, name, replacement)


def _method(operation: Callable[..., Any]) -> Callable[..., Any]:
    def method(owner: Any, *args: Any, **options: Any) -> Any:
        return operation(owner, *args, **options)

    return method
