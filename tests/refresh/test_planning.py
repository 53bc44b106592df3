"""What a plan reckons: sizes, times, costs, limits, and what changed in the rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from refresh.boto import sessions
from refresh.boto.errors import translate
from refresh.errors import TransientError
from refresh.holdings import Snapshot
from refresh.mongo import plan
from refresh.mongo.planning import cost, duration, limits, runs, sizes
from refresh.mongo.planning.line import fit
from refresh.mongo.planning.runs import Run
from refresh.mongo.workflow import STEPS
from refresh.reporting.rules import changes
from refresh.request import RefreshRequest
from tests.refresh.fake_world import PRODUCTION, RULES, FakeWorld, inputs

NAMES = [step.name for step in STEPS]
NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
MIB = 1024**2


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    return FakeWorld(tmp_path)


def planned(world: FakeWorld, **changes: Any) -> str:
    return "\n".join(plan.lines(RefreshRequest.from_inputs(inputs(**changes)), world.connect, world.clock))


def run(refresh_id: str, documents: int, *, full_mib: int = 0, data_mib: int = 0, **seconds: float) -> Run:
    return Run(
        refresh_id=refresh_id,
        finished_at="2026-02-01T00:00:00+00:00",
        data_as_of="2026-02-01T00:00:00+00:00",
        rules_sha256="r" * 64,
        seconds={**dict.fromkeys(NAMES, 2.0), **seconds},
        work_seconds={"anonymize": seconds.get("anonymize", 2.0) - 1.0},
        documents={"shop.customers": documents},
        data_bytes=data_mib * MIB,
        full_bytes=full_mib * MIB,
    )


def backup(mib: int) -> Snapshot:
    return Snapshot(
        snapshot_id="snap-1", volume_id="vol-1", state="completed", size_gib=10, started_at=NOW, full_bytes=mib * MIB
    )


def backed_up(world: FakeWorld, mib: int, **changes: Any) -> None:
    """Leave a snapshot of production's, as its own backups do."""
    shot = replace(backup(mib), volume_id="vol-00000002", **changes)
    world.ec2.shots[shot.snapshot_id] = (shot, 0.0, None)


# -- sizes -------------------------------------------------------------------------------


def test_what_was_written_since_the_last_refresh_comes_on_top_of_its_data() -> None:
    expected = sizes.expected([run("a", 1000, full_mib=300, data_mib=100)], backup(600))
    assert expected is not None
    assert expected.documents == 4000
    assert "snap-1" in expected.based_on


def test_room_that_was_reserved_and_never_written_is_no_data() -> None:
    expected = sizes.expected([run("a", 1000, full_mib=100, data_mib=300)], backup(400))
    assert expected is not None
    assert expected.documents == 4000


def test_two_refreshes_of_different_sizes_tell_what_is_written_besides_documents() -> None:
    past = [run("b", 3000, full_mib=400), run("a", 1000, full_mib=200)]  # 100 MiB are no documents
    expected = sizes.expected(past, backup(900))
    assert expected is not None
    assert expected.documents == 8000


def test_without_a_backup_of_production_it_expects_what_it_read_and_says_why() -> None:
    expected = sizes.expected([run("a", 1000, full_mib=300)], None)
    assert expected is not None
    assert (expected.documents, "no snapshot of production's volumes" in expected.based_on) == (1000, True)
    assert sizes.expected([], backup(10)) is None


def test_a_refreshs_own_snapshot_and_one_that_failed_are_no_backup(world: FakeWorld) -> None:
    request = RefreshRequest.from_inputs(inputs())
    backed_up(world, 500, tags={"understudy:refresh": "march-1"})
    assert sizes.newest_backup(request, world.connect("", ""), None) is None
    backed_up(world, 500, state="error")
    assert sizes.newest_backup(request, world.connect("", ""), None) is None
    backed_up(world, 500)  # control
    found = sizes.newest_backup(request, world.connect("", ""), None)
    assert found is not None
    assert found.full_bytes == 500 * MIB


def test_data_on_several_volumes_is_told_by_a_backup_of_each(world: FakeWorld) -> None:
    request, aws = RefreshRequest.from_inputs(inputs()), world.connect("", "")
    last = replace(run("a", 10), source_volume_ids=("vol-00000001", "vol-00000002"))
    backed_up(world, 500)
    assert sizes.newest_backup(request, aws, last) is None
    other = replace(backup(300), volume_id="vol-00000001", snapshot_id="snap-2")
    world.ec2.shots[other.snapshot_id] = (other, 0.0, None)
    found = sizes.newest_backup(request, aws, last)
    assert found is not None
    assert found.full_bytes == 800 * MIB


