"""A refresh from another account and region, whose data and journal are on two disks: real disks and servers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from refresh import session
from sandbox.client import Sandbox
from tests.refresh.other_production import OtherProduction
from tests.refresh.stack import RefreshStack
from tests.sandbox.other_account import ACCOUNT, REGION

pytestmark = [pytest.mark.sandbox, pytest.mark.soak]

DOMAIN = "corp-secret.example"
DOCUMENTS = 3000


@pytest.fixture(autouse=True)
def environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lead this process's own AWS clients to the sandbox."""
    for name, value in sandbox.env.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def stack(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RefreshStack]:
    made = RefreshStack(sandbox, tmp_path_factory.mktemp("elsewhere"))
    yield made
    made.remove()


@pytest.fixture(scope="module")
def production(sandbox: Sandbox, stack: RefreshStack) -> Iterator[OtherProduction]:
    made = OtherProduction(sandbox, f"understudy/{stack.name}")
    with made.primary() as client:
        people = [
            {"_id": number, "name": f"Anna Berg{number}", "email": f"person.{number}@{DOMAIN}", "number": number}
            for number in range(DOCUMENTS)
        ]
        client.shop.customers.insert_many(people)
    yield made
    made.remove()


def test_a_key_that_is_not_shared_is_refused_before_anything_is_made(
    stack: RefreshStack, production: OtherProduction
) -> None:
    inputs = stack.inputs("refused", production=production.inputs(), documents=production.documents(stack))
    _, lines = stack.refresh(inputs, fails=True)
    said = "\n".join(lines)
    assert f"the key {production.key} of production's volumes may not be used from account" in said
    assert "nothing was made" in said
    assert production.snapshots() == []
    assert stack.volumes() == {}


def test_a_refresh_from_another_account_and_region_killed_while_it_copies_is_finished(
    stack: RefreshStack, production: OtherProduction
) -> None:
    production.allow_the_key()
    inputs = stack.inputs("first", production=production.inputs(), documents=production.documents(stack))
    stack.refresh_killed_in(inputs, "restore:")
    assert len(production.snapshots()) == 2  # of one call: data and journal
    with production.primary() as client:  # after the moment of the snapshot
        client.shop.customers.insert_one({"_id": -1, "name": "Late", "email": f"late@{DOMAIN}", "number": 0})
    outputs, lines = stack.refresh(inputs)
    assert outputs["findings"] == [], lines
    assert any(f"from account {ACCOUNT}, {REGION} to account" in line for line in lines)
    with stack.staging() as staging:
        assert staging.shop.customers.count_documents({}) == DOCUMENTS
        assert staging.shop.customers.count_documents({"email": {"$regex": DOMAIN}}) == 0
    with production.primary() as client:  # the control of the line above
        assert client.shop.customers.count_documents({"email": {"$regex": DOMAIN}}) == DOCUMENTS + 1
    assert production.snapshots() == []
    assert stack.snapshots() == []
    assert stack.volumes() == {"live": [outputs["live_volume_id"]]}
    report = json.loads((stack.folder / "reports" / outputs["refresh_id"] / "report.json").read_text())
    assert report["source"]["member"].startswith(production.addresses[1])  # the hidden one


def test_a_production_document_that_differs_from_ours_is_run_by_nobody(
    stack: RefreshStack, production: OtherProduction
) -> None:
    documents = production.documents(stack)
    documents["production-check"]["hash"] = "0" * 64
    inputs = stack.inputs("differs", production=production.inputs(), documents=documents)
    _, lines = stack.refresh(inputs, fails=True)
    said = "\n".join(lines)
    assert f"the document {production.document} cannot be run on production's hosts" in said
    assert "InvalidDocument" in said
    assert production.snapshots() == []


def test_removing_the_space_removes_what_lies_in_productions_account(
    stack: RefreshStack, production: OtherProduction
) -> None:
    inputs = stack.inputs("second", production=production.inputs(), documents=production.documents(stack))
    stack.refresh_killed_in(inputs, "restore:")
    assert production.snapshots()
    session.remove(
        {
            **{name: inputs[name] for name in ("space", "region", "reports_bucket", "documents", "production")},
            "staging_instance_id": stack.staging_id,
            "worker_instance_id": stack.worker_id,
        }
    )
    assert production.snapshots() == []
    assert stack.snapshots() == []
    assert stack.volumes() == {}
