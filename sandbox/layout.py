"""Where everything of a sandbox lies, derived from its name alone: a later process finds what a killed one left."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent
CACHE = PROJECT_ROOT / ".cache"
NAME_PATTERN = re.compile(r"[a-z][a-z0-9-]{0,39}")


class SandboxError(Exception):
    """Something of the sandbox failed; the message says what, why and what to do next."""


@dataclass(frozen=True)
class Layout:
    """The paths and names of one sandbox.

    Args:
        name: The sandbox's name; lower-case letters, digits and dashes.

    Raises:
        SandboxError: The name cannot be part of file and stack names.
    """

    name: str

    def __post_init__(self) -> None:
        if not NAME_PATTERN.fullmatch(self.name):
            raise SandboxError(
                f"'{self.name}' cannot name a sandbox: use up to 40 lower-case letters, digits, dashes; a letter first."
            )

    @property
    def state(self) -> Path:
        """The folder that holds all files of the sandbox."""
        return PROJECT_ROOT / ".sandbox" / self.name

    @property
    def prefix(self) -> str:
        """What every network namespace's name of this sandbox begins with; two clones of the project differ in it."""
        return f"understudy-{hashlib.sha256(str(self.state).encode()).hexdigest()[:8]}-"

    @property
    def pool_image(self) -> Path:
        """The sparse file that holds the pool's file system."""
        return self.state / "pool.img"

    @property
    def pool(self) -> Path:
        """Where the pool is mounted."""
        return self.state / "pool"

    @property
    def volumes(self) -> Path:
        """The raw images of volumes."""
        return self.pool / "volumes"

    @property
    def snapshots(self) -> Path:
        """The raw images of snapshots."""
        return self.pool / "snapshots"

    @property
    def databases(self) -> Path:
        """The folders of the database clusters' servers."""
        return self.pool / "databases"

    @property
    def images(self) -> Path:
        """What images of containers add to the machine's own files, in folders named by the digests' digits."""
        return self.state / "images"

    @property
    def authority(self) -> Path:
        """The authority that signs the databases' certificates."""
        return self.state / "authority"

    @property
    def database_sockets(self) -> Path:
        """What the names of the database servers' sockets begin with; a socket's path has at most 107 characters."""
        return Path("/tmp") / f"{self.prefix}database-"

    def root_disk(self, instance_id: str) -> Path:
        """Return the folder of what an instance wrote over the machine's own root file system."""
        return self.pool / "roots" / instance_id

    def host_record(self, instance_id: str) -> Path:
        """Return the file that says how to enter a running host."""
        return self.state / "hosts" / f"{instance_id}.json"

    @property
    def lock(self) -> Path:
        """Held (flock) by the supervisor as long as it lives."""
        return self.state / "supervisor.lock"

    @property
    def log(self) -> Path:
        """The supervisor's log."""
        return self.state / "supervisor.log"

    @property
    def trail(self) -> Path:
        """Every call to the API from this machine, one JSON object a line."""
        return self.state / "trail.jsonl"

    @property
    def messages(self) -> Path:
        """Everything that topics delivered to their subscribers, one JSON object a line."""
        return self.state / "messages.jsonl"

    @property
    def progress(self) -> Path:
        """What the supervisor did so far, one line a thing."""
        return self.state / "progress"

    @property
    def record(self) -> Path:
        """`sandbox.json`: there when the sandbox is ready."""
        return self.state / "sandbox.json"

    @property
    def environment_file(self) -> Path:
        """`export K=V` lines for a shell."""
        return self.state / "env"

    @property
    def rules(self) -> Path:
        """The copy of the rules that the user edits."""
        return self.state / "rules.yaml"

    @property
    def pulumi_home(self) -> Path:
        """Pulumi's home with the sandbox's plugins."""
        return self.state / "pulumi-home"

    @property
    def pulumi_backend(self) -> Path:
        """Pulumi's file backend."""
        return self.state / "pulumi-state"

    @property
    def stack_file(self) -> Path:
        """The stack's configuration, beside Pulumi.yaml."""
        return PROJECT_ROOT / f"Pulumi.{self.name}.yaml"