# -- duration ------------------------------------------------------------------------------


def test_copying_grows_with_the_documents_and_the_rest_does_not() -> None:
    past = run("a", 1000, anonymize=11.0)
    estimate = duration.estimate([past], 4000)
    assert estimate.seconds["anonymize"] == pytest.approx(1.0 + 4 * 10.0)
    assert estimate.seconds["cut_over"] == 2.0
    assert f"a ({past.total_seconds:.0f} s)" in estimate.based_on


def test_a_line_is_drawn_through_refreshes_of_different_sizes() -> None:
    past = [run("b", 3000, anonymize=20.0), run("a", 1000, anonymize=10.0)]
    estimate = duration.estimate(past, 9000)
    assert estimate.seconds["anonymize"] == pytest.approx(5.0 + 9 * 5.0)
    assert "line" in estimate.based_on


def test_a_line_never_falls_and_never_starts_below_zero() -> None:
    assert fit([1.0, 2.0], [5.0, 3.0]).at(10) == 4.0
    assert fit([1.0, 2.0], [1.0, 4.0]).fixed == 0.0


def test_a_refresh_that_was_interrupted_is_not_reckoned_with_while_others_are_there() -> None:
    broken = replace(run("b", 10), in_one_go=False)
    assert runs.typical([broken, run("a", 10)])[0].refresh_id == "a"
    assert runs.typical([broken])[0].refresh_id == "b"


@pytest.mark.parametrize(
    ("seconds", "told"), [(3, "3 s"), (119, "119 s"), (3600, "60 min"), (7980, "2 h 13 min"), (90_000, "25 h 00 min")]
)
def test_times_are_written_for_people(seconds: float, told: str) -> None:
    assert duration.readable_time(seconds) == told


# -- limits and cost -------------------------------------------------------------------------


def hold(hours: float, ends_in_hours: float | None = None, **changes: Any) -> str:
    estimate = duration.Estimate(seconds={"anonymize": hours * 3600}, based_on="")
    ends_at = None if ends_in_hours is None else NOW + timedelta(hours=ends_in_hours)
    return "\n".join(limits.lines(RefreshRequest.from_inputs(inputs(**changes)), estimate, ends_at, NOW))


def test_an_estimate_is_held_against_ci_and_credentials() -> None:
    short = hold(1, 2)
    assert "!" not in short
    assert "GitHub-hosted job of 6 h" in short
    assert "credentials that end in 2 h 00 min" in short
    assert "! longer than a GitHub-hosted job may take (6 h)" in hold(7)
    assert "! your AWS credentials end in 30 min" in hold(1, 0.5)
    assert "credentials" not in hold(1)


def test_an_estimate_is_held_against_our_own_limits() -> None:
    told = hold(25)
    assert "step_timeout_minutes.anonymize 2251" in told
    assert "expires after 24 h" in told
    assert "step_timeout_minutes" not in hold(23)
    assert "step_timeout_minutes" in hold(2, limits__step_timeout_minutes={"anonymize": 60.0})


def use(**changes: Any) -> cost.Use:
    values = {
        "seconds": 7300.0 * 3600 / 1000,
        "worker_kind": "m6i.2xlarge",
        "quarantine_gib": 100.0,
        "candidate_gib": 100.0,
        "snapshot_gib": 50.0,
        "kept_gib": [100.0, 100.0],
    }
    return cost.Use(**{**values, **changes})


def test_costs_are_reckoned_from_the_table() -> None:
    text = "\n".join(cost.lines(use(), "us-east-1"))  # 7.3 h: a hundredth of a month
    assert "worker m6i.2xlarge $2.80" in text
    assert "100 and 100 GiB $0.16" in text
    assert "50.0 GiB $0.03" in text
    assert "costs about $2.99" in text
    assert "2 volumes cost $16.00 a month" in text
    assert cost.prices("us-east-1").as_of in text


def test_what_the_price_table_does_not_have_is_said() -> None:
    assert "worker x9z.large not in the price table" in "\n".join(cost.lines(use(worker_kind="x9z.large"), "us-east-1"))
    assert "mars-1 is not in the table" in "\n".join(cost.lines(use(), "mars-1"))


