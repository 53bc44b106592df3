"""The row of SSM documents, against moto."""

import json

import pytest
from moto import mock_aws

from sandbox.plugins.aws.kind import Aws
from sandbox.plugins.aws.rows.documents import DOCUMENTS

ROW = DOCUMENTS["aws:ssm/document:Document"]


def automation(text):
    content = {"schemaVersion": "0.3", "description": text, "mainSteps": []}
    return {"name": "refresh", "documentType": "Automation", "content": json.dumps(content, indent=1)}


@pytest.fixture
def aws(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Aws("eu-central-1", {}, None)


def test_a_document_that_is_changed_back_is_what_it_was(aws):
    ROW.create(aws, automation("a"), None)
    for former, text in (("a", "b"), ("b", "a"), ("a", "b"), ("b", "c"), ("c", "a")):
        ROW.update(aws, "refresh", automation(former), automation(text), ["content"], None)
        now = ROW.read(aws, "refresh", automation(text))
        assert json.loads(now["content"])["description"] == text
