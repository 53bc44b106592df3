"""Memory of a verification's sets at ten million values: bounded, and how it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MILLIONS = 10

GATHER = """
import resource, sys, time
from pathlib import Path
from anonymizer.verification.digests import Collector, Digester, DigestSet, merge, sieve_bits
from anonymizer.verification.records import PAIRS, Recorder, bucket_bits, buckets
folder, count = Path(sys.argv[1]), int(sys.argv[2])
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
digester = Digester(b"k" * 32)
before = peak()
collector, recorder = Collector(folder, digester, sieve_bits(count)), Recorder(folder, digester, bucket_bits(count))
for n in range(count):
    collector.add(f"p{n}@mail.de")
    recorder.add(PAIRS, digester.digest(f"d{n}"), n, 1)
collector.flush()
recorder.flush()
assert merge(folder, folder / "sorted") == count
assert sum(map(len, buckets(folder, PAIRS))) == count
held = DigestSet(folder / "sorted", digester)
assert all(f"p{n}@mail.de" in held for n in range(0, count, 1001))
assert not any(f"q{n}@mail.de" in held for n in range(0, count, 1001))
print(peak() - before, sum(file.stat().st_size for file in folder.iterdir()) >> 20)
"""


@pytest.mark.soak
@pytest.mark.sandbox
def test_ten_million_values_take_no_more_than_what_is_held_at_once(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-c", GATHER, str(tmp_path), str(MILLIONS * 10**6)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=900,
    )
    more_mib, on_disk_mib = map(int, ran.stdout.split())
    assert more_mib < 200, "the sieve, one bucket, and what is not yet written; the sorted file is mapped, not held"
    assert on_disk_mib < 500, "8 bytes a value looked for, 24 a pair compared, and the sieve"
