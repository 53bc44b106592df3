"""EC2 instances that are hosts: booted, stopped, rebooted and terminated, with states that follow what happens."""

from collections.abc import Callable
from typing import Any

from moto.ec2.models import instances
from moto.ec2.models.instances import InstanceBackend

from sandbox.cloud.disks import Disks
from sandbox.cloud.instance_environment import environment_of
from sandbox.cloud.refusals import incorrect_instance_state
from sandbox.cloud.replacement import replace_class, replace_operations
from sandbox.cloud.world import World, in_background
from sandbox.machine.host import Placement

CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}

_plain_run = InstanceBackend.run_instances
_plain_terminate = instances.Instance.terminate
_plain_start = instances.Instance.start
_plain_stop = instances.Instance.stop


class Instance(instances.Instance):
    """moto's instance whose block devices are real."""

    disks: Disks
    wants_profile = False

    def add_block_device(
        self, size: int, device_path: str, snapshot_id: str | None, encrypted: bool, delete_on_termination: bool,  # noqa: FBT001 - moto's signature
        kms_key_id: str | None, volume_type: str | None,
    ) -> None:  # fmt: skip
        """Make and attach a volume of RunInstances' block device mappings."""
        if device_path == self.root_device_name:
            self.disks.create_root_volume(self.ec2_backend, self)
            return
        volume = self.disks.create_volume(
            self.ec2_backend,
            size,
            self._placement.zone,
            snapshot_id,
            encrypted=encrypted,
            kms_key_id=kms_key_id,
            volume_type=volume_type,
        )
        volume.is_creating = False
        self.disks.record_attachment(
            self.ec2_backend, volume, self, device_path, delete_on_termination=bool(delete_on_termination)
        )

    def setup_defaults(self) -> None:
        """Record the root volume."""
        self.disks.create_root_volume(self.ec2_backend, self)


