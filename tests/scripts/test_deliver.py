"""staging-deliver: today's users go into a volume beside the live one, if it may be opened so."""

import json
import sys

import pytest

pytestmark = pytest.mark.slow

LIVE, OTHER = "vol-0000000a", "vol-0000000b"
HEALTH = {"healthy": True, "reason": None, "version": "6.0.5", "replica_set": "staging", "primary_at": 1}
SHA = "a" * 64
DELIVER = {
    "refresh_id": "serve-1", "volume_id": OTHER, "toolkit_sha256": SHA, "user_parameter": "/mongo/admin",
    "password_parameter": "/mongo/admin/password", "replica_set": "staging", "cache_mib": "256",
}  # fmt: skip


@pytest.fixture
def staging(host):
    """A host that serves LIVE, with OTHER mounted beside it, and an anonymizer that carries users."""
    host.put("parameters/mongo_admin", "admin\n")
    host.put("parameters/mongo_admin_password", "s3cret\n")
    host.put(f"health/{LIVE}", json.dumps(HEALTH))
    host.put("units/understudy-mongod", "")
    for volume in (LIVE, OTHER):
        host.put(f"mounted/{volume}", "")
        folder = host.state(f"volumes/{volume}/db")
        folder.mkdir(parents=True)
        (folder / "storage.bson").touch()
        (folder / "mongod.lock").touch()
    host.state("live").symlink_to(f"volumes/{LIVE}")
    host.path(f"/opt/understudy/toolkit/{SHA}").mkdir(parents=True)
    answer = '{"users": 2, "roles": 0, "users_equal": true, "roles_equal": true}'
    host.fake("python3", f"[[ $1 != -m ]] || {{ echo '{answer}'; exit; }}\nexec {sys.executable} \"$@\"")
    return host


def opened(host):
    return [call for call in host.calls("systemd-run") if f"understudy-{OTHER}" in call]


def kill_server(host):
    """What a killed mongod leaves: its process id in the lock file."""
    host.state(f"volumes/{OTHER}/db/mongod.lock").write_text("4711\n")


def test_a_volume_that_was_served_and_stopped_in_order_gets_todays_users(staging):
    assert staging.answer("staging-deliver", **DELIVER, served_before="true")["users_equal"] is True
    assert len(opened(staging)) == 1


def test_one_whose_server_was_killed_is_not_opened(staging):
    kill_server(staging)
    answer = staging.answer("staging-deliver", **DELIVER, served_before="true")
    assert (answer["unclean"], answer["users_equal"]) == (True, False)
    assert opened(staging) == []


def test_a_candidate_that_was_never_served_recovers_by_itself(staging):
    kill_server(staging)
    assert staging.answer("staging-deliver", **DELIVER)["users_equal"] is True
    assert len(opened(staging)) == 1
