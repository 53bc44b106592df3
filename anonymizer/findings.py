"""What the verifier found: kind, collection, path and how often. Never a value."""

from __future__ import annotations

from collections import Counter

Place = tuple[str, str, str]  # kind, collection, path

KINDS = {
    "original": "an identity value of the source (e-mail, phone, card, token, street) is somewhere in the copy",
    "own_path": "a masked value is still at its own path of its own document",
    "detector_email": "something that reads like a deliverable e-mail address",
    "detector_phone": "something that reads like a telephone number in use",
    "detector_card": "something that reads like a card number in use",
    "constant": "a value is not the constant or null that its rule says",
    "type": "a masked value has another type than its original",
    "changed": "a value that should have been kept differs, or is missing, or is new",
    "unlisted": "the copy has a path that no rule names",
    "documents": "the copy has more or fewer documents than the source, or other ones",
    "missing": "a collection or view is not in the copy",
    "unexpected": "the copy has a collection or view that it should not have",
    "options": "a collection or view has other options than in the source",
    "indexes": "an index is missing, new or different",
}


class Findings:
    """Counts findings by kind and place."""

    def __init__(self) -> None:
        self.counts: Counter[Place] = Counter()

    def add(self, kind: str, collection: str, path: str = "", count: int = 1) -> None:
        """Count a finding."""
        if kind not in KINDS:
            raise KeyError(kind)
        self.counts[kind, collection, path] += count

    def merge(self, counts: dict[Place, int]) -> None:
        """Take over what was found elsewhere."""
        self.counts.update(counts)

    def rows(self) -> list[dict[str, object]]:
        """Give the list for the result file, in order."""
        return [
            {"kind": kind, "collection": collection, "path": path, "count": count}
            for (kind, collection, path), count in sorted(self.counts.items())
        ]
