"""Back and forward by a value, back by a failing smoke test, to a golden snapshot: each a `pulumi up`, and reported."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sandbox.client import Sandbox
from sandbox.demo.databases import Client, connect_production, connect_staging
from sandbox.demo.evidence import leaked_addresses
from sandbox.demo.reader import CLIENT_OPTIONS, Reader, Service
from sandbox.demo.shop import DATABASE
from tests.e2e.stack import Stack
from tests.e2e.world import MOST_OF_A_REFRESH, Inventory, took

pytestmark = pytest.mark.sandbox

FAILED = 1
A_USER = "kept-over-switches"


@pytest.fixture(scope="module")
def two(sandbox: Sandbox, stack: Stack) -> dict[str, Any]:
    """The stack with a live volume and a former one; the outputs of the latest refresh."""
    while not any(each.get("previous_volume_ids") for each in _outputs_of(stack)):
        stack.configure("refresh_trigger", f"to-switch-{len(stack.history())}")
        stack.up()
    return stack.outputs()


def _outputs_of(stack: Stack) -> list[dict[str, Any]]:
    return [each.get("outputs", {}) for each in stack.resources() if each["type"].endswith(":StagingRefresh")]


@pytest.fixture
def connect(sandbox: Sandbox, two: dict[str, Any], tmp_path: Path) -> Callable[..., Client]:
    """Log in as staging's users do; its certificate stays the same, also where a failed `up` has no outputs."""
    authority = tmp_path / "ca.pem"
    authority.write_text(two["staging_ca_certificate"])
    return partial(connect_staging, sandbox, two["staging_instance_id"], authority)


@pytest.fixture
def watched(
    sandbox: Sandbox, stack: Stack, connect: Callable[..., Client], two: dict[str, Any]
) -> Callable[..., tuple[str, Service]]:
    """Bring the stack up under a client's eyes; staging is away no longer than for a cutover."""

    def up(expect: int = 0) -> tuple[str, Service]:
        with Reader(lambda: connect(**CLIENT_OPTIONS)) as reader:
            text = stack.up(expect)
            service = reader.stop()
        assert service.longest_gap_seconds <= MOST_OF_A_REFRESH * took(sandbox, two)
        return text, service

    return up


def _report(sandbox: Sandbox, two: dict[str, Any], event: str) -> dict[str, Any]:
    bucket = two["reports_bucket"]
    stored = sandbox.session().client("s3").get_object(Bucket=bucket, Key=f"reports/{event}/report.json")
    built: dict[str, Any] = json.loads(stored["Body"].read())
    return built


def _say(event: str, away_ms: Any, service: Service) -> None:
    """Show the figures to who reads along (`-s`): seconds depend on what else this machine does."""
    sys.stdout.write(f"\n{event}: away {away_ms} ms; a client {service.longest_gap_seconds:.2f} s\n")


def _switches(sandbox: Sandbox, two: dict[str, Any]) -> list[str]:
    found = sandbox.session().client("s3").list_objects_v2(Bucket=two["reports_bucket"], Prefix="serving/")
    names = [each["Key"].removeprefix("serving/").removesuffix(".json") for each in found.get("Contents", ())]
    return sorted(names, key=lambda name: int(name.removeprefix("serve-")))


def test_previous_and_live_switch_with_todays_users_and_without_production(
    sandbox: Sandbox,
    stack: Stack,
    inventory: Inventory,
    connect: Callable[..., Client],
    two: dict[str, Any],
    watched: Callable[..., Any],
) -> None:
    (former,) = inventory.volumes()["previous"]
    with connect() as client:
        client.admin.command("createUser", A_USER, pwd="a-password", roles=[{"role": "read", "db": DATABASE}])
        client[DATABASE]["switches"].insert_one({"written into": two["live_volume_id"]})
    stack.configure("serve", "previous")
    before = inventory.calls()
    text = stack.pulumi("preview", "--diff")
    assert "~ serve" in text
    assert f"to: {former}" in text
    assert not inventory.changes_since(before)
    _, back = watched()
    outputs = stack.outputs()
    assert (outputs["live_volume_id"], outputs["serving"]) == (former, "previous")
    assert outputs["data_as_of"] < two["data_as_of"]
    assert inventory.volumes() == {"live": [former], "previous": [two["live_volume_id"]]}
    assert not {"CreateSnapshots", "CreateSnapshot", "CreateVolume"} & set(inventory.changes_since(before))
    with connect() as client:
        assert client.admin.command("usersInfo", A_USER)["users"]
        assert client[DATABASE]["customers"].estimated_document_count()
        assert client[DATABASE]["switches"].count_documents({}) == 0
        client[DATABASE]["served"].insert_one({"by": former})  # opened alone for its users, it is a primary again
    stack.configure("serve", "live")
    _, forward = watched()
    assert stack.outputs()["live_volume_id"] == two["live_volume_id"]
    with connect() as client:
        assert client[DATABASE]["switches"].count_documents({}) == 1
    first, second = (_report(sandbox, two, event) for event in _switches(sandbox, two)[-2:])
    assert [each["service"]["volume_id"] for each in (first, second)] == [former, two["live_volume_id"]]
    for report, service in ((first, back), (second, forward)):
        assert (report["kind"], report["outcome"], report["notes"]) == ("serve", "finished", [])
        assert report["unavailable_ms"] > 0
        _say(report["refresh_id"], report["unavailable_ms"], service)


