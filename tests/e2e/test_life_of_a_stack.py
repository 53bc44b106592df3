"""The life of a stack, told by the commands that a user types; the tests go on where the one before ended."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter

import jsonschema
import pytest

from sandbox.client import Sandbox
from sandbox.demo.databases import connect_production
from sandbox.demo.evidence import leaked_addresses
from sandbox.demo.reader import CLIENT_OPTIONS, Reader
from sandbox.demo.shop import DATABASE
from tests.e2e.conftest import Staging
from tests.e2e.processes import kill_tree, wait_gone
from tests.e2e.stack import PROJECT, Stack
from tests.e2e.world import MOST_OF_A_REFRESH, Inventory, took

pytestmark = pytest.mark.sandbox

OLD_RULE = "preferences.newsletter: keep"
NEW_RULE = "preferences.newsletter: {mask: constant, value: false}"


def test_the_preview_of_a_new_stack_shows_the_plan_and_starts_nothing(
    stack: Stack, inventory: Inventory, empty_world: Counter[str]
) -> None:
    before = inventory.calls()
    text = stack.pulumi("preview")
    assert "A refresh is due: first-" in text
    assert "mask: shop.customers, shop.orders, shop.tickets" in text
    assert inventory.changes_since(before) == Counter()
    assert inventory.everything() == empty_world


def test_a_first_up_that_was_killed_is_destroyed_without_a_trace(
    stack: Stack, inventory: Inventory, empty_world: Counter[str]
) -> None:
    running = stack.start("up", "--yes", "--skip-preview")
    running.wait_for_line(r"\[4/\d+\]")
    left = [running.pid, *kill_tree(running.pid)]
    running.finish()
    assert wait_gone(left) == []
    assert inventory.volumes()["quarantine"]  # the control: there is something to remove
    assert "locked" in stack.pulumi("up", "--yes", "--skip-preview", expect=None)
    stack.pulumi("cancel", "--yes")
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert inventory.volumes() == {}
    assert inventory.snapshots() == []
    assert inventory.everything() == empty_world


def test_up_makes_the_stack_and_the_first_refresh(
    sandbox: Sandbox, stack: Stack, inventory: Inventory, staging: Staging
) -> None:
    before = inventory.calls()
    text = stack.up()
    assert "staging serves data as of" in text
    outputs = stack.outputs()
    assert outputs["refresh_id"].startswith("first-")
    assert inventory.volumes() == {"live": [outputs["live_volume_id"]]}
    assert inventory.snapshots() == []
    made = inventory.calls() - before
    assert (made["CreateSnapshots"], made["CreateVolume"]) == (1, 2)
    with staging.connect() as here, connect_production(sandbox) as there:
        for name in ("customers", "orders", "tickets", "products"):
            assert here[DATABASE][name].count_documents({}) == there[DATABASE][name].count_documents({})
        assert here[DATABASE]["sessions"].count_documents({}) == 0
        assert "audit_log" not in here[DATABASE].list_collection_names()
        assert list(leaked_addresses(there[DATABASE], here[DATABASE])) == []
        assert list(leaked_addresses(there[DATABASE], there[DATABASE]))  # the control


def test_the_report_is_on_this_machine_and_in_the_bucket_and_keeps_to_its_schema(
    sandbox: Sandbox, stack: Stack
) -> None:
    outputs = stack.outputs()
    here, refresh_id = PROJECT / "reports", outputs["refresh_id"]
    s3 = sandbox.session().client("s3")
    names = [f"{refresh_id}/{name}" for name in ("report.html", "report.json", "test-report.md")]
    for name in (*names, "index.html", "index.json"):
        stored = s3.get_object(Bucket=outputs["reports_bucket"], Key=f"reports/{name}")
        assert stored["Body"].read() == (here / name).read_bytes()
        assert not name.endswith("html") or stored["ContentType"].startswith("text/html")  # else a browser saves it
    assert outputs["report"] == f"s3://{outputs['reports_bucket']}/reports/{refresh_id}/report.html"
    told = json.loads((here / refresh_id / "report.json").read_text())
    jsonschema.validate(told, json.loads((PROJECT / "docs" / "report.schema.json").read_text()))
    assert (told["outcome"], told["findings"]) == ("finished", [])
    assert told["runners"][0]["arn"].startswith("arn:aws:")
    assert all(each["control"]["found"] == each["control"]["planted"] for each in told["checks"])
    entries = json.loads((here / "index.json").read_text())["entries"]
    assert (entries[0]["refresh_id"], entries[0]["outcome"]) == (refresh_id, "finished")


def test_the_doctor_finds_the_stack_in_order_and_a_parameter_that_is_not_there(
    stack: Stack, inventory: Inventory
) -> None:
    before = inventory.calls()
    status, page = _doctor(stack)
    assert status == 0, page
    assert "would be read" in page
    assert re.search(r"\? +quotas", page), "the sandbox has no Service Quotas for EBS"
    # Two documents that look; the sandbox's KMS knows no DryRun and makes a data key that nobody keeps.
    assert set(inventory.changes_since(before)) <= {"SendCommand", "GenerateDataKeyWithoutPlaintext"}
    stack.configure("pseudonym_key_parameter", "/understudy/no-such-key")
    status, page = _doctor(stack)
    stack.configure("pseudonym_key_parameter", "/understudy/pseudonym-key")
    assert status == 1
    assert "WRONG  parameters" in page


def _doctor(stack: Stack) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "doctor", "--stack", stack.name],
        cwd=PROJECT, env=stack.env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_up_with_nothing_changed_does_nothing(stack: Stack, inventory: Inventory) -> None:
    before = inventory.calls()
    text = stack.up()
    assert "unchanged" in text
    assert "A refresh is due" not in text
    assert not {"CreateSnapshots", "CreateVolume", "SendCommand"} & set(inventory.changes_since(before))


def test_the_preview_of_a_second_refresh_shows_trigger_and_rule_and_starts_nothing(
    stack: Stack, inventory: Inventory
) -> None:
    stack.configure("refresh_trigger", "second")
    rules = stack.rules.read_text()
    assert OLD_RULE in rules
    stack.rules.write_text(rules.replace(OLD_RULE, NEW_RULE))
    before = inventory.calls()
    text = stack.pulumi("preview", "--diff")
    assert "~ trigger" in text
    assert '"first" => "second"' in text
    assert re.search(r'- preferences.newsletter +: "keep"', text)
    assert re.search(r'\+ mask : "constant"', text)
    assert "A refresh is due: second-" in text
    assert "staging serves first-" in text
    assert "rules: 1 change since first-" in text
    assert "changed: shop.customers preferences.newsletter: from keep to constant (value false)" in text
    assert "takes about" in text
    assert inventory.changes_since(before) == Counter()


def test_the_second_refresh_is_hardly_noticed_by_a_client(
    sandbox: Sandbox, stack: Stack, inventory: Inventory, staging: Staging
) -> None:
    former = stack.outputs()
    with Reader(lambda: staging.connect(**CLIENT_OPTIONS)) as reader:
        stack.up()
        service = reader.stop()
    outputs = stack.outputs()
    assert service.reads > 50
    assert service.longest_gap_seconds <= MOST_OF_A_REFRESH * took(sandbox, outputs)
    assert len(reader.processes) == 2  # one server, exchanged once
    assert outputs["staging_endpoint"] == former["staging_endpoint"]
    assert inventory.volumes() == {"live": [outputs["live_volume_id"]], "previous": [former["live_volume_id"]]}
    with staging.connect() as client:
        assert client[DATABASE]["customers"].distinct("preferences.newsletter") == [False]


def test_the_history_holds_both_refreshes(stack: Stack) -> None:
    updates = [entry for entry in stack.history() if entry["kind"] == "update"]
    triggers = [entry["config"]["understudy:refresh_trigger"]["value"] for entry in updates]
    assert {"first", "second"} <= set(triggers)
