"""Rules in words, what is other than before, and the layout of the pictures."""

from __future__ import annotations

import copy
import itertools

from refresh.reporting import changes, plots, rules
from refresh.reporting.entry import Entry
from refresh.reporting.text import as_text
from refresh.reporting.timeline import timeline
from refresh.reporting.words import bytes_of, number, span
from tests.reporting import made


def treatments(raw: dict[str, object]) -> dict[str, str]:
    found = rules.in_force({"databases": {"shop": {"c": {"mode": "mask", "fields": raw}}}})
    return {each.path: each.treatment for each in found[0].rules}


def test_a_rule_is_written_in_words() -> None:
    cases = [{"mask": "phone", "when": {"kind": "home"}}, "keep"]
    found = treatments({"a": "keep", "b": {"mask": "date_shift", "max_days": 180.0, "deliverable": True}, "c": cases})
    assert found == {
        "a": "keep", "b": "date_shift (deliverable true, max_days 180)", "c": "phone (when kind home), keep",
    }  # fmt: skip


def test_the_order_in_which_a_rule_is_written_is_no_change() -> None:
    one, other = (
        {"databases": {"shop": {"c": {"mode": "mask", "fields": {"a": rule}}}}}
        for rule in (
            {"mask": "date_shift", "max_days": 180, "domain": "birth"},
            {"domain": "birth", "mask": "date_shift", "max_days": 180.0},
        )
    )
    assert rules.changes(one, other) == []


def test_rules_that_are_not_known_yet_are_no_rules() -> None:
    assert rules.in_force({}) == ()
    assert rules.in_force({"databases": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}) == ()


def test_what_changed_since_the_last_refresh_is_told_in_sentences() -> None:
    before = copy.deepcopy(made.RULES)
    shop = before["databases"]["shop"]
    shop["customers"]["fields"]["name"] = "keep"
    shop["customers"]["fields"]["nick"] = "username"
    del shop["customers"]["fields"]["phone"]
    shop["products"]["mode"] = "mask"
    shop["old"] = shop.pop("sessions")
    found = changes.since(made.mongo_report_of(made.mongo_ledger("former"), before), made.mongo_report())
    assert found.since == "former"
    assert found.rules == (
        "changed: shop.customers name: from keep to name",
        "removed: shop.customers nick (was username)",
        "added: shop.customers phone: phone (domain phone)",
        "removed: collection shop.old (was empty)",
        "changed: shop.products: mode from mask to copy",
        "added: collection shop.sessions (empty)",
    )
    assert found.counts == ()


def test_counts_that_changed_are_told_before_and_now() -> None:
    ledger = made.mongo_ledger("former")
    ledger["steps"] = copy.deepcopy(ledger["steps"])
    rows = ledger["steps"]["anonymize"]["facts"]["collections"]
    rows[0]["written"] = 7
    del rows[1]
    found = changes.since(made.mongo_report_of(ledger), made.mongo_report())
    assert [(each.collection, each.before, each.now) for each in found.counts] == [
        ("shop.customers", 7, 120_000), ("shop.orders", None, 1_845_210),
    ]  # fmt: skip
    assert found.rules == ()


def test_collections_say_what_was_masked_copied_and_dropped() -> None:
    found = {each.collection: each for each in made.mongo_report().collections}
    assert (found["products"].copied, found["products"].masked) == (4_210, 0)
    assert (found["tickets"].masked, found["tickets"].dropped) == (21_501, 64_503)
    assert found["audit_log"].mode == "drop"


def test_bars_lie_one_after_the_other_on_one_axis() -> None:
    drawn = timeline(made.mongo_report())
    assert drawn is not None
    assert [row.name for row in drawn.rows][:4] == ["preflight", "snapshot", "restore", "open quarantine"]
    bars = [bar for row in drawn.rows for bar in row.bars]
    assert bars[0].x == 0
    assert bars[-1].x + bars[-1].width == 100
    assert all(a.x < b.x for a, b in itertools.pairwise(bars))
    assert max(bars, key=lambda bar: bar.width) is drawn.rows[4].bars[0]  # anonymize took longest
    assert drawn.breaks == ()
    assert drawn.switch is not None
    assert "anonymize 10 min 11 s" in drawn.told


