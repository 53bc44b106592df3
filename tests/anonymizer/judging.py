"""What tests of the verifier need: a comparison of two documents under some rules, with no server in sight."""

from __future__ import annotations

from anonymizer.rules import reader
from anonymizer.verification import evidence
from anonymizer.verification.comparison import Comparison
from anonymizer.verification.digests import Collector, Digester, DigestSet, merge
from anonymizer.verification.findings import Findings
from anonymizer.verification.joined import Joined
from anonymizer.verification.judges import Court
from anonymizer.verification.lookout import Lookout
from anonymizer.verification.records import Places, Recorder
from anonymizer.verification.tally import Tally

DIGESTER = Digester(b"k" * 32)


def originals(folder, identities=()):
    """Give the set of the source's identity values."""
    collector = Collector(folder, DIGESTER)
    for kind, value in identities:
        for form in evidence.forms_of(kind, value, 30):
            collector.add(form)
    collector.flush()
    merge(folder, folder / "sorted")
    return DigestSet(folder / "sorted", DIGESTER)


class Judging:
    """The comparison of one collection, and what follows from all its documents."""

    def __init__(self, fields, folder, identities=(), **more):
        raw = {"mode": "mask", "fields": fields, **more}
        self.rules = reader.parse({"version": 1, "databases": {"d": {"c": raw}}})
        self.rule = self.rules.collections["d.c"]
        self.findings, self.tally, self.places = Findings(), Tally(), Places(self.rules)
        self.folder, self.recorder = folder, Recorder(folder, DIGESTER)
        self.lookout = Lookout(originals(folder, identities), self.findings, self.tally)
        self.court = Court(self.findings, self.lookout, self.recorder, self.tally)
        self.comparison = Comparison(self.rule, self.court, self.lookout, self.places)

    def compare(self, source, copy):
        self.comparison.compare(source, copy)
        return self

    def join(self):
        self.recorder.flush()
        joined = Joined(self.rules, self.places, self.folder, self.findings, self.tally)
        joined.pairs(self.court.words, self.court.fixed)
        joined.backs()
        joined.references()
        joined.groups()
        joined.unordered()
        assert not self.tally.failed()
        return joined

    def found(self):
        return {(kind, path) for kind, _, path in self.findings.counts}
