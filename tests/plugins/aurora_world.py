"""A stack with the second refresh alone, on the sandbox: cluster, tasks and automation are real there."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pymysql
from aurora_case import FULL, MADE
from engine import CACHE, ROOT, SEEN
from test_aurora_engine import PROGRAM

KEY = "5e" * 32
RULES = """
version: 1
databases:
  intake:
    people: {mode: mask, fields: {id: keep, email: email, notes: text}}
    sessions: {mode: empty}
"""
# A person with a value that can be looked for wherever it must not be.
CANARY = "canary.of.a.person.qzx7w1@mail-provider.net"
SOURCE = """-- MySQL dump 10.13  Distrib 8.0.39, for Linux (x86_64)
--
-- Host: localhost    Database: intake
-- ------------------------------------------------------
-- Server version\t8.0.39

/*!40101 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
DROP TABLE IF EXISTS `people`;
CREATE TABLE `people` (
  `id` int NOT NULL,
  `email` varchar(120) DEFAULT NULL,
  `notes` text,MORE
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO `people` (`id`, `email`, `notes`) VALUES ROWS;
DROP TABLE IF EXISTS `sessions`;
CREATE TABLE `sessions` (
  `id` int NOT NULL,
  `token` varchar(40) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO `sessions` VALUES (1,'secret');
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
-- Dump completed on 2026-11-22 10:00:00
"""


class AuroraStack:
    """A copy of the program in a folder of its own, driven by the real engine against a sandbox."""

    def __init__(self, sandbox, folder):
        self.sandbox, self.folder = sandbox, folder / "project"
        self.folder.mkdir()
        for name in SEEN:
            shutil.copytree(ROOT / name, self.folder / name, ignore=shutil.ignore_patterns("__pycache__", "target"))
        shutil.copy(ROOT / "Pulumi.yaml", self.folder)
        (self.folder / "__main__.py").write_text(PROGRAM)
        (self.folder / "rules.yaml").write_text("version: 1\ndatabases: {}\n")
        (self.folder / "intake.yaml").write_text(RULES)
        self.env = {**sandbox.env, "PATH": f"{CACHE / 'bin'}:{CACHE / 'venv' / 'bin'}:{os.environ['PATH']}"}
        self.pulumi("stack", "init", "--no-select")

    def pulumi(self, *words, succeeds=True):
        """Run a command; return what it printed."""
        done = subprocess.run(
            ["pulumi", *words, "--non-interactive", "--stack", "aurora"],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )
        printed = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
        assert succeeds is None or (done.returncode == 0) is succeeds, printed[-6000:]
        return printed

    def kill_up_at(self, text):
        """Start an `up`, kill it with all its processes when it prints a text, and take its lock away."""
        process = self._begun()
        seen = next((line for line in process.stdout if text in line), "")
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert seen, f"never printed {text}"
        self.pulumi("cancel", "--yes")
        return seen

    def up_until(self, text, then):
        """Run an `up`, do something as soon as it prints a text, which it has to, and return all that it printed."""
        printed = []
        with self._begun() as process:
            for line in process.stdout:
                printed.append(line)
                if text in line:
                    then()
        told = "".join(printed)
        assert text in told, told[-6000:]
        assert process.returncode == 0, told[-6000:]
        return told

    def _begun(self):
        return subprocess.Popen(
            ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--stack", "aurora"],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def up(self, **options):
        return self.pulumi("up", "--yes", "--skip-preview", **options)

    def configure(self, **changes):
        """Set the configuration: the example, a made cluster, the account's own network."""
        ec2 = self.client("ec2")
        (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
        subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
        network = {"vpc_id": vpc["VpcId"], "subnet_ids": [one["SubnetId"] for one in subnets[:2]]}
        usual = {
            "network": network,
            "cluster": {**MADE, "instances": 1},
            "schema": "intake",
            "smoke": {},
            "migrations": None,
            "derived": [],
            "dump_key": None,
        }
        aurora = {name: value for name, value in {**FULL, **usual, **changes}.items() if value is not None}
        values = {
            "production": "create",
            "production_user_parameter": "/production/user",
            "production_password_parameter": "/production/password",
            "pseudonym_key_parameter": "/understudy/pseudonym-key",
            "ami_id": "ami-0123456789abcdef0",
            "availability_zone": "eu-central-1a",
            "rules_path": "rules.yaml",
            "toolkit_path": str(CACHE / "toolkit"),
            "aurora": json.dumps(aurora),
            "notify_emails": json.dumps(["team@example.org"]),
        }
        words = [word for name, value in values.items() for word in ("--plaintext", f"understudy:{name}={value}")]
        self.pulumi("config", "set-all", "--plaintext", "aws:region=eu-central-1", *words)

    def client(self, service):
        return self.sandbox.session().client(service)

    def outputs(self):
        return json.loads(self.pulumi("stack", "output", "--json"))["aurora"]

    def measured(self, kind):
        """Return the largest value of each metric of a kind of event."""
        cloudwatch, now = self.client("cloudwatch"), datetime.now(timezone.utc)
        own = [{"Name": "Space", "Value": "understudy/aurora"}, {"Name": "Event", "Value": kind}]
        found = {}
        for one in cloudwatch.list_metrics(Namespace="Understudy")["Metrics"]:
            points = cloudwatch.get_metric_statistics(
                Namespace="Understudy",
                MetricName=one["MetricName"],
                Dimensions=own,
                StartTime=now - timedelta(hours=3),
                EndTime=now + timedelta(minutes=1),
                Period=3 * 3600,
                Statistics=["Maximum"],
            )["Datapoints"]
            if points:
                found[one["MetricName"]] = max(each["Maximum"] for each in points)
        return found

    def alarms(self, hours_ahead=0.0):
        """Return the states of the second refresh's alarms, as they would be if nothing happened for so long."""
        start = "understudy-aurora-aurora-"  # project, stack, and which refresh
        found = self.sandbox.alarms(hours_ahead)
        return {one["name"].removeprefix(start): one["state"] for one in found if one["name"].startswith(start)}

    def prepare(self, day, *, people=3, more="", rules=None):
        """Prepare a dump of some people as a user does, upload it, and return its key."""
        rows = ",".join(f"({n},'p{n}.{CANARY}','met on a Monday')" for n in range(1, people + 1))
        source = self.folder / "intake.sql"
        source.write_text(SOURCE.replace("ROWS", rows).replace("MORE", more))
        if rules:
            (self.folder / "intake.yaml").write_text(rules)
        self.dumps("prepare", "--source", source, "--rules", "intake.yaml", "--key-env", "KEY", "--day", day)
        dump = self.folder / "db" / "backups" / day / "intake.sql.gz"
        self.dumps("upload", "--dump", dump, "--bucket", "nwac-test-db-import")
        return f"{day}/intake.sql.gz"

    def dumps(self, *words):
        done = subprocess.run(
            [sys.executable, "-m", "dumps", *map(str, words)],
            cwd=self.folder,
            env={**self.env, "KEY": KEY, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def sql(self, statement, cluster_id="nwac-test-db"):
        """Ask a cluster as its administrator; return the rows."""
        with self.session(cluster_id) as opened, opened.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def session(self, cluster_id="nwac-test-db"):
        """Open a session with the password that the secret has today."""
        secret = self.client("secretsmanager").get_secret_value(SecretId="nwac-test/db/admin")["SecretString"]
        login = json.loads(secret)
        host, port = self.sandbox.forward_database(cluster_id)
        authority = self.sandbox.layout.authority / "ca.pem"
        return pymysql.connect(
            host=host,
            port=port,
            user=login["username"],
            password=login["password"],
            ssl={"ca": str(authority)},
        )