def test_a_long_rest_becomes_a_break_and_interruptions_are_seen() -> None:
    drawn = timeline(made.mongo_report(interrupted=True))
    assert drawn is not None
    assert [each.text for each in drawn.breaks] == ["16 h 58 min rest"]
    assert drawn.breaks[0].width < 10
    by_name = {row.name: row for row in drawn.rows}
    assert [bar.end for bar in by_name["verify"].bars] == ["interrupted", "done"]
    assert [bar.end for bar in by_name["deliver"].bars] == ["failed", "done"]
    assert "deliver 58.3 s (2 runs, 1 failed)" in drawn.told
    assert all(bar.x >= 0 and bar.x + bar.width <= 100.001 for row in drawn.rows for bar in row.bars)


def test_the_source_is_named_with_its_account_and_region() -> None:
    assert "| account and region | 111122223333, eu-west-1 |" in as_text(made.mongo_report())


def test_what_was_foretold_stands_beside_what_it_took() -> None:
    text = as_text(made.mongo_report())
    assert "| anonymize | 9 min 50 s | 10 min 11 s |" in text
    assert "| together | 19 min 10 s | 19 min 17 s |" in text


def test_a_report_with_nothing_in_it_has_no_picture_and_can_be_written() -> None:
    ledger = {"refresh_id": "r", "state": "running", "attempt": 1, "started_at": "", "steps": {}}
    report = made.mongo_report_of(ledger)
    assert timeline(report) is None
    assert report.outcome == "failed"
    assert "# Refresh r" in as_text(report)


def test_the_age_of_data_grows_until_the_next_refresh() -> None:
    entries = [
        Entry(refresh_id=f"r{n}", outcome="finished", finished_at=made.at(n * 86_400), seconds=60, documents=5,
              data_as_of=made.at(n * 86_400 - 3600))
        for n in (2, 1, 0)
    ]  # fmt: skip
    by_name = {each.name: each for each in plots.plots(entries)}
    assert set(by_name) == {"age", "duration", "size"}
    assert "at most 1 d 1 h old; after the latest event it was 1 h old" in by_name["age"].told
    points = [tuple(map(float, point.split(","))) for point in by_name["age"].line.split()]
    assert [x for x, _ in points] == [0, 500, 500, 1000, 1000]
    assert points[1][1] < points[2][1]  # up with age: the line falls where a refresh ends


def test_numbers_are_written_as_people_read_them() -> None:
    assert [span(0.44), span(59.9), span(61), span(7_290), span(90_061)] == [
        "0.4 s", "59.9 s", "1 min 1 s", "2 h 1 min", "1 d 1 h",
    ]  # fmt: skip
    assert number(1_234_567).split("\N{NARROW NO-BREAK SPACE}") == ["1", "234", "567"]
    assert [bytes_of(None), bytes_of(12), bytes_of(3_410_223)] == ["not known", "12 bytes", "3.3 MiB"]


def test_what_switched_back_is_told_with_its_reason() -> None:
    ledger = made.mongo_ledger()
    ledger["steps"] = copy.deepcopy(ledger["steps"])
    back = {"at": made.at(1500), "failure": "smoke test 1 of 1 failed: it ended with status 3", "unavailable_ms": 1200}
    ledger["steps"]["cut_over"]["facts"].update(from_volume_id="vol-former", switched_back=[back])
    ledger["runs"][-1].update(step="smoke", end="failed", reason="SwitchedBackError")
    report = made.mongo_report_of({**ledger, "state": "running"})
    text = as_text(report)
    assert report.outcome == "switched back"
    assert report.volumes is not None
    assert report.volumes.live == "vol-former"
    assert "smoke test 1 of 1 failed: it ended with status 3, 1\N{NARROW NO-BREAK SPACE}200 ms" in text
    assert "Staging serves what it served before." in text
