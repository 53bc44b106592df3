"""The masking of one collection in Python: what the kernel is held to, and all there is where no kernel is at hand."""

from __future__ import annotations

from typing import Any

from anonymizer import odd, paths, rawbson
from anonymizer.keys import Keyring
from anonymizer.rules import CollectionRule
from anonymizer.source import Source
from anonymizer.straightline import Compiler
from anonymizer.unlisted import Unlisted


class Reference:
    """Checks and masks the documents of one collection, decoded.

    Args:
        rule: Its rule, of a mode that lists paths.
        keyring: Where the masks' keys come from.
        unlisted: Takes what no rule names.
    """

    def __init__(self, rule: CollectionRule, keyring: Keyring, unlisted: Unlisted) -> None:
        self.masks = rule.mode != "copy"
        self.source = Source()
        self.tree = paths.tree(rule.fields)
        self.compiler = Compiler(keyring, unlisted, self.source)
        self._walk = self.compiler.document(self.tree)
        self._inspection = odd.Inspection(self.tree, unlisted, faithful=not self.masks)

    def treat(self, batch: bytes) -> list[Any]:
        """Check a batch of documents and mask what the rules say; see `Program.treat`."""
        if self.source.asked:
            return [self.treat_one(raw) for raw in rawbson.documents(batch)]
        documents = odd.decoded(batch)
        if documents is None:
            return [self.treat_one(raw) for raw in rawbson.documents(batch)]
        walk = self._walk
        for document in documents:
            walk(document)
        return documents if self.masks else list(rawbson.documents(batch))

    def treat_one(self, raw: bytes) -> Any:
        """Treat one document; None where it is not treated, which `unlisted` then tells."""
        found = odd.decoded(raw)
        if found is None and self.masks:
            found = odd.reordered(raw)
        if found is None:
            self._inspection.check(raw)
            return None if self.masks else raw
        self.source.begin(raw)
        self._walk(found[0])
        return found[0] if self.masks else raw
