"""The rules of one collection, at work: by the kernel where it is at hand, in Python where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anonymizer import rawbson
from anonymizer.keys import Keyring
from anonymizer.rawbson import Joined
from anonymizer.rules.model import CollectionRule
from anonymizer.treatment import native
from anonymizer.treatment.reference import Reference
from anonymizer.treatment.unlisted import Unlisted


class Program:
    """Checks and masks the documents of one collection.

    Attributes:
        unlisted: What was found that no rule names.
        engine: `kernel` or `python`.
    """

    def __init__(self, rule: CollectionRule, keyring: Keyring) -> None:
        self.unlisted = Unlisted(rule.namespace)
        self._as_they_are = rule.mode == "preserve" or rule.unchecked
        self._reference = Reference(rule, keyring, self.unlisted)
        self._kernel = native.kernel_for(self._reference, keyring)
        self.engine = native.engine()

    def treat(self, batch: bytes) -> Sequence[Any]:
        """Check a batch of documents and mask what the rules say.

        Args:
            batch: Documents as they stood in the source, one after the other.

        Returns:
            As many documents, to insert: bytes (all in one piece, if it is a `Joined`), or a dictionary for one that
            cannot be encoded. None is to be written before `unlisted` has been looked at: where it has anything, some
            of them are not treated.
        """
        if self._as_they_are:
            return list(rawbson.documents(batch))
        if self._kernel is None:
            return self._reference.treat(batch)
        count, whole, documents, handed = self._kernel.treat(batch)
        if whole is not None:
            return Joined(whole, count)
        for place, raw in handed:
            documents[place] = self._reference.treat_one(raw)
        return documents
