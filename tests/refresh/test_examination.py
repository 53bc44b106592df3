"""What a doctor finds: each thing that can be out of order is a clear line, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from refresh.holdings import SPACE_TAG, Snapshot
from refresh.mongo.examination.case import Case
from refresh.mongo.examination.examine import examine, is_in_order
from refresh.mongo.examination.finding import Finding, Mark
from refresh.mongo.examination.permissions import principal_of
from refresh.mongo.examination.questions import Identity, Side
from refresh.places import Key
from refresh.request import RefreshRequest
from refresh.values import UNKNOWN
from tests.refresh.fake_questions import KEY, VOLUMES_KEY, FakeQuestions
from tests.refresh.fake_world import PRODUCTION, SPACE, STAGING, VERBS, WORKER, FakeWorld, inputs

ROLE = "arn:aws:iam::222222222222:role/reader"
Change = Callable[[FakeWorld, FakeQuestions], Any]


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    made = FakeWorld(tmp_path)
    made.objects.objects["toolkit", "toolkit/t.tar"] = (b"", "etag", 0.0)
    return made


def examined(world: FakeWorld, questions: FakeQuestions, **changes: Any) -> list[Finding]:
    aws = replace(world.connect("", ""), session_ends_at=getattr(questions, "ends_at", lambda: None))
    request = RefreshRequest.from_inputs(inputs(**changes))
    return list(examine(Case(request=request, aws=aws, questions=questions, clock=world.clock)))


def of(findings: list[Finding], mark: Mark) -> list[str]:
    return [f"{each.topic}: {each.text} | {each.remedy}" for each in findings if each.mark is mark]


def test_a_stack_in_order_is_said_to_be_and_nothing_is_changed(world: FakeWorld) -> None:
    world.up()
    effects, objects = list(world.fate.effects), dict(world.objects.objects)
    questions = FakeQuestions()
    found = examined(world, questions)
    assert of(found, Mark.WRONG) == []
    assert of(found, Mark.UNASKED) == []
    assert is_in_order(found)
    asked = world.fate.effects[len(effects) :]
    assert set(asked) == {"production-check", "staging-status"}
    assert world.objects.objects == objects
    assert not [each for each in questions.dry_runs if each.startswith("delete")]
    text = "\n".join(of(found, Mark.IN_ORDER))
    for part in ("assumed-role/runner", "shop-prod-2:27017 (MongoDB 6.0.5) would be read", "mongod 6.0.5, serves vol-"):
        assert part in text
    assert f"{len(VERBS)} are there" in text


def no_key(_world: FakeWorld, questions: FakeQuestions) -> None:
    del questions.keys[KEY]


def disabled_key(_world: FakeWorld, questions: FakeQuestions) -> None:
    questions.keys[KEY] = Key(arn=KEY, state="Disabled", manager="CUSTOMER")


def dying_key(_world: FakeWorld, questions: FakeQuestions) -> None:
    questions.keys[KEY] = Key(arn=KEY, state="PendingDeletion", manager="CUSTOMER")


def no_parameter(world: FakeWorld, _questions: FakeQuestions) -> None:
    del world.parameters.versions["/understudy/pseudonym-key"]


def old_staging(world: FakeWorld, _questions: FakeQuestions) -> None:
    world.hosts.staging_version = "5.0.9"


def no_primary(world: FakeWorld, _questions: FakeQuestions) -> None:
    world.hosts.members[PRODUCTION[0]].state = "RECOVERING"


def no_worker(world: FakeWorld, _questions: FakeQuestions) -> None:
    del world.ec2.instances[WORKER]


def failed_snapshot(world: FakeWorld, _questions: FakeQuestions) -> None:
    shot = Snapshot(
        snapshot_id="snap-9", volume_id="vol-1", state="error", size_gib=1, started_at=world.clock.now(),
        message="Given key ID is not accessible", tags={SPACE_TAG: SPACE},
    )  # fmt: skip
    world.ec2.shots["snap-9"] = (shot, 0.0, None)


def no_archive(world: FakeWorld, _questions: FakeQuestions) -> None:
    del world.objects.objects["toolkit", "toolkit/t.tar"]


def answers(**values: Any) -> Change:
    return lambda _world, questions: [setattr(questions, name, value) for name, value in values.items()]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (answers(who={Side.OWN: Identity(account_id="9", arn="arn:x")}), "the stack is in account 111111111111"),
        (answers(silent_endpoints={"ssm (https://ssm)": "ConnectTimeoutError"}), "ssm (https://ssm) does not answer"),
        (answers(offline={STAGING: "ConnectionLost"}), f"host {STAGING} is ConnectionLost"),
        (answers(offline={PRODUCTION[1]: None}), f"{PRODUCTION[1]} has no SSM agent that ever registered"),
        (no_primary, "no primary among production.instance_ids"),
        (no_worker, f"worker host {WORKER} does not exist"),
        (old_staging, "older than production's 6.0.5"),
        (no_parameter, "/understudy/pseudonym-key (understudy:pseudonym_key_parameter) does not exist"),
        (no_key, f"{KEY} does not exist"),
        (disabled_key, "aws kms enable-key"),
        (dying_key, "aws kms cancel-key-deletion"),
        (answers(key_usable=False), "may not use it"),
        (failed_snapshot, "Given key ID is not accessible"),
        (answers(buckets={"toolkit"}), "reports is gone"),
        (answers(buckets={"reports"}), "toolkit is gone"),
        (no_archive, "s3://toolkit/toolkit/t.tar is gone"),
        (answers(documents={"understudy-staging-verify": None}), "understudy-staging-verify does not exist"),
        (answers(documents={"understudy-staging-verify": "0"}), "was changed by somebody else"),
        (answers(denied={"create_snapshots"}), "CreateSnapshots is not allowed"),
        (answers(denied={"create_volume"}), "operator_policy_arn"),
        (answers(denied={"ec2:DeleteVolume"}), "ec2:DeleteVolume on"),
        (answers(used_gib=51_100), "200 GiB more of gp3 volumes do not fit: 51,100 of 51,200 GiB"),
        (answers(snapshots=99_995), "99,995 of 100,000 snapshots"),
    ],
)
def test_what_is_out_of_order_is_one_clear_line(world: FakeWorld, change: Change, expected: str) -> None:
    questions = FakeQuestions()
    change(world, questions)
    found = examined(world, questions)
    lines = of(found, Mark.WRONG)
    assert len([line for line in lines if expected in line]) == 1, lines
    assert not is_in_order(found)


def test_who_is_nobody_is_told_so_and_nothing_else_is_asked(world: FakeWorld) -> None:
    questions = FakeQuestions()
    questions.refused = {"identity own"}
    found = examined(world, questions)
    assert [each.topic for each in found] == ["endpoints", "credentials", "the rest"]
    assert "set AWS_PROFILE" in of(found, Mark.WRONG)[0]


def test_another_region_than_the_stacks_is_told(world: FakeWorld) -> None:
    found = examined(world, FakeQuestions(), region="eu-west-2")
    assert "the stack was made in eu-west-1 | pulumi config set aws:region eu-west-1" in of(found, Mark.WRONG)[0]


def test_a_session_that_ends_soon_is_told_and_the_rest_is_asked(world: FakeWorld) -> None:
    questions = FakeQuestions()
    soon = world.clock.now() + timedelta(minutes=5)
    questions.ends_at = lambda: soon  # type: ignore[attr-defined]
    found = examined(world, questions)
    assert "end in 5 min" in of(found, Mark.WRONG)[0]
    assert any(each.topic == "quotas" for each in found)


@pytest.mark.parametrize("name", ["agents", "quota", "simulate", "dry_run", "key"])
def test_what_may_not_be_asked_is_said_and_is_not_wrong(world: FakeWorld, name: str) -> None:
    questions = FakeQuestions()
    questions.refused = {name}
    found = examined(world, questions)
    assert is_in_order(found)
    assert any("AccessDenied" in line for line in of(found, Mark.UNASKED))


def test_production_in_another_account_has_to_be_able_to_share(world: FakeWorld) -> None:
    questions = FakeQuestions()
    found = examined(world, questions, production__role_arn=ROLE)
    assert "its snapshots can be shared" in "\n".join(of(found, Mark.IN_ORDER))
    questions.keys[VOLUMES_KEY] = Key(arn=VOLUMES_KEY, state="Enabled", manager="AWS")
    lines = of(examined(world, questions, production__role_arn=ROLE), Mark.WRONG)
    assert any("which AWS manages: its snapshots cannot be shared with account 111111111111" in each for each in lines)


@pytest.mark.parametrize(("prefix", "side"), [("", Side.PRODUCTION), ("arn:aws:ssm:eu-west-1:1:document/", Side.OWN)])
def test_a_document_is_asked_for_in_the_account_that_it_lies_in(world: FakeWorld, prefix: str, side: Side) -> None:
    """Production's own is given by its name; one of the stack's that is shared with it, by its ARN."""
    questions = FakeQuestions()
    name = f"{prefix}understudy-staging-production-check"
    examined(world, questions, production__role_arn=ROLE, **{"documents__production-check__name": name})
    assert (side, name) in questions.looked_at
    assert {each for each, other in questions.looked_at if other != name} == {Side.OWN}


def test_a_production_role_that_cannot_be_assumed_names_the_trust_policy(world: FakeWorld) -> None:
    questions = FakeQuestions()
    questions.refused = {"identity production"}
    lines = of(examined(world, questions, production__role_arn=ROLE), Mark.WRONG)
    assert any("trust policy" in line for line in lines)


def test_before_the_first_up_it_says_what_is_not_there_yet(world: FakeWorld) -> None:
    unknown = {
        "staging__instance_id": UNKNOWN, "staging__kms_key_id": UNKNOWN, "worker__instance_id": UNKNOWN,
        "reports_bucket": UNKNOWN, "documents": {}, "toolkit": {"bucket": UNKNOWN, "key": UNKNOWN, "sha256": UNKNOWN},
    }  # fmt: skip
    found = examined(world, FakeQuestions(), **unknown)
    assert is_in_order(found)
    assert "not there yet: pulumi up makes" in "\n".join(of(found, Mark.UNASKED))
    gone = {**unknown, "production__instance_ids": ["i-00000000000000099"]}
    assert "is this the right role, account and region" in "\n".join(
        of(examined(world, FakeQuestions(), **gone), Mark.WRONG)
    )


def test_an_interrupted_refresh_is_named(world: FakeWorld) -> None:
    world.fate.die_after = 30
    assert world.up_and_die()
    found = examined(world, FakeQuestions())
    assert "pulumi up goes on with it" in "\n".join(of(found, Mark.IN_ORDER))


@pytest.mark.parametrize(
    ("arn", "principal"),
    [
        ("arn:aws:sts::1:assumed-role/runner/me", "arn:aws:iam::1:role/runner"),
        ("arn:aws-cn:sts::1:assumed-role/runner/me", "arn:aws-cn:iam::1:role/runner"),
        ("arn:aws:iam::1:user/ann", "arn:aws:iam::1:user/ann"),
        ("arn:aws:iam::1:root", None),
    ],
)
def test_the_simulator_is_asked_of_the_role_behind_a_session(arn: str, principal: str | None) -> None:
    assert principal_of(arn) == principal
