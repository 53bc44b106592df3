"""What a verification looked at, and what was planted to prove that it can find: the proofs of a report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

# Each check, and the kinds of finding that are its answers.
CHECKS: dict[str, tuple[str, ...]] = {
    "documents": ("documents", "missing", "unexpected", "sample"),
    "kept_values": ("changed", "unlisted"),
    "constants": ("constant", "dropped"),
    "own_path": ("own_path",),
    "own_names": ("own_name",),
    "identity_values": ("original",),
    "detectors": (
        "detector_email", "detector_phone", "detector_card", "detector_iban", "detector_ip", "detector_jwt",
        "detector_national_id",
    ),
    "likeness": ("likeness",),
    "formats": ("type", "format"),
    "consistency": ("inconsistent",),
    "distinctness": ("not_distinct",),
    "references": ("reference",),
    "k_anonymity": ("k_anonymity",),
    "structures": ("options", "indexes"),
}  # fmt: skip


@dataclass
class Tally:
    """Counts of one worker, or of all.

    Attributes:
        documents: Documents that a check looked at.
        values: Values, or pairs of them.
        planted: What was planted for a check.
        found: What of that it found.
    """

    documents: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)

    def merge(self, other: Tally) -> None:
        """Take over what was counted elsewhere."""
        for name in ("documents", "values", "planted", "found"):
            getattr(self, name).update(getattr(other, name))

    def clear(self) -> None:
        """Forget everything."""
        for one in (self.documents, self.values, self.planted, self.found):
            one.clear()

    def control(self, check: str, *, found: bool) -> None:
        """Count something planted."""
        self.planted[check] += 1
        self.found[check] += bool(found)

    def failed(self) -> list[str]:
        """Give the checks that did not find all that was planted for them."""
        return [check for check in CHECKS if self.found[check] < self.planted[check]]

    def rows(self, findings: Counter[str], more: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
        """Give the list for the result file.

        Args:
            findings: How often each kind was found.
            more: What else a check has to say.
        """
        return [
            {
                "check": check,
                "documents": self.documents[check],
                "values": self.values[check],
                "control": {"planted": self.planted[check], "found": self.found[check]},
                "findings": sum(findings[kind] for kind in kinds),
                **more.get(check, {}),
            }
            for check, kinds in CHECKS.items()
        ]
