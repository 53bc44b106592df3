"""The provider: the same few moves for every row of the table."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from sandbox.plugins.aws.functions import FUNCTIONS
from sandbox.plugins.aws.kind import Aws, Kind, is_gone, told_as
from sandbox.plugins.aws.left_out import fill_left_out, find_left_out, given
from sandbox.plugins.aws.table import TABLE
from sandbox.plugins.protocol import Call, Difference, HalfMade, PluginError, difference
from sandbox.plugins.values import UNKNOWN

_CONFIG = {"region", "endpoints", "assumeRoles", "version"}
_NAME_SUFFIX_CHARACTERS = 7


class AwsProvider:
    """Resources of AWS by table; what is not in the table is refused by name."""

    version = "7.51.1"

    def __init__(self) -> None:
        """Wait for Configure."""
        self._aws: Aws | None = None

    def check_config(self, config: Mapping[str, Any]) -> None:
        """Refuse settings of the provider that this plugin would have to leave out."""
        unknown = sorted(set(config) - _CONFIG)
        if unknown:
            raise PluginError(f"the sandbox's aws plugin does not know the setting {', '.join(unknown)} of aws:config")

    def configure(self, config: Mapping[str, Any]) -> None:
        """Take region, endpoints and role."""
        self.check_config(config)
        endpoints = {service: url for block in _decoded(config.get("endpoints")) for service, url in block.items()}
        roles = _decoded(config.get("assumeRoles"))
        role_arn = roles[0].get("roleArn") if roles else None
        with told_as("configuring the aws plugin"):
            self._aws = Aws(config.get("region"), endpoints, role_arn)

    def check(self, call: Call, old: Mapping[str, Any], new: Mapping[str, Any], seed: bytes) -> Mapping[str, Any]:
        """Refuse what is not in the table; give a name to what has none."""
        kind = _kind(call)
        unknown = sorted(set(new) - kind.takes)
        if unknown:
            raise PluginError(
                f"the sandbox's aws plugin does not know the property {', '.join(unknown)} of {call.type} "
                f"({call.name}); add it to its row in sandbox/plugins/aws/"
            )
        find_left_out(call, new)
        if kind.named and kind.named not in new:
            fresh = f"{call.name}-{seed.hex()[:_NAME_SUFFIX_CHARACTERS]}"
            return {**new, kind.named: old.get(kind.named) or fresh}
        return new

    def diff(self, call: Call, old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
        """Compare inputs."""
        kind = _kind(call)
        plain = difference(old, new, kind.replaces, kind.keeps)
        return Difference(plain.kinds, plain.replaces, kind.delete_first)

    def create(self, call: Call, inputs: Mapping[str, Any], preview: bool) -> tuple[str, Mapping[str, Any]]:
        """Make the resource and wait until it can be used."""
        if preview:
            return "", inputs
        kind, aws = _kind(call), self._account()
        call.check_cancelled()
        with told_as(f"making {call.type} {call.name}"):
            made = kind.create(aws, inputs, call)
        try:
            with told_as(f"making {call.type} {call.name} ({made})"):
                if kind.settle:
                    kind.settle(aws, made, inputs, call)
                return made, self._outputs(call, kind, made, inputs)
        except PluginError as error:
            raise HalfMade(str(error), made, inputs) from None

    def read(
        self, call: Call, resource_id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        """Say what the resource is now."""
        kind = _kind(call)
        with told_as(f"reading {call.type} {call.name} ({resource_id})"):
            now = _read(kind, self._account(), resource_id, given(outputs))
        if now is None:
            return None
        seen = {name: now.get(name, value) for name, value in inputs.items()}
        tags = {"tagsAll": now.get("tags", {})} if kind.tags else {}
        return seen, fill_left_out(call.type, {**outputs, **now, **tags})

    def update(
        self,
        call: Call,
        resource_id: str,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        outputs: Mapping[str, Any],
        preview: bool,
    ) -> Mapping[str, Any]:
        """Change the resource."""
        kind = _kind(call)
        changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        if preview:
            renewed = {output for name in changed for output in kind.renews.get(name, ())}
            tags = {"tagsAll": new.get("tags", {})} if kind.tags else {}
            kept = {name: value for name, value in outputs.items() if name not in kind.takes}
            return {**kept, **new, **tags, **dict.fromkeys(renewed, UNKNOWN)}
        if not kind.update:
            raise PluginError(
                f"the sandbox's aws plugin cannot change {', '.join(changed)} of {call.type} ({call.name})"
            )
        call.check_cancelled()
        with told_as(f"changing {call.type} {call.name} ({resource_id})"):
            kind.update(self._account(), resource_id, old, new, changed, call)
            return self._outputs(call, kind, resource_id, new)

    def delete(self, call: Call, resource_id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> None:
        """Delete the resource, which may be gone already."""
        kind = _kind(call)
        call.check_cancelled()
        with told_as(f"deleting {call.type} {call.name} ({resource_id})"):
            try:
                kind.delete(self._account(), resource_id, {**given(outputs), **inputs}, call)
            except ClientError as error:
                if not is_gone(error):
                    raise

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call a function of the table."""
        if token not in FUNCTIONS:
            raise PluginError(
                f"the sandbox's aws plugin does not know the function {token}; add it to sandbox/plugins/aws/"
            )
        function = FUNCTIONS[token]
        unknown = sorted(set(arguments) - set(function.takes))
        if unknown:
            raise PluginError(f"the sandbox's aws plugin does not know the argument {', '.join(unknown)} of {token}")
        with told_as(f"calling {token}"):
            return function.call(self._account(), arguments)

    def _outputs(self, call: Call, kind: Kind, resource_id: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        now = _read(kind, self._account(), resource_id, inputs)
        if now is None:
            raise PluginError(f"{call.type} {call.name} ({resource_id}) is gone right after it was made or changed")
        tags = {"tagsAll": inputs.get("tags", {})} if kind.tags else {}
        outputs = {**now, **inputs, **tags}
        missing = sorted(kind.outputs - set(outputs))
        if missing:
            raise PluginError(
                f"the sandbox's aws plugin has no {', '.join(missing)} of {call.type}, which its table promises"
            )
        return fill_left_out(call.type, outputs)

    def _account(self) -> Aws:
        if self._aws is None:
            raise PluginError("the aws plugin was used before it was configured")
        return self._aws


def _read(kind: Kind, aws: Aws, resource_id: str, known: Mapping[str, Any]) -> Mapping[str, Any] | None:
    try:
        return kind.read(aws, resource_id, known)
    except ClientError as error:
        if is_gone(error):
            return None
        raise


def _kind(call: Call) -> Kind:
    if call.type not in TABLE:
        raise PluginError(f"the sandbox's aws plugin does not know the type {call.type} ({call.name})")
    return TABLE[call.type]


def _decoded(value: Any) -> list[Any]:
    """Return a nested setting, which the engine hands over as JSON text."""
    decoded = json.loads(value) if isinstance(value, str) and value else value
    return decoded or []
