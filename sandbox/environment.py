"""The environment in which a user, a test or the demo works with a sandbox."""

import os
import shlex
from collections.abc import Mapping

from sandbox.layout import CACHE, Layout

PASSPHRASE = "sandbox"  # noqa: S105 - guards a stack that exists for an hour


def way_to_api(endpoint: str, region: str) -> dict[str, str]:
    """Return the variables that lead AWS clients to a sandbox's API; who they are is told beside them."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
    }


def make_environment(layout: Layout, endpoint: str, region: str, access_key: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that lead every AWS client and Pulumi to the sandbox.

    Args:
        layout: The sandbox.
        endpoint: Its API.
        region: Its region.
        access_key: `id` and `secret`.

    Returns:
        The variables, PATH among them.
    """
    path = [str(CACHE / "bin"), str(CACHE / "venv/bin")]
    path += [entry for entry in os.environ.get("PATH", "").split(os.pathsep) if entry and entry not in path]
    return {
        **way_to_api(endpoint, region),
        "AWS_ACCESS_KEY_ID": access_key["id"],
        "AWS_SECRET_ACCESS_KEY": access_key["secret"],
        "RDS_CA_BUNDLE": str(layout.authority / "ca.pem"),
        "PULUMI_HOME": str(layout.pulumi_home),
        "PULUMI_BACKEND_URL": layout.pulumi_backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PATH": os.pathsep.join(path),
    }


def as_shell(environment: Mapping[str, str]) -> str:
    """Return `export` lines."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())
