"""Outputs that the sandbox leaves out, found where one is used.

The engine has no word for an output that a plugin leaves out: it shows as unknown in every preview, and nothing
notices. So each gets a text that says what it is, and a resource that is given such a text is refused with it.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.plugins.aws.outputs import OUTPUTS
from sandbox.plugins.protocol import Call, PluginError

_MARK = "left out by the sandbox's aws plugin:"


def fill_left_out(kind: str, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return outputs with a text in place of each one that the real plugin gives and this one does not."""
    missing = {name: f"{_MARK} {name} of {kind}" for name in OUTPUTS.get(kind, ()) if name not in outputs}
    return {**outputs, **missing}


def given(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs of a state without those texts: what reads or deletes must not take them for values."""
    return {name: value for name, value in outputs.items() if not (isinstance(value, str) and value.startswith(_MARK))}


def find_left_out(call: Call, inputs: Any) -> None:
    """Refuse inputs in which a left-out output arrives.

    Raises:
        PluginError: With the output's name and type.
    """
    if isinstance(inputs, str) and _MARK in inputs:
        raise PluginError(
            f"{call.type} {call.name} uses an output that is {inputs[inputs.index(_MARK) :].splitlines()[0]}"
        )
    for inner in inputs.values() if isinstance(inputs, dict) else inputs if isinstance(inputs, list) else ():
        find_left_out(call, inner)