def test_the_price_table_is_whole() -> None:
    table = json.loads(Path(cost.__file__).with_name("prices.json").read_text())
    datetime.fromisoformat(table["as_of"])
    assert table["unlisted_region"] in table["regions"]
    for region in table["regions"]:
        price = cost.prices(region)
        assert price.region == region
        assert 0 < price.snapshot_gib_month < price.gp3_gib_month < 1
        assert price.instance_hour("m6i.xlarge") == pytest.approx(2 * (price.instance_hour("m6i.large") or 0))


# -- rules -------------------------------------------------------------------------------------


def shop(**collections: Any) -> dict[str, Any]:
    return {"version": 1, "databases": {"shop": collections}}


CUSTOMERS = {"mode": "mask", "fields": {"_id": "keep", "email": {"mask": "email", "domain": "email"}}}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (shop(c=CUSTOMERS), shop(c=CUSTOMERS), []),
        (shop(), shop(c=CUSTOMERS), ["added: collection shop.c (mask, 2 paths)"]),
        (shop(c={"mode": "empty"}), shop(), ["removed: collection shop.c (was empty)"]),
        (
            shop(c=CUSTOMERS),
            shop(c={"mode": "mask", "fields": {"_id": "keep", "email": "keep", "nick": "name"}}),
            ["changed: shop.c email: from email (domain email) to keep", "added: shop.c nick: name"],
        ),
        (shop(c={"mode": "sample", "share": 0.1}), shop(c={"mode": "empty"}), None),
        (
            shop(c={"mode": "copy", "fields": ["a", "b"]}),
            shop(c={"mode": "copy", "fields": ["a"]}),
            ["removed: shop.c b (was listed)"],
        ),
        ({**shop(), "locale": "de"}, {**shop(), "locale": "en"}, ["changed: rules: locale from de to en"]),
    ],
)
def test_changes_of_rules_are_told_in_words(
    before: Mapping[str, Any], after: Mapping[str, Any], told: list[str] | None
) -> None:
    found = changes(before, after)
    assert found == (["changed: shop.c: mode from sample to empty", "removed: shop.c: share (was 0.1)"]
                     if told is None else told)  # fmt: skip


# -- the whole plan ------------------------------------------------------------------------------


def test_the_plan_foretells_documents_time_and_cost_from_the_last_refresh_and_todays_backup(world: FakeWorld) -> None:
    world.ec2.instances["i-000000000000000b1"] = replace(world.ec2.instances["i-000000000000000b1"], kind="m6i.xlarge")
    first = world.up()
    assert "not known before the first refresh" not in planned(world, trigger="april")
    took = sum(first["phases"].values())
    assert f"takes about {took:.0f} s" in planned(world, trigger="april")
    backed_up(world, 60)  # 10 MB of data then, and 30 MiB more are written
    text = planned(world, trigger="april")
    assert "about 41 expected (snap-1" in text
    assert "takes about 3 min" in text  # 82 s, of which the 20 s of each job that copies are there 4.1 times
    assert "worker m6i.xlarge $" in text
    assert "anonymize: copies" in text
    assert f"{PRODUCTION[2]} (running), vol-00000002 of 100 GiB (the last refresh's)" in text


def test_what_the_plan_foretold_is_kept_in_the_ledger_of_the_refresh(world: FakeWorld) -> None:
    first = world.up()
    second = world.up(trigger="april")
    ledgers = {
        place[1]: json.loads(body)["steps"]["preflight"]["facts"]["foretold"]
        for place, (body, *_) in world.objects.objects.items()
        if place[1].startswith("ledger/")
    }
    assert ledgers[f"ledger/{first['refresh_id']}.json"] == {}
    told = ledgers[f"ledger/{second['refresh_id']}.json"]
    assert told["documents"] == 10
    assert sum(told["seconds"].values()) == pytest.approx(sum(first["phases"].values()), abs=0.5)


def test_the_plan_says_which_rules_changed(world: FakeWorld) -> None:
    world.up()
    assert "rules: as in march-" in planned(world, trigger="april")
    fields = {**RULES["databases"]["shop"]["customers"]["fields"], "nick": "name"}
    text = planned(world, rules__databases__shop__customers__fields=fields)
    assert "rules: 1 change since march-" in text
    assert "    added: shop.customers nick: name" in text
    world.objects.objects = {place: each for place, each in world.objects.objects.items() if place[0] != "toolkit"}
    assert "are not kept any more" in planned(world, rules__databases__shop__customers__fields=fields)


