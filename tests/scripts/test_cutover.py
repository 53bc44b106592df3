"""staging-cutover: another volume is served, or the former one is again."""

import json

import pytest

pytestmark = pytest.mark.slow

OLD, NEW = "vol-0000000a", "vol-0000000b"
GOOD = {"healthy": True, "reason": None, "version": "6.0.5", "replica_set": "staging", "primary_at": 9_999_999_999_999}
BAD = {
    "healthy": False,
    "reason": "it is no writable primary",
    "version": None,
    "replica_set": None,
    "primary_at": None,
}
UNIT = "understudy-mongod"
SWITCH = {
    "refresh_id": "r-1", "from_volume_id": OLD, "to_volume_id": NEW, "user_parameter": "/mongo/admin",
    "password_parameter": "/mongo/admin/password", "replica_set": "staging", "address": "10.0.0.5",
    "health_timeout_seconds": "5",
}  # fmt: skip


@pytest.fixture
def staging(host):
    """A host that serves OLD; NEW is mounted beside it; both are good."""
    host.put("parameters/mongo_admin", "admin\n")
    host.put("parameters/mongo_admin_password", "s3cret\n")
    for volume in (OLD, NEW):
        host.put(f"mounted/{volume}", "")
        host.put(f"health/{volume}", json.dumps(GOOD))
        data = host.state(f"volumes/{volume}/db")
        data.mkdir(parents=True)
        (data / "storage.bson").touch()
    host.state("live").symlink_to(f"volumes/{OLD}")
    host.put(f"units/{UNIT}", "")
    return host


def live(host):
    return host.state("live").readlink().name


def changes(host):
    """Starts and stops of staging's server, each with the volume that was live."""
    return [
        tuple(call.replace(" live=", " ").split())[::2]
        for call in host.calls("systemctl")
        if call.startswith((f"start {UNIT}", f"stop {UNIT}"))
    ]


def test_staging_is_stopped_on_the_old_volume_and_started_on_the_new_one(staging):
    answer = staging.answer("staging-cutover", **SWITCH)
    assert (answer["live_volume_id"], answer["switched"], answer["switched_back"]) == (NEW, True, False)
    assert answer["unavailable_ms"] > 0
    assert changes(staging) == [("stop", OLD), ("start", NEW)]
    assert live(staging) == NEW


def test_done_again_it_touches_nothing(staging):
    staging.answer("staging-cutover", **SWITCH)
    before = changes(staging)
    answer = staging.answer("staging-cutover", **SWITCH)
    assert (answer["live_volume_id"], answer["switched"]) == (NEW, True)
    assert changes(staging) == before


def test_a_volume_that_is_not_healthy_is_left_for_the_old_one(staging):
    staging.put(f"health/{NEW}", json.dumps(BAD))
    answer = staging.answer("staging-cutover", **SWITCH)
    assert (answer["live_volume_id"], answer["switched"], answer["switched_back"]) == (OLD, False, True)
    assert "it is no writable primary" in answer["reason"]
    assert NEW in answer["reason"]
    assert live(staging) == OLD
    assert changes(staging)[-1] == ("start", OLD)


def test_without_an_earlier_volume_a_failure_leaves_nothing_live_and_says_so(staging):
    staging.state("live").unlink()
    (staging.root / f"units/{UNIT}").unlink()
    staging.put(f"health/{NEW}", json.dumps(BAD))
    answer = staging.answer("staging-cutover", **{**SWITCH, "from_volume_id": "none"})
    assert (answer["live_volume_id"], answer["switched"], answer["switched_back"]) == (None, False, False)
    assert "no earlier volume" in answer["reason"]
    assert not staging.state("live").is_symlink()


def test_killed_after_the_stop_the_next_run_counts_from_that_stop(staging):
    staging.answer("staging-cutover", **SWITCH)  # writes unit and configuration, so that the next lines are the kill
    staging.state("live").unlink()
    staging.state("live").symlink_to(f"volumes/{OLD}")
    (staging.root / f"units/{UNIT}").unlink()
    staging.state("stopped-at").write_text(f"{GOOD['primary_at'] - 4_321}\n")
    answer = staging.answer("staging-cutover", **SWITCH)
    assert (answer["live_volume_id"], answer["switched"]) == (NEW, True)
    assert answer["unavailable_ms"] == 4_321
    assert not staging.state("stopped-at").exists()


def test_killed_after_the_switch_the_next_run_starts_what_was_switched_to(staging):
    staging.state("live").unlink()
    staging.state("live").symlink_to(f"volumes/{NEW}")
    (staging.root / f"units/{UNIT}").unlink()
    answer = staging.answer("staging-cutover", **SWITCH)
    assert (answer["live_volume_id"], answer["switched"]) == (NEW, True)
    assert (staging.root / f"units/{UNIT}").exists()


def test_killed_after_the_start_the_next_run_waits_for_that_server_as_long_as_for_one_of_its_own(staging):
    staging.answer("staging-cutover", **SWITCH)
    staging.state("stopped-at").write_text(f"{GOOD['primary_at'] - 4_321}\n")  # as a run leaves it that is killed now
    before = changes(staging)
    assert staging.answer("staging-cutover", **SWITCH)["unavailable_ms"] == 4_321
    assert changes(staging) == before
    waits = [json.loads(line)["seconds"] for line in (staging.root / "health.log").read_text().splitlines()]
    assert waits == [int(SWITCH["health_timeout_seconds"])] * 2


def test_where_neither_volume_is_healthy_both_reasons_are_given(staging):
    for volume in (OLD, NEW):
        staging.put(f"health/{volume}", json.dumps(BAD))
    reason = staging.reason("staging-cutover", **SWITCH)
    assert "staging is down" in reason
    assert OLD in reason
    assert NEW in reason


def test_a_password_that_staging_refuses_changes_nothing(staging):
    staging.put("status-of-mongosh", "3")
    reason = staging.reason("staging-cutover", **SWITCH)
    assert "/mongo/admin/password" in reason
    assert changes(staging) == []
    assert live(staging) == OLD


def test_a_third_volume_that_is_live_is_not_replaced(staging):
    reason = staging.reason("staging-cutover", **{**SWITCH, "from_volume_id": "vol-0000000c"})
    assert OLD in reason
    assert changes(staging) == []


def test_a_volume_without_a_database_is_refused_before_anything_stops(staging):
    (staging.state(f"volumes/{NEW}/db") / "storage.bson").unlink()
    assert "holds no database" in staging.reason("staging-cutover", **SWITCH)
    assert changes(staging) == []


def test_the_password_reaches_no_argument_and_no_file(staging):
    done = staging.run("staging-cutover", **SWITCH)
    assert "s3cret" not in done.stdout + done.stderr
    left = [path for path in staging.root.rglob("*") if path.is_file() and "s3cret" in path.read_text(errors="replace")]
    assert {path.name for path in left} == {"mongo_admin_password"}  # the parameter itself is the control of this check


def test_the_key_of_the_authority_is_gone_and_the_certificate_names_the_address(staging):
    staging.answer("staging-cutover", **SWITCH)
    etc = staging.path("/etc/understudy")
    assert sorted(path.name for path in (etc / "tls").iterdir()) == ["ca.pem", "server.pem"]
    assert [path.name for path in staging.root.rglob("*.key")] == []
    first = (etc / "tls/server.pem").read_text(), (etc / "keyfile").read_text()
    staging.answer("staging-cutover", **{**SWITCH, "from_volume_id": NEW, "to_volume_id": OLD})
    assert (etc / "tls/server.pem").read_text() == first[0]
    assert (etc / "keyfile").read_text() == first[1]
