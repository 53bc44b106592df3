"""The real engine with this project's plugins, on a plain moto server."""

import json
import os
import pathlib
import re
import shutil
import subprocess

import boto3
import urllib3
from moto.server import ThreadedMotoServer

ROOT = pathlib.Path(__file__).parents[2]
AMI = "ami-0123456789abcdef0"
CACHE = ROOT / ".cache"
PLUGINS = {"aws": "7.51.1", "command": "1.2.1"}
SEEN = ("components", "scripts", "anonymizer", "dumps", "refresh")


class Engine:
    """A copy of the program in a folder of its own, with a state of its own."""

    def __init__(self, folder):
        self.folder, self.home = folder / "project", folder / "home"
        self.server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.endpoint = f"http://{host}:{port}"
        # Servers of one process share one account.
        urllib3.request("POST", f"{self.endpoint}/moto-api/reset")
        self._lay_out()
        self.env = self._environment()
        self.pulumi("stack", "init", "test")

    def stop(self):
        self.server.stop()

    def _lay_out(self):
        self.folder.mkdir()
        (self.home / "state").mkdir(parents=True)
        for name, version in PLUGINS.items():
            # The engine passes over a folder that is a link, but not a program that is one.
            folder, program = self.home / "plugins" / f"resource-{name}-v{version}", f"pulumi-resource-{name}"
            folder.mkdir(parents=True)
            (folder / program).symlink_to(ROOT / "sandbox" / "plugins" / name / program)
        (self.folder / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
        (self.folder / "wheels").mkdir()
        (self.folder / "rules.yaml").write_text("version: 1\ndatabases: {}\n")

    def _environment(self):
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
        return {
            **clean,
            "PATH": f"{CACHE / 'bin'}:{CACHE / 'venv' / 'bin'}:{os.environ['PATH']}",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "eu-central-1",
            "PULUMI_HOME": str(self.home),
            "PULUMI_BACKEND_URL": f"file://{self.home / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def use_program(self, **config):
        """Use the project's own program, with a production that the stack makes: it waits for a trigger."""
        for name in SEEN:
            shutil.copytree(ROOT / name, self.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "__main__.py", self.folder)
        self.configure(
            production="create",
            production_user_parameter="/production/user",
            production_password_parameter="/production/password",
            pseudonym_key_parameter="/understudy/pseudonym-key",
            ami_id=AMI,
            availability_zone="eu-central-1a",
            rules_path="rules.yaml",
            toolkit_path="wheels",
            **config,
        )

    def use_text(self, text):
        """Use a program of a few lines."""
        (self.folder / "__main__.py").write_text(text)
        self.pulumi("config", "set", "aws:region", "eu-central-1")

    def configure(self, **values):
        words = [word for name, value in values.items() for word in ("--plaintext", f"understudy:{name}={value}")]
        self.pulumi("config", "set-all", "--plaintext", "aws:region=eu-central-1", *words)

    def pulumi(self, *words, succeeds=True):
        """Run a command; return what it printed."""
        done = subprocess.run(
            ["pulumi", *words, "--non-interactive", *(["--stack", "test"] if words[:2] != ("stack", "init") else [])],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        printed = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
        assert (done.returncode == 0) is succeeds, printed[-6000:]
        return printed

    def up(self, **options):
        return self.pulumi("up", "--yes", "--skip-preview", **options)

    def outputs(self):
        return json.loads(self.pulumi("stack", "output", "--json"))

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name="eu-central-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def left(self):
        """Return what is in the account and costs or holds anything."""
        ec2, iam = self.client("ec2"), self.client("iam")
        instances = [one for each in ec2.describe_instances()["Reservations"] for one in each["Instances"]]
        endpoints = ec2.describe_vpc_endpoints()["VpcEndpoints"]
        keys = self.client("kms")
        return {
            "instances": [one["InstanceId"] for one in instances if one["State"]["Name"] != "terminated"],
            "volumes": [one["VolumeId"] for one in ec2.describe_volumes()["Volumes"]],
            "interfaces": [one["NetworkInterfaceId"] for one in ec2.describe_network_interfaces()["NetworkInterfaces"]],
            "networks": [one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"] if not one["IsDefault"]],
            "groups": [
                one["GroupName"]
                for one in ec2.describe_security_groups()["SecurityGroups"]
                if one["GroupName"] != "default"
            ],
            "endpoints": [one["VpcEndpointId"] for one in endpoints if one["State"] != "deleted"],
            "roles": [one["RoleName"] for one in iam.list_roles()["Roles"]],
            "profiles": [one["InstanceProfileName"] for one in iam.list_instance_profiles()["InstanceProfiles"]],
            "policies": [one["PolicyName"] for one in iam.list_policies(Scope="Local")["Policies"]],
            "buckets": [one["Name"] for one in self.client("s3").list_buckets()["Buckets"]],
            "documents": [
                one["Name"]
                for one in self.client("ssm").list_documents()["DocumentIdentifiers"]
                if one["Name"].startswith("understudy")
            ],
            "keys": [
                one["KeyId"]
                for one in keys.list_keys()["Keys"]
                if keys.describe_key(KeyId=one["KeyId"])["KeyMetadata"]["KeyState"] == "Enabled"
            ],
        }
