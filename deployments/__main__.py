"""Pulumi Deployments for the stack of this project: where it is run from, by which role, on which schedule.

A stack of its own: what says how a stack is deployed is not deployed by it. docs/ci.md says what has to be there first.
"""

import pulumi
import pulumi_pulumiservice as service

PROJECT = "understudy"
# The first asks for a refresh with the date as its trigger. The others find it done, or go on with it the same day.
REFRESH_AT = "17 2 * * 6"
GO_ON_AT = "17 8,14,20 * * 6"
# Deployments run in a container as root; the tools lie where later commands of the same deployment find them.
PREPARE = [
    "make setup",
    'for each in .cache/bin .cache/venv/bin; do ln -sf "$PWD/$each"/* /usr/local/bin/; done',
    "pulumi config set refresh_trigger $(date -u +%Y-%m-%d)",
]

config = pulumi.Config()
organization, stack = config.require("organization"), config.get("stack") or "staging"
place = {"organization": organization, "project": PROJECT, "stack": stack}

settings = service.DeploymentSettings(
    "settings",
    **place,
    agent_pool_id=config.get("agent_pool_id") or None,
    source_context={"git": {"branch": f"refs/heads/{config.get('branch') or 'main'}"}},
    github={
        "repository": config.require("repository"),
        "preview_pull_requests": True,
        "deploy_commits": False,
        "paths": ["rules/**", f"Pulumi.{stack}.yaml", "components/**", "refresh/**", "scripts/**", "anonymizer/**"],
    },
    operation_context={
        "pre_run_commands": PREPARE,
        "environment_variables": {"AWS_REGION": config.require("region")},
        "oidc": {
            "aws": {
                "role_arn": config.require("role_arn"),
                "session_name": f"understudy-{stack}",
                "duration": "6h0m0s",
            }
        },
        # `make setup` brings the versions that the project names; Pulumi's own step would bring others.
        "options": {"skip_install_dependencies": True},
    },
)
for name, cron in (("refresh", REFRESH_AT), ("go-on", GO_ON_AT)):
    service.DeploymentSchedule(
        name,
        **place,
        pulumi_operation=service.PulumiOperation.UPDATE,
        schedule_cron=cron,
        opts=pulumi.ResourceOptions(depends_on=[settings]),
    )
