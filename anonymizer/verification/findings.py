"""What the verifier found: kind, collection, path and how often. Never a value."""

from __future__ import annotations

from collections import Counter

Place = tuple[str, str, str]  # kind, collection, path

KINDS = {
    "original": "an identity value of the source (e-mail, phone, card, id, token, street, URL, IP) is in the copy",
    "own_path": "a masked value is still at its own path of its own document",
    "own_name": "the name of a document's own person is in a text of that document",
    "likeness": "names or towns share more words with their own originals than chance would have it",
    "inconsistent": "one original has several pseudonyms within a domain",
    "not_distinct": "several originals have one pseudonym, where the mask promises one for each",
    "reference": "values that referred to something in the source refer to nothing in the copy",
    "k_anonymity": "documents that fewer than k share their quasi-identifiers with",
    "format": "a masked value has not the form or length that its mask keeps",
    "detector_email": "something that reads like a deliverable e-mail address",
    "detector_phone": "something that reads like a telephone number in use",
    "detector_card": "something that reads like a card number in use",
    "detector_iban": "something that reads like the IBAN of an account that may exist",
    "detector_ip": "an IPv4 address of a public range",
    "detector_jwt": "something that reads like a JSON Web Token",
    "detector_national_id": "something that reads like a national identity number, check signs and all",
    "dropped": "a field is there that its rule drops",
    "constant": "a value is not the constant or null that its rule says",
    "type": "a masked value has another type than its original",
    "changed": "a value that should have been kept differs, or is missing, or is new",
    "unlisted": "the copy has a path that no rule names",
    "documents": "the copy has more or fewer documents than the source, or other ones",
    "sample": "a sample has more or fewer documents than the rules draw",
    "missing": "a collection or view is not in the copy",
    "unexpected": "the copy has a collection or view that it should not have",
    "options": "a collection or view has other options than in the source",
    "indexes": "an index is missing, new or different",
    "control": "a check did not find what was planted for it, so that nothing follows from its other answers",
}


class Findings:
    """Counts findings by kind and place."""

    def __init__(self) -> None:
        self.counts: Counter[Place] = Counter()
        self.total = 0

    def add(self, kind: str, collection: str, path: str = "", count: int = 1) -> None:
        """Count a finding."""
        if kind not in KINDS:
            raise KeyError(kind)
        self.counts[kind, collection, path] += count
        self.total += count

    def merge(self, counts: dict[Place, int]) -> None:
        """Take over what was found elsewhere."""
        self.counts.update(counts)
        self.total += sum(counts.values())

    def by_kind(self) -> Counter[str]:
        """Give how often each kind was found."""
        kinds: Counter[str] = Counter()
        for (kind, _, _), count in self.counts.items():
            kinds[kind] += count
        return kinds

    def rows(self) -> list[dict[str, object]]:
        """Give the list for the result file, in order."""
        return [
            {"kind": kind, "collection": collection, "path": path, "count": count}
            for (kind, collection, path), count in sorted(self.counts.items())
        ]
