"""What moto answers although it is not so: made true here, or refused by name."""

import threading
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.security_groups import SecurityGroupBackend
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.responses.elastic_block_store import ElasticBlockStore
from moto.ec2.responses.instances import InstanceResponse
from moto.s3.responses import S3Response
from moto.ssm.models import SimpleSystemManagerBackend

from sandbox.cloud import bucket_policies
from sandbox.cloud.automation.checks import check_automation
from sandbox.cloud.refusals import Refusal, unsupported
from sandbox.cloud.run_command.documents import check_content
from sandbox.cloud.world import World

SLOWEST_INITIALIZATION, FASTEST_INITIALIZATION = 100, 300  # MiB/s


def install(world: World) -> None:
    """Correct moto's answers.

    Args:
        world: Its lock keeps two requests with one token from making two things.
    """
    _honour_tokens(world, ElasticBlockStore, "create_volume")
    _honour_tokens(world, InstanceResponse, "run_instances")
    _refuse_lies()
    _serialise_conditional_writes()
    _check_documents()
    bucket_policies.install()
    _keep_what_is_in_use()


def _honour_tokens(world: World, owner: Any, name: str) -> None:
    """Answer a request with a ClientToken seen before as the first time, and refuse another request with that token."""
    plain: Callable[[Any], ActionResult] = getattr(owner, name)
    answers: dict[tuple[str, str, str], tuple[Any, ActionResult]] = {}

    def with_token(response: Any) -> ActionResult:
        _check_initialization_rate(response)
        token = response._get_param("ClientToken")
        if not token:
            return plain(response)
        request = {key: value for key, value in dict(response.params).items() if key != "ClientToken"}
        with world.lock:
            key = (response.current_account, response.region, token)
            if key not in answers:
                answers[key] = (request, plain(response))
            asked, answer = answers[key]
            if asked != request:
                raise Refusal("IdempotentParameterMismatch", "The client token was used before with other parameters.")
            return answer

    setattr(owner, name, with_token)


def _check_initialization_rate(response: Any) -> None:
    rate = response._get_param("VolumeInitializationRate")
    if rate is None:
        return
    if not response._get_param("SnapshotId"):
        raise Refusal("InvalidParameterCombination", "VolumeInitializationRate is for volumes from a snapshot.")
    if not SLOWEST_INITIALIZATION <= int(rate) <= FASTEST_INITIALIZATION:
        raise Refusal("InvalidParameterValue", f"VolumeInitializationRate must be 100 to 300 MiB/s, not {rate}.")


def _refuse_lies() -> None:
    def refuse(owner: Any, name: str, what: str) -> None:
        def refused(_response: Any) -> ActionResult:
            raise unsupported(what)

        setattr(owner, name, refused)

    refuse(ElasticBlockStore, "modify_volume", "ModifyVolume (a disk keeps its size and kind).")
    refuse(ElasticBlockStore, "modify_snapshot_tier", "ModifySnapshotTier.")
    plain_detach = ElasticBlockStore.detach_volume
    plain_snapshots = ElasticBlockStore.create_snapshots

    def detach_volume(response: Any) -> Any:
        if response._get_bool_param("Force", False):
            raise unsupported("DetachVolume with Force; unmount the volume on its host.")
        return plain_detach(response)

    def create_snapshots(response: Any) -> Any:
        if response._get_param("CopyTagsFromSource"):
            raise unsupported("CreateSnapshots with CopyTagsFromSource; pass the tags.")
        return plain_snapshots(response)

    ElasticBlockStore.detach_volume = detach_volume
    ElasticBlockStore.create_snapshots = create_snapshots


def _serialise_conditional_writes() -> None:
    """Let one write after the other look at a key and change it: moto's server does these two things unlocked."""
    lock = threading.RLock()
    for name in ("put_object", "delete_object"):
        plain = getattr(S3Response, name)

        def one_at_a_time(response: Any, *args: Any, _plain: Any = plain, **options: Any) -> Any:
            with lock:
                return _plain(response, *args, **options)

        setattr(S3Response, name, one_at_a_time)


def _check_documents() -> None:
    for name in ("create_document", "update_document"):
        plain = getattr(SimpleSystemManagerBackend, name)

        def checked(backend: Any, *args: Any, _plain: Any = plain, **options: Any) -> Any:
            kind, text = options.get("document_format", "JSON"), options.get("content")
            if isinstance(text, str):
                check_automation(text, kind, options.get("document_type"))
                if kind == "JSON":
                    check_content(text)
            return _plain(backend, *args, **options)

        setattr(SimpleSystemManagerBackend, name, checked)


def _keep_what_is_in_use() -> None:
    """Refuse to delete a subnet or a security group while an instance is in it."""
    plain_subnet = SubnetBackend.delete_subnet
    plain_group = SecurityGroupBackend.delete_security_group

    def delete_subnet(backend: Any, subnet_id: str) -> Any:
        _refuse_if_used(backend, subnet_id, lambda nic: nic.subnet.id == subnet_id)
        return plain_subnet(backend, subnet_id)

    def delete_security_group(backend: Any, name: str | None = None, group_id: str | None = None) -> Any:
        _refuse_if_used(backend, group_id or "", lambda nic: group_id in {group.id for group in nic.group_set})
        return plain_group(backend, name, group_id)

    SubnetBackend.delete_subnet = delete_subnet
    SecurityGroupBackend.delete_security_group = delete_security_group


def _refuse_if_used(backend: Any, resource_id: str, holds: Callable[[Any], bool]) -> None:
    users = sorted(nic.instance.id for nic in list(backend.enis.values()) if nic.instance is not None and holds(nic))
    if users:
        message = f"resource {resource_id} has a dependent object ({', '.join(users)}) and cannot be deleted."
        raise Refusal("DependencyViolation", message)
