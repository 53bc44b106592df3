"""The second refresh as a user drives it, on the sandbox: prepared dumps, `pulumi up`, ways back, refusals."""

import json
import pathlib
import subprocess
import sys
from datetime import datetime, timezone

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "components"))
from aurora_world import CANARY, RULES, AuroraStack

from refresh.boto import telling as boto_telling
from refresh.watch.metrics import metrics_of

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def stack(sandbox, tmp_path_factory):
    made = AuroraStack(sandbox, tmp_path_factory.mktemp("aurora"))
    made.configure()
    made.up()
    yield made
    made.pulumi("cancel", "--yes", succeeds=None)
    made.pulumi("destroy", "--yes", "--skip-preview")


def people(stack):
    return [row[0] for row in stack.sql("SELECT email FROM intake.people ORDER BY id")]


def assert_measured(stack, *, rows):
    told = stack.measured("aurora-refresh")
    assert (told["Failed"], told["Rows"], told["Findings"]) == (0, rows, 0)
    assert told["Duration"] > 0
    assert 0 < told["DataAge"] < 600
    assert stack.alarms() == {"refresh-failed": "OK", "data-age": "OK"}


def assert_refused(stack):
    assert stack.measured("aurora-refresh")["Refused"] == 1
    assert stack.alarms()["refresh-failed"] == "OK", "a refusal changed nothing"


def test_a_dump_is_refreshed_from_gone_back_from_and_refused_by_a_pulumi_up(stack):
    """One test for a whole life: each part stands on the one before."""
    # The first dump, into a schema that is not there yet.
    first = stack.prepare("20261122", people=3)
    stack.configure(dump_key=first)
    plan = stack.pulumi("preview", "--diff")
    assert f"A refresh is due: {first}" in plan
    assert "2 tables, 3 rows" in plan
    printed = stack.up()
    assert "LoadSucceeded done in" in printed
    assert len(people(stack)) == 3
    outputs = stack.outputs()
    report = (
        stack.client("s3")
        .get_object(Bucket="nwac-test-db-import-reports", Key=f"reports/{outputs['refresh_id']}/report.json")["Body"]
        .read()
    )
    rows = {each["collection"]: each["written"] for each in json.loads(report)["collections"]}
    assert rows == {"people": 3, "sessions": 0}
    assert_measured(stack, rows=3)
    stack.pulumi("preview", "--expect-no-changes")

    # The second, with another schema: the preview shows the difference, and without a word it is refused.
    second = stack.prepare(
        "20261123",
        people=5,
        more="\n  `phone` varchar(30) DEFAULT NULL,",
        rules=(stack.folder / "intake.yaml").read_text().replace("notes: text", "notes: text, phone: phone"),
    )
    stack.configure(dump_key=second)
    plan = stack.pulumi("preview", "--diff")
    assert "phone" in plan
    assert f'"{first}" => "{second}"' in plan
    refused = stack.up(succeeds=False)
    assert "phone" in refused
    assert "acceptedSchema=" in refused
    assert "Traceback" not in refused
    assert len(people(stack)) == 3, "the live schema serves what it served"
    assert stack.sql("SHOW DATABASES LIKE 'intake\\_\\_next'") == []
    assert_refused(stack)

    accepted = next(word for word in plan.split() if len(word) == 64 and set(word) <= set("0123456789abcdef"))
    stack.configure(dump_key=second, accepted_schema=accepted)
    stack.up()
    assert len(people(stack)) == 5

    # Back to the previous schema, and then to the last known good dump.
    stack.configure(dump_key=second, accepted_schema=accepted, serve="previous")
    assert "goes back to the schema that was live before" in stack.pulumi("preview", "--diff")
    stack.up()
    assert len(people(stack)) == 3

    # Started by hand, as the source's procedure has it; it cannot end before the `up` has found it.
    stack.configure(dump_key=first)
    with stack.session() as open_transaction:
        open_transaction.query("SELECT * FROM intake.people LIMIT 1")
        ssm = stack.client("ssm")
        execution = ssm.start_automation_execution(DocumentName="NWACTest-DBRefresh", Parameters={"dumpKey": [first]})
        stack.up_until(f"follows execution {execution['AutomationExecutionId']}", open_transaction.rollback)
    assert len(people(stack)) == 3

    # Nobody of the source is anywhere.
    assert CANARY in (stack.folder / "intake.sql").read_text(), "the control"
    assert not [mail for mail in people(stack) if CANARY in mail]
    assert CANARY not in stack.pulumi("stack", "export")
    found = subprocess.run(
        ["grep", "-rlaF", CANARY, str(stack.sandbox.layout.databases)], capture_output=True, text=True, check=False
    )
    assert found.stdout == ""
    (masked, *_) = people(stack)
    control = subprocess.run(
        ["grep", "-rlaF", masked, str(stack.sandbox.layout.databases)], capture_output=True, text=True, check=False
    )
    assert control.stdout, "the control: what is there is found"