def test_before_the_first_refresh_the_plan_says_what_is_not_known(world: FakeWorld) -> None:
    text = planned(world)
    assert "how long it takes is not known before the first refresh" in text
    assert "what an hour of it costs:" in text
    assert "documents: not known" in text


def test_a_ledger_of_another_layout_does_not_keep_the_plan_from_being_told(world: FakeWorld) -> None:
    world.up()
    place = next(place for place in world.objects.objects if place[1].startswith("ledger/"))
    values = json.loads(world.objects.objects[place][0])
    values["steps"]["anonymize"]["facts"]["collections"] = [{"name": "another layout"}]
    world.objects.objects[place] = (json.dumps(values).encode(), "etag", 0.0)
    text = planned(world, trigger="april")
    assert "could not be read from the reports bucket" in text
    assert f"{len(STEPS)}. retire" in text


def test_a_part_that_cannot_be_asked_does_not_keep_the_others_from_being_told(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_unused: Any) -> Any:
        raise TransientError("DescribeSnapshots: throttled")

    world.up()
    monkeypatch.setattr(world.ec2, "snapshots_of", refused)
    text = planned(world, trigger="april")
    assert "could not be looked up: DescribeSnapshots: throttled" in text
    assert "keeps as the way back" in text


class _Credentials:
    def __init__(self, method: str) -> None:
        self.method = method


class _Session:
    def __init__(self, method: str) -> None:
        self.get_credentials = lambda: _Credentials(method)


@pytest.mark.parametrize(
    ("method", "told", "ends"),
    [
        ("env", "2026-03-01T13:00:00Z", NOW + timedelta(hours=1)),
        ("env", "2026-03-01T13:00:00+00:00", NOW + timedelta(hours=1)),
        ("env", "soon", None),
        ("env", "", None),
        ("assume-role", "2026-03-01T13:00:00Z", None),  # renews itself
    ],
)
def test_the_end_of_a_session_is_known_where_the_environment_says_it(
    method: str, told: str, ends: datetime | None
) -> None:
    assert sessions.ends_at(_Session(method), {"AWS_CREDENTIAL_EXPIRATION": told}) == ends


def test_a_reports_bucket_that_is_gone_is_told_once_with_what_to_do(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = ClientError({"Error": {"Code": "NoSuchBucket", "Message": "no such bucket"}}, "ListObjectsV2")

    def gone(*_unused: Any) -> Any:
        raise translate(refusal, "ListObjectsV2 s3://reports/ledger/")

    monkeypatch.setattr(world.objects, "keys", gone)
    text = planned(world)
    assert text.count("AWS answered NoSuchBucket") == 1
    assert "pulumi refresh, then pulumi up, which makes an empty one; make doctor says more" in text


def test_golden_snapshots_that_stay_and_go_are_named_and_priced(world: FakeWorld) -> None:
    world.up()
    text = planned(world, trigger="april")
    assert "golden: makes a new one, keeps none, deletes snap-" in text
    assert "golden snapshots up to $5.00" in text  # 100 GiB at most
    kept = planned(world, trigger="april", retention__golden_snapshots=2.0)
    assert "deletes none" in kept
    text = planned(world, trigger="april", golden__keep=False)
    assert "golden: " not in text.split("  1. ")[0], "nothing new, and what is there stays"
    assert "golden snapshots up to $5.00" in text


def test_a_former_volume_that_is_too_old_goes(world: FakeWorld) -> None:
    world.up()
    world.up(trigger="april")
    world.clock.sleep(3 * 86400)
    live = world.of_space("live")[0].volume_id
    assert f"keeps as the way back: {live}" in planned(world, trigger="may")
    text = planned(world, trigger="may", retention__previous_volumes_max_age_days=2.0)
    assert "keeps as the way back: nothing" in text


def test_what_staging_serves_is_what_its_live_volume_says(world: FakeWorld) -> None:
    first = world.up()
    second = world.up(trigger="april")
    world.ec2.tag(second["live_volume_id"], {"understudy:role": "previous"})  # as after serve: previous
    world.ec2.tag(first["live_volume_id"], {"understudy:role": "live"})
    assert f"staging serves {first['refresh_id']}, data as of" in planned(world, trigger="may")
    world.ec2.tag(first["live_volume_id"], {"understudy:refresh": "reset-1"})
    assert "staging serves reset-1, which is no refresh from production" in planned(world, trigger="may")
