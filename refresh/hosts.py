"""The hosts of a refresh as its inputs name them: worker and staging, the documents they run, the toolkit on them."""

from __future__ import annotations

from dataclasses import dataclass

from refresh.values import Reader


@dataclass(frozen=True, kw_only=True)
class Document:
    """An SSM document: the name to send by, and the hash that its content must have."""

    name: str
    hash: str = ""

    @classmethod
    def read_all(cls, values: Reader) -> dict[str, Document]:
        """Read the input `documents`: one for each verb, none while they are not known yet."""
        each = {verb: values.inside("documents").inside(verb) for verb in values.mapping("documents")}
        return {verb: cls(name=inner.text("name"), hash=inner.text("hash", "")) for verb, inner in each.items()}


@dataclass(frozen=True, kw_only=True)
class Worker:
    """The clean room."""

    instance_id: str
    cache_mib: int

    @classmethod
    def read(cls, values: Reader) -> Worker:
        """Read the input `worker`."""
        return cls(instance_id=values.text("instance_id"), cache_mib=values.number("cache_mib", 256, least=64))


@dataclass(frozen=True, kw_only=True)
class Staging:
    """The host that serves, and what its volumes are made with."""

    instance_id: str
    address: str
    replica_set: str
    volume_gib: int
    kms_key_id: str
    availability_zone: str
    user_parameter: str
    password_parameter: str

    @classmethod
    def read(cls, values: Reader) -> Staging:
        """Read the input `staging`."""
        return cls(
            instance_id=values.text("instance_id"),
            address=values.text("address"),
            replica_set=values.text("replica_set"),
            volume_gib=values.number("volume_gib", 0),
            kms_key_id=values.text("kms_key_id"),
            availability_zone=values.text("availability_zone"),
            user_parameter=values.text("user_parameter"),
            password_parameter=values.text("password_parameter"),
        )


@dataclass(frozen=True, kw_only=True)
class Toolkit:
    """The archive that hosts install: the anonymizer and its wheels."""

    bucket: str
    key: str
    sha256: str

    @classmethod
    def read(cls, values: Reader) -> Toolkit:
        """Read the input `toolkit`."""
        return cls(bucket=values.text("bucket"), key=values.text("key"), sha256=values.text("sha256"))