def test_old_data_and_a_failure_raise_alarms_that_reach_the_topic(stack):
    loaded(stack)
    assert stack.alarms() == {"refresh-failed": "OK", "data-age": "OK"}, "the control"
    assert stack.alarms(191)["data-age"] == "OK"
    assert stack.alarms(193)["data-age"] == "ALARM", "though nothing runs"
    stack.alarms()
    failed = metrics_of("failed", {"seconds": 1.0}, datetime.now(timezone.utc))
    dimensions = {"Space": "understudy/aurora", "Event": "aurora-refresh"}
    boto_telling.Telling(stack.sandbox.session()).measure("Understudy", dimensions, failed)
    assert stack.alarms()["refresh-failed"] == "ALARM"
    subjects = [one["subject"] for one in stack.sandbox.messages()]
    for name in ("data-age", "refresh-failed"):
        assert [each for each in subjects if each and "ALARM" in each and f"aurora-{name}" in each], name


# What a user's image does, with the machine's programs: it has the candidate schema and the credentials' name.
MIGRATION = """
set -eu
secret=$(aws secretsmanager get-secret-value --secret-id "$DB_SECRET_ARN" --query SecretString --output text)
of_secret() { printf %s "$secret" | python3 -c "import json, sys; print(json.load(sys.stdin)['$1'])"; }
MYSQL_PWD=$(of_secret password)
export MYSQL_PWD
mysql --host="$DB_HOST" --port="$DB_PORT" --user="$(of_secret username)" --ssl-ca="$DB_CA_BUNDLE" \\
  --ssl-verify-server-cert "$DB_NAME" --execute "ALTER TABLE people ADD COLUMN migrated INT NOT NULL DEFAULT 7"
"""


def loaded(stack):
    """A dump that was loaded, by a test before or now."""
    key = stack.prepare("20261122", people=3, rules=RULES)
    stack.configure(dump_key=key)
    stack.up()
    return key


@pytest.mark.soak  # what migrations do is in tests/aurora, in seconds; here they are tasks
def test_migrations_run_over_the_candidate_and_one_that_fails_changes_nothing(stack):
    key = loaded(stack)
    stack.configure(dump_key=key, migrations=["sh", "-c", MIGRATION])
    assert "MigrateSucceeded done in" in stack.up()
    assert stack.sql("SELECT DISTINCT migrated FROM intake.people") == [(7,)]

    stack.configure(dump_key=key, migrations=["sh", "-c", "echo somebody@example.com is twice in it; exit 3"])
    refused = stack.up(succeeds=False)
    assert stack.measured("aurora-refresh")["Failed"] == 1
    assert stack.alarms()["refresh-failed"] == "ALARM"
    assert "in step MigrateSucceeded" in refused
    assert "ended with 3; its output is stream migrations/task/" in refused
    assert "Traceback" not in refused
    assert stack.sql("SELECT DISTINCT migrated FROM intake.people") == [(7,)]
    assert stack.sql("SHOW DATABASES LIKE 'intake\\_\\_next'") == []


def test_an_up_that_is_killed_is_finished_by_the_next_and_nothing_is_done_twice(stack):
    if not stack.outputs().get("refresh_id"):
        loaded(stack)
    key = stack.prepare("20261124", people=4, rules=RULES)
    stack.configure(dump_key=key)
    started = stack.kill_up_at("has started execution")
    printed = stack.up()
    assert "follows execution" in printed
    assert printed.split("follows execution ")[1].split()[0] in started
    assert len(people(stack)) == 4
    ssm = stack.client("ssm")
    executions = ssm.describe_automation_executions(
        Filters=[{"Key": "DocumentNamePrefix", "Values": ["NWACTest-DBRefresh"]}]
    )["AutomationExecutionMetadataList"]
    asked = [
        ssm.get_automation_execution(AutomationExecutionId=one["AutomationExecutionId"])["AutomationExecution"]
        for one in executions
    ]
    assert len([one for one in asked if one["Parameters"]["dumpKey"] == [key]]) == 1


def test_a_point_in_time_is_restored_beside_the_live_cluster(stack):
    if not stack.outputs().get("refresh_id"):
        stack.configure(dump_key=stack.prepare("20261122", people=3))
        stack.up()
    rds = stack.client("rds")
    before = rds.describe_db_clusters(DBClusterIdentifier="nwac-test-db")["DBClusters"][0]
    moment = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    key = "20261122/intake.sql.gz"
    stack.configure(dump_key=key, serve={"point_in_time": moment})
    printed = stack.up()
    assert "DescribeRestored done in" in printed
    (restored,) = [
        one["DBClusterIdentifier"]
        for one in rds.describe_db_clusters()["DBClusters"]
        if one["DBClusterIdentifier"] != "nwac-test-db"
    ]
    after = rds.describe_db_clusters(DBClusterIdentifier=restored)["DBClusters"][0]
    assert after["DBClusterParameterGroup"] == before["DBClusterParameterGroup"]
    assert len(after["DBClusterMembers"]) == 1
    for member in after["DBClusterMembers"]:
        rds.delete_db_instance(DBInstanceIdentifier=member["DBInstanceIdentifier"], SkipFinalSnapshot=True)
    rds.delete_db_cluster(DBClusterIdentifier=restored, SkipFinalSnapshot=True)