def test_a_failing_smoke_test_switches_back_and_a_golden_snapshot_makes_staging_anew(
    sandbox: Sandbox,
    stack: Stack,
    inventory: Inventory,
    connect: Callable[..., Client],
    two: dict[str, Any],
    watched: Callable[..., Any],
) -> None:
    before = stack.outputs()
    stack.configure("on_smoke_failure", "switch-back")
    stack.configure("golden", "true")
    stack.configure("refresh_trigger", "fails-its-test")
    stack.pulumi("config", "set", "--path", "smoke_tests[0]", 'echo "tests $UNDERSTUDY_REFRESH_ID"; exit 3')
    text, service = watched(expect=FAILED)
    assert "tests fails-its-test-" in text
    assert "staging switched back" in text
    (state,) = _outputs_of(stack)
    assert state["live_volume_id"] == before["live_volume_id"]
    assert inventory.volumes()["live"] == [before["live_volume_id"]]
    assert set(inventory.volumes()) == {"live", "previous", "candidate"}
    (golden,) = inventory.snapshots("golden")
    assert inventory.snapshots() == []
    event = next(line.split()[-1] for line in text.splitlines() if "tests fails-its-test-" in line)
    told = _report(sandbox, two, event)
    assert (told["kind"], told["outcome"], told["golden_snapshot"]) == ("refresh", "switched back", golden)
    away = [told["unavailable_ms"], told["switched_back"][0]["unavailable_ms"]]
    _say(event, away, service)

    stack.configure("refresh_source", "golden")
    stack.configure("refresh_trigger", "reset")
    stack.pulumi("config", "set", "--path", "smoke_tests[0]", "exit 0")  # `true` would be no text
    calls = inventory.calls()
    _, service = watched()
    outputs = stack.outputs()
    built = _report(sandbox, two, outputs["refresh_id"])
    assert (built["kind"], built["outcome"]) == ("reset", "finished")
    assert built["service"]["golden_snapshot_id"] == golden
    assert inventory.volumes() == {"live": [outputs["live_volume_id"]], "previous": [before["live_volume_id"]]}
    assert not {"CreateSnapshots", "StartInstances"} & set(inventory.changes_since(calls))
    _say(outputs["refresh_id"], built["unavailable_ms"], service)
    with connect() as here, connect_production(sandbox) as there:
        assert here.admin.command("usersInfo", A_USER)["users"]
        assert here[DATABASE]["customers"].count_documents({}) > 0
        assert "switches" not in here[DATABASE].list_collection_names()
        assert list(leaked_addresses(there[DATABASE], here[DATABASE])) == []


def test_every_one_is_in_the_history(stack: Stack) -> None:
    updates = [entry for entry in stack.history() if entry["kind"] == "update"]
    told = [
        (entry["config"]["understudy:refresh_trigger"]["value"], _value(entry, "serve"), entry["result"])
        for entry in reversed(updates)
    ]
    assert [each[1:] for each in told if each[1]][:2] == [("previous", "succeeded"), ("live", "succeeded")]
    assert ("fails-its-test", "live", "failed") in told
    assert ("reset", "live", "succeeded") in told


@pytest.fixture(scope="module", autouse=True)
def _former_configuration(stack: Stack) -> Any:
    """Take back what these tests configured."""
    yield
    for key in ("serve", "golden", "refresh_source", "on_smoke_failure", "smoke_tests"):
        stack.pulumi("config", "rm", key, expect=None)


def _value(entry: dict[str, Any], key: str) -> str:
    return str(entry["config"].get(f"understudy:{key}", {}).get("value", ""))