class Instances:
    """The instance operations that replace moto's.

    Args:
        world: The real things.
        disks: The volumes.
        endpoint: The API's address inside each host.
    """

    def __init__(self, world: World, disks: Disks, endpoint: str) -> None:
        self._world, self._disks, self._endpoint = world, disks, endpoint
        self.on_end: Callable[[str], None] = lambda _instance_id: None
        self._backends: dict[str, Any] = {}

    def run_instances(self, backend: Any, *args: Any, **options: Any) -> Any:
        """Make instances and boot their hosts."""
        with self._world.lock:
            reservation = self._run_whole(backend, *args, **options)
            for instance in reservation.instances:
                self._backends[instance.id] = backend
                instance.wants_profile = any(options.get(f"iam_instance_profile_{key}") for key in ("name", "arn"))
                if instance.root_device_name not in instance.block_device_mapping:
                    self._disks.create_root_volume(backend, instance)
                _set(instance, "pending")
        for instance in reservation.instances:
            in_background(lambda instance=instance: self._boot(backend, instance))  # type: ignore[misc]
        return reservation

    def _run_whole(self, backend: Any, *args: Any, **options: Any) -> Any:
        """Let moto make the instances, and take back what it made when it fails half-way (no such snapshot, say)."""
        before = set(backend.reservations)
        try:
            return _plain_run(backend, *args, **options)
        except Exception:
            for reservation_id in set(backend.reservations) - before:
                for instance in backend.reservations[reservation_id].instances:
                    self._take_apart(backend, instance)
                del backend.reservations[reservation_id]
            raise

    def start_instances(self, backend: Any, instance_ids: list[str]) -> list[tuple[Any, Any]]:
        """Boot stopped instances."""
        return self._change(
            backend, instance_ids, "started", {"stopped"}, {"running", "pending"}, "pending", self._boot
        )

    def stop_instances(self, backend: Any, instance_ids: list[str]) -> list[tuple[Any, Any]]:
        """Shut instances down; their disks stay attached."""
        return self._change(
            backend, instance_ids, "stopped", {"running"}, {"stopped", "stopping"}, "stopping", self._stop
        )

    def terminate_instances(self, backend: Any, instance_ids: list[str]) -> list[tuple[Any, Any]]:
        """Shut instances down for good."""
        done = {"terminated", "shutting-down"}
        start = set(CODES) - done
        return self._change(backend, instance_ids, "terminated", start, done, "shutting-down", self._terminate)

    def reboot_instances(self, backend: Any, instance_ids: list[str]) -> list[Any]:
        """Shut down and boot again; the state stays `running`, as on AWS."""
        changed = self._change(backend, instance_ids, "rebooted", {"running"}, set(), "running", self._reboot)
        return [instance for instance, _ in changed]

    def lost(self, instance_id: str) -> None:
        """Note that a host ended by itself: to EC2 that is an instance that was shut down from inside."""
        backend = self._backends.get(instance_id)
        if backend is None:
            return
        with self._world.lock:
            self.on_end(instance_id)
            instance = backend.get_instance(instance_id)
            _plain_stop(instance)
            instance._reason = "Client.InstanceInitiatedShutdown: Instance initiated shutdown"

    def _change(
        self,
        backend: Any,
        instance_ids: list[str],
        verb: str,
        from_states: set[str],
        done_states: set[str],
        to_state: str,
        work: Callable[[Any, Any], None],
    ) -> list[tuple[Any, Any]]:
        changed, begun = [], []
        with self._world.lock:
            chosen = list(backend.get_multi_instances_by_id(instance_ids))
            for instance in chosen:
                if instance.state not in from_states | done_states:
                    raise incorrect_instance_state(instance.id, instance.state, verb)
            for instance in chosen:
                before = instances.InstanceState(instance.state, CODES[instance.state])
                if instance.state in from_states:
                    _set(instance, to_state)
                    begun.append(instance)
                changed.append((instance, before))
        for instance in begun:
            in_background(lambda instance=instance: work(backend, instance))  # type: ignore[misc]
        return changed

    def _boot(self, backend: Any, instance: Any) -> None:
        try:
            self._start_host(backend, instance)
        except Exception as error:  # noqa: BLE001 - EC2 tells why an instance did not start in its state reason
            print(f"{instance.id} did not start: {error}", flush=True)
            with self._world.lock:
                _plain_stop(instance)
                instance.state_reason = instances.StateReason(str(error), "Server.InternalError")
            return
        with self._world.lock:
            if instance.state == "pending":
                _plain_start(instance)

    def _start_host(self, backend: Any, instance: Any) -> None:
        placement = Placement(
            instance.id, instance.vpc_id, backend.get_vpc(instance.vpc_id).cidr_block, instance.private_ip
        )
        attached = [
            block.volume_id
            for device, block in instance.get_block_device_mapping
            if device != instance.root_device_name
        ]
        devices = {volume_id: self._world.volumes.attach(volume_id) for volume_id in attached}
        self._world.hosts.boot(placement, devices, environment_of(backend, instance, self._endpoint))

    def _stop(self, _backend: Any, instance: Any) -> None:
        self.on_end(instance.id)
        self._world.hosts.stop(instance.id)
        with self._world.lock:
            if instance.state == "stopping":
                _plain_stop(instance)

    def _reboot(self, backend: Any, instance: Any) -> None:
        self.on_end(instance.id)
        self._world.hosts.stop(instance.id)
        self._boot(backend, instance)

    def _terminate(self, backend: Any, instance: Any) -> None:
        self.on_end(instance.id)
        self._world.hosts.stop(instance.id)
        self._world.hosts.remove(instance.id)
        with self._world.lock:
            self._take_apart(backend, instance)
            self._backends.pop(instance.id, None)

    def _take_apart(self, backend: Any, instance: Any) -> None:
        """Release an instance's volumes and network interfaces."""
        for device, block in instance.get_block_device_mapping:
            if device == instance.root_device_name:
                instance.block_device_mapping.pop(device)
                backend.volumes.pop(block.volume_id, None)
            else:
                self._disks.release(backend, backend.get_volume(block.volume_id))
        _plain_terminate(instance)
        for nic in instance.nics.values():  # AWS deletes the primary interface with its instance; moto may keep it
            backend.enis.pop(nic.id, None)


def _set(instance: Any, state: str) -> None:
    instance._state.name = state
    instance._state.code = CODES[state]


def install(operations: Instances, disks: Disks) -> None:
    """Put these operations in the place of moto's."""
    Instance.disks = disks
    replace_class(instances, "Instance", Instance)
    names = ("run_instances", "start_instances", "stop_instances", "terminate_instances", "reboot_instances")
    replace_operations(InstanceBackend, operations, names)
