"""Where the toolchain keeps what it brings."""

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Layout:
    """The folders of one checkout.

    Args:
        root: The project's root folder.
    """

    root: Path = HERE.parents[1]

    @property
    def cache(self) -> Path:
        """Everything that set-up makes; may be deleted at any time."""
        return self.root / ".cache"

    @property
    def bin(self) -> Path:
        """The programs, first on PATH of whatever the Makefile and the sandbox run."""
        return self.cache / "bin"

    @property
    def venv(self) -> Path:
        """The virtual environment with everything of requirements*.txt."""
        return self.cache / "venv"

    @property
    def venv_python(self) -> Path:
        """That environment's interpreter."""
        return self.venv / "bin" / "python"

    @property
    def scratch(self) -> Path:
        """Half-finished things; emptied at the start of each set-up."""
        return self.cache / "tmp"

    @property
    def stamps(self) -> Path:
        """One file a tool, saying from what it was made."""
        return self.cache / "stamps"

    @property
    def logs(self) -> Path:
        """What the programs that set-up ran had to say."""
        return self.cache / "log"
