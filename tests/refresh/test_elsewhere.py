"""Production in another account and region, and on several volumes: what is shared, copied, refused and removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from refresh import session
from refresh.errors import PermanentError, PreflightError, ReleaseError, SourceError
from refresh.holdings import EXPIRES_TAG, ROLE_TAG, SOURCE_TAG, SPACE_TAG, TAKE_TAG
from refresh.places import Key, Place
from tests.refresh.fake_cloud import KEY, OTHER_ACCOUNT, OWN_ACCOUNT
from tests.refresh.fake_world import PRODUCTION, SPACE, FakeWorld, inputs

ELSEWHERE = Place(account_id=OTHER_ACCOUNT, region="eu-north-1")
ROLE = f"arn:aws:iam::{OTHER_ACCOUNT}:role/understudy"
OURS = inputs()["staging"]["kms_key_id"]
OTHERS = {"production__role_arn": ROLE, "production__region": "eu-north-1", "production__external_id": "a-secret-word"}


def elsewhere(folder: Path, *, volumes: int = 1) -> FakeWorld:
    """Return a world whose production lies in another account and region, its key shared."""
    world = FakeWorld(folder, ELSEWHERE)
    world.source.keys[KEY] = world.ec2.keys[KEY] = Key(arn=KEY, state="Enabled", manager="CUSTOMER")
    world.ec2.keys[OURS] = Key(arn=OURS, state="Enabled", manager="CUSTOMER")
    if volumes > 1:
        world.give_every_member_a_journal_volume()
    return world


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    return elsewhere(tmp_path, volumes=2)


def test_snapshots_are_shared_copied_under_our_key_and_gone_on_both_sides(world: FakeWorld) -> None:
    copied: list[Any] = []
    plain = world.ec2.copy_snapshot
    world.ec2.copy_snapshot = lambda order: (copied.append(order), plain(order))[1]  # type: ignore[method-assign]
    outputs = world.up(**OTHERS)
    assert outputs["findings"] == []
    assert world.fate.count("create_snapshots") == 1
    assert {account for _, account in world.source.shared} == {OWN_ACCOUNT}
    assert {order.kms_key_id for order in copied} == {OURS}
    assert {order.region for order in copied} == {"eu-north-1"}
    assert {order.tags[SOURCE_TAG] for order in copied} == {"vol-00000002", "vol-0000aa02"}
    for order in copied:
        assert order.tags[SPACE_TAG] == SPACE
        assert order.tags[ROLE_TAG] == "copy"
        assert EXPIRES_TAG in order.tags
    world.assert_nothing_left()
    assert world.roles[0].external_id == "a-secret-word"


def test_several_volumes_are_of_one_call_and_stand_where_they_stood(world: FakeWorld) -> None:
    seen: dict[str, dict[str, str]] = {}
    plain = world.ec2.create_volume

    def noting(order: Any) -> Any:
        made = plain(order)
        seen[made.volume_id] = dict(order.tags)
        return made

    world.ec2.create_volume = noting  # type: ignore[method-assign]
    world.up(**OTHERS)
    raw = {volume_id: tags for volume_id, tags in seen.items() if SOURCE_TAG in tags}
    assert sorted(tags[ROLE_TAG] for tags in raw.values()) == ["quarantine", "quarantine-part"]
    assert {tags[TAKE_TAG] for tags in raw.values()} == {"1"}
    assert all(EXPIRES_TAG in tags for tags in raw.values())
    root, parts = world.hosts.opened
    part = next(volume_id for volume_id, tags in raw.items() if tags[ROLE_TAG] == "quarantine-part")
    assert raw[root][SOURCE_TAG] == "vol-00000002"
    assert parts == f"{part}:mongo/journal:journal"


def test_several_volumes_in_one_place_need_no_copy(tmp_path: Path) -> None:
    world = FakeWorld(tmp_path)
    world.give_every_member_a_journal_volume()
    world.up()
    assert world.fate.count("copy_snapshot") == 0
    assert world.fate.count("share_snapshot") == 0
    world.assert_nothing_left()


def test_another_region_of_one_account_is_copied_from_and_nothing_is_shared(tmp_path: Path) -> None:
    world = FakeWorld(tmp_path, Place(account_id=OWN_ACCOUNT, region="eu-north-1"))
    world.up(production__region="eu-north-1")
    assert world.fate.count("copy_snapshot") == 1
    assert world.fate.count("share_snapshot") == 0
    world.assert_nothing_left()


def test_a_candidate_holds_what_all_volumes_hold(world: FakeWorld) -> None:
    sizes = []
    plain = world.ec2.create_volume
    world.ec2.create_volume = lambda order: (sizes.append((order.tags[ROLE_TAG], order.size_gib)), plain(order))[1]  # type: ignore[method-assign]
    world.up(**OTHERS)
    assert dict(sizes) == {"quarantine": 100, "quarantine-part": 10, "candidate": 110}


def test_a_copy_that_takes_long_says_how_far_it_is(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = world.ec2.snapshots
    began = world.clock.seconds + 600

    def slowly(tags: Any) -> Any:
        found = plain(tags)
        if tags.get(ROLE_TAG) != "copy" or world.clock.seconds > began:
            return found
        return [replace(each, state="pending", progress=f"{int(world.clock.seconds) // 100}%") for each in found]

    monkeypatch.setattr(world.ec2, "snapshots", slowly)
    world.up(**OTHERS)
    told = [line for line in world.lines if line.startswith("        copies: ")]
    assert 3 <= len(told) <= 8
    assert "snap-" in told[0]
    assert told == list(dict.fromkeys(told))


def test_a_lost_snapshot_of_two_means_that_both_are_taken_again(world: FakeWorld) -> None:
    """What is left of the first take would not fit what the second one holds."""
    world.fate.die_after = number_of(world, "copy_snapshot", nth=1)
    assert world.up_and_die(**OTHERS)
    lost = next(shot for shot, _, _ in world.source.shots.values())
    del world.source.shots[lost.snapshot_id]
    del world.ec2.shots[next(iter(world.ec2.shots))]
    world.up(**OTHERS)
    assert world.fate.count("create_snapshots") == 2
    world.assert_nothing_left()


def number_of(world: FakeWorld, effect: str, nth: int) -> int:
    """Return the number of the nth effect of a name in a world like this one that lives."""
    clean = elsewhere(world.folder / "clean", volumes=2)
    clean.up(**OTHERS)
    return [number for number, name in enumerate(clean.fate.effects) if name == effect][nth]


@pytest.mark.slow
def test_killed_anywhere_nothing_is_taken_or_copied_twice_and_nothing_is_left(tmp_path: Path) -> None:
    clean = elsewhere(tmp_path / "clean", volumes=2)
    clean.up(**OTHERS)
    for number in range(len(clean.fate.effects)):
        world = elsewhere(tmp_path / str(number), volumes=2)
        world.fate.die_after = number
        world.up_and_die(**OTHERS)
        where = f"died after {clean.fate.effects[number]} ({number})"
        world.up(**OTHERS)
        assert world.fate.count("create_snapshots") == 1, where
        assert world.fate.count("copy_snapshot") == 2, where
        assert len(world.ec2.tokens) == 3, where
        world.assert_nothing_left()


@pytest.mark.slow
def test_killed_anywhere_another_trigger_sweeps_both_accounts(tmp_path: Path) -> None:
    clean = elsewhere(tmp_path / "clean", volumes=2)
    clean.up(**OTHERS)
    for number in range(len(clean.fate.effects)):
        world = elsewhere(tmp_path / str(number), volumes=2)
        world.fate.die_after = number
        world.up_and_die(**OTHERS)
        world.up(trigger="april", **OTHERS)
        world.assert_nothing_left(previous=len(world.of_space("previous")))


def test_removing_the_space_removes_snapshots_and_copies_in_both_accounts(world: FakeWorld) -> None:
    world.fate.die_after = number_of(world, "copy_snapshot", nth=1)
    assert world.up_and_die(**OTHERS)
    assert world.source.snapshots({SPACE_TAG: SPACE})
    assert world.ec2.snapshots({SPACE_TAG: SPACE})
    given = inputs(**OTHERS)
    space = {
        **{name: given[name] for name in ("space", "region", "reports_bucket", "documents", "production")},
        "staging_instance_id": given["staging"]["instance_id"],
        "worker_instance_id": given["worker"]["instance_id"],
    }
    session.remove(space, world.world())
    assert world.source.snapshots({SPACE_TAG: SPACE}) == []
    assert world.ec2.snapshots({SPACE_TAG: SPACE}) == []
    assert world.roles[-1].role_arn == ROLE


def test_with_productions_role_gone_our_own_side_is_removed_and_what_to_look_for_is_told(world: FakeWorld) -> None:
    world.fate.die_after = number_of(world, "copy_snapshot", nth=1)
    assert world.up_and_die(**OTHERS)

    def refuse(_tags: object) -> None:
        raise denied("DescribeSnapshots")

    world.source.snapshots = refuse  # type: ignore[method-assign, assignment]
    given = inputs(**OTHERS)
    space = {
        **{name: given[name] for name in ("space", "region", "reports_bucket", "documents", "production")},
        "staging_instance_id": given["staging"]["instance_id"],
        "worker_instance_id": given["worker"]["instance_id"],
    }
    with pytest.raises(ReleaseError, match=f"--filters Name=tag:{SPACE_TAG},Values={SPACE}"):
        session.remove(space, world.world())
    assert world.ec2.snapshots({SPACE_TAG: SPACE}) == []


Change = Callable[[FakeWorld], None]


def denied(what: str) -> PermanentError:
    return PermanentError(f"{what}: AWS answered AccessDenied")


def role_refused(world: FakeWorld) -> None:
    world.source.place = lambda: (_ for _ in ()).throw(denied("AssumeRole"))  # type: ignore[method-assign]


def may_not_look(world: FakeWorld) -> None:
    def refuse(_instance_id: str) -> None:
        raise denied("DescribeInstances")

    world.source.instance = refuse  # type: ignore[method-assign, assignment]


def other_text(world: FakeWorld) -> None:
    send = world.hosts.send

    def refuse(instance_id: str, document: Any, parameters: Any) -> str:
        if instance_id in PRODUCTION:
            raise PermanentError(f"SendCommand {document.name}: AWS answered InvalidDocument")
        return send(instance_id, document, parameters)

    world.hosts.send = refuse  # type: ignore[method-assign]


def wrong_region(world: FakeWorld) -> None:
    world.source.instances.clear()


def unencrypted(world: FakeWorld) -> None:
    for disk in world.source.disks.values():
        disk.volume = replace(disk.volume, kms_key_id="")


def aws_managed(world: FakeWorld) -> None:
    world.source.keys[KEY] = Key(arn=KEY, state="Enabled", manager="AWS")


def not_shared_key(world: FakeWorld) -> None:
    del world.ec2.keys[KEY]


def disabled_key(world: FakeWorld) -> None:
    world.ec2.keys[KEY] = Key(arn=KEY, state="Disabled", manager="CUSTOMER")


def own_key_going(world: FakeWorld) -> None:
    world.ec2.keys[OURS] = Key(arn=OURS, state="PendingDeletion", manager="CUSTOMER")


def may_not_snapshot(world: FakeWorld) -> None:
    world.fate.failures["try_create_snapshots"] = [denied("CreateSnapshots")]


def on_root(world: FakeWorld) -> None:
    for number, member in enumerate(world.hosts.members.values()):
        member.more = {"volume_ids": [f"vol-0000ff0{number}"]}


def not_there(world: FakeWorld) -> None:
    for member in world.hosts.members.values():
        member.more = {"volume_ids": ["vol-0000bad0"]}


def strange_name(world: FakeWorld) -> None:
    for member in world.hosts.members.values():
        member.more["places"][1]["inside"] = "../etc;reboot"


def no_ebs(world: FakeWorld) -> None:
    for member in world.hosts.members.values():
        member.more["places"].append({"volume_id": "", "inside": "", "path": "shop"})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (role_refused, f"the role {ROLE} (understudy:production_role_arn) cannot be taken"),
        (may_not_look, "may not look at production's instances"),
        (other_text, "production-check cannot be run on production's hosts"),
        (wrong_region, f"does not exist in {ELSEWHERE}"),
        (unencrypted, "is not encrypted, and its snapshot would not be"),
        (aws_managed, "which AWS manages"),
        (not_shared_key, f"may not be used from account {OWN_ACCOUNT}"),
        (disabled_key, "is in state Disabled"),
        (own_key_going, "of staging's volumes is in state PendingDeletion"),
        (may_not_snapshot, "may not be asked for"),
        (on_root, "which is the root volume of"),
        (not_there, f"is not in {ELSEWHERE}"),
        (strange_name, "names of directories on volumes of their own"),
        (no_ebs, "keeps shop of its data directory on something that is no EBS volume"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_made(
    world: FakeWorld, change: Change, expected: str
) -> None:
    change(world)
    with pytest.raises(PreflightError, match="cannot start, and nothing was made") as refused:
        world.up(**OTHERS)
    assert expected in str(refused.value)
    assert "a-secret-word" not in str(refused.value)
    assert not {"create_snapshots", "share_snapshot", "create_volume", "start_instance"} & set(world.fate.effects)


def test_unencrypted_production_can_be_accepted(world: FakeWorld) -> None:
    unencrypted(world)
    world.up(production__accept_unencrypted=True, **OTHERS)
    world.assert_nothing_left()


def test_a_key_that_aws_manages_does_in_one_account(tmp_path: Path) -> None:
    world = FakeWorld(tmp_path)
    aws_managed(world)
    world.up()
    world.assert_nothing_left()


def may_not_share(world: FakeWorld) -> None:
    world.fate.failures["share_snapshot"] = [denied("ModifySnapshotAttribute")]


def copy_denied(world: FakeWorld) -> None:
    world.fate.failures["copy_snapshot"] = [denied("CopySnapshot")]


def copy_fails_in_its_state(world: FakeWorld) -> None:
    world.ec2.keys_that_fail.add(OURS)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (may_not_share, f"may not be shared with account {OWN_ACCOUNT}"),
        (copy_denied, "could not be copied"),
        (copy_fails_in_its_state, "Given key ID is not accessible"),
    ],
)
def test_what_shows_only_afterwards_removes_what_was_taken_and_starts_over_when_it_is_put_right(
    world: FakeWorld, change: Change, expected: str
) -> None:
    world.up(**OTHERS)
    before = world.hosts.live
    change(world)
    with pytest.raises(SourceError) as refused:
        world.up(trigger="april", **OTHERS)
    assert expected in str(refused.value)
    assert "docs/production-elsewhere.md" in str(refused.value)
    assert world.hosts.live == before
    world.assert_nothing_left()
    world.ec2.keys_that_fail.clear()
    world.up(trigger="april", **OTHERS)  # control: the same request, once it is allowed
    world.assert_nothing_left(previous=1)


def test_a_quarantine_volume_that_vanishes_for_its_key_starts_over(tmp_path: Path) -> None:
    world = FakeWorld(tmp_path)
    world.ec2.keys_that_fail.add(OURS)
    with pytest.raises(SourceError, match="needs the key of its snapshot and the stack's"):
        world.up()
    assert world.of_space() == []
    assert world.ec2.snapshots({SPACE_TAG: SPACE}) == []
    world.ec2.keys_that_fail.clear()
    world.clock.sleep(60)
    world.up()
    world.assert_nothing_left()


def test_a_snapshot_that_fails_is_told_with_awss_reason(world: FakeWorld) -> None:
    plain = world.source.create_snapshots

    def failing(order: Any) -> Any:
        made = plain(order)
        shot, at, content = world.source.shots[made[0].snapshot_id]
        world.source.shots[shot.snapshot_id] = (replace(shot, state="error", message="out of room"), at, content)
        return made

    world.source.create_snapshots = failing  # type: ignore[method-assign]
    with pytest.raises(SourceError, match="failed: out of room"):
        world.up(**OTHERS)
    world.source.create_snapshots = plain  # type: ignore[method-assign]
    world.up(**OTHERS)
    world.assert_nothing_left()


def test_members_of_production_are_asked_in_its_own_place(world: FakeWorld) -> None:
    world.up(**OTHERS)
    assert {host for host, verb, _ in world.hosts.sent if verb == "production-check"} == set(PRODUCTION)
