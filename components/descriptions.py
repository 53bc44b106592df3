"""What users are told about configuration keys, outputs and tags: the only place where it is written, a line each.

`python -m documentation` makes the tables of docs/reference.md from it.
"""

# Keys of `Pulumi.<stack>.yaml`.
KEYS = {
    "production": "`adopt`: production is there already and nothing of it is changed. `create`: the stack makes three hosts that can become a replica set.",
    "production_instance_ids": "Instances that are production's members, all of them. This or `production_tags` when adopting.",
    "production_tags": "Tags that all of production's instances carry, and no others.",
    "production_role_arn": "Role through which production is seen, where it is [in another account](production-elsewhere.md).",
    "production_region": "Production's region, where it is another: snapshots are copied over.",
    "production_external_id": "The external id that this role's trust policy asks for.",
    "production_document": (
        "The read-only document in production's own account and region, by its name. Left out: the stack's own, shared "
        "with production's account where that is another."
    ),
    "production_unencrypted": (
        "`accept`: data volumes without encryption are taken. `refuse`: they are not, since their snapshots have none "
        "either."
    ),
    "production_user_parameter": "SSM SecureString with the name of a MongoDB user that has `clusterMonitor` and nothing else.",
    "production_password_parameter": "SSM SecureString with that user's password.",
    "staging_user_parameter": "SSM SecureString with the name of staging's administrator.",
    "staging_password_parameter": "SSM SecureString with that password.",
    "pseudonym_key_parameter": "SSM SecureString with the key of the pseudonyms, 64 hexadecimal digits. Only the worker's role reads it.",
    "ami_id": "Image of the hosts; see [what must be on it](guide.md#the-image).",
    "availability_zone": "Zone of staging, worker and their volumes.",
    "vpc_cidr": "Addresses of staging's network, /16 to /24, private.",
    "staging_instance_type": "Instance type of the staging host.",
    "worker_instance_type": "Instance type of the worker.",
    "worker": "`dedicated`: a host of its own that runs during a refresh. `staging`: the staging host does the masking too; quarantine is then kept from staging's users by root alone.",
    "staging_access_cidrs": "Networks that may connect to staging.",
    "staging_volume_gib": "Size of staging's data volume; 0: that of production's.",
    "staging_replica_set": "Name of staging's one-member replica set.",
    "rules_path": "The rules file, from the project's folder.",
    "refresh_trigger": "Required when adopting without `aurora`. A new value asks for a refresh. 1 to 40 of `a-z`, `0-9` and `-`.",
    "refresh_source": "What the next trigger makes staging of: `production`, `golden` (the latest golden snapshot) or a "
    "golden snapshot's id.",
    "accepted_golden_rules": "SHA-256 of rules under which a golden snapshot may have been made though they are not "
    "today's.",
    "serve": "`live`, the latest refresh, or `previous`, what staging served before it. A change switches; while it is "
    "`previous`, a refresh that is due is refused.",
    "until": "`scan`: the refresh ends with rules drafted from the quarantine, in `reports/<refresh id>/rules.yaml`; what was restored is removed, and staging stays as it was. `preflight`: `pulumi up` examines as `make doctor` does, and changes nothing; set back to `end`, the refresh is made.",
    "source_lag_limit_seconds": "How far the source may be behind, and how long a refresh waits for it.",
    "step_timeout_minutes": "Map of [step](#steps) to minutes, where its own limit does not fit.",
    "quarantine_expiry_hours": "After this, what holds production's data is removed by the next refresh, whoever made it and however far it was.",
    "previous_volumes_kept": "Former volumes of staging that are kept as a way back.",
    "previous_volumes_max_age_days": "Days after which a former volume goes, whatever the count says; looked at by each "
    "refresh; 0: never.",
    "golden": "Whether each refresh keeps a golden snapshot: its masked, verified copy, without users.",
    "golden_snapshots_kept": "Golden snapshots that are kept.",
    "golden_max_age_days": "Days after which a golden snapshot goes; looked at by each refresh; 0: never.",
    "retain_live_volume": "Whether `pulumi destroy` leaves the live volume.",
    "notify_emails": "Who gets the messages of refreshes and alarms; each address confirms once. Other ways (SQS, chat) "
    "subscribe to the topic themselves.",
    "data_age_limit_hours": "Age of staging's data that raises an alarm; 0: no such alarm.",
    "smoke_tests": "Shell commands that run, one after the other, where Pulumi runs, after each refresh and each switch.",
    "on_smoke_failure": "`stay`: a failing smoke test fails `pulumi up`. `switch-back`: staging also serves its former "
    "data again; then they run within the refresh, as its step `smoke`.",
    "toolkit_path": "Folder with the wheels for hosts; `make setup` fills it.",
    "aurora": "The second refresh, a map of the [settings below](#aurora). Left out, there is nothing of it in the stack.",
}

# Settings of `understudy:aurora`, with dots for what is inside them.
AURORA = {
    "dump_key": "The prepared dump in the import bucket, `YYYYMMDD/<name>.sql.gz`. A change asks for a refresh.",
    "expected_sha256": "The hash that the dump must have; else that of its manifest.",
    "accepted_schema": "Fingerprint of a schema that differs from the live one, and is to be taken.",
    "serve": "`live`, `previous`, `last-known-good` or `{point_in_time: <time with zone>}`.",
    "schema": "The schema that applications use; at most 52 letters, digits and `_`.",
    "names.import_bucket": "Bucket of the dumps.",
    "names.reports_bucket": "Bucket of ledger and reports.",
    "names.loader_role": "Role of automation and load; the ECS cluster and task definitions are called after it.",
    "names.document": "The automation document.",
    "names.secret": "The administrator's secret.",
    "cluster.adopt": "Identifier of a cluster that is there. This or `cluster.name`.",
    "cluster.name": "Identifier of the cluster that the stack makes.",
    "cluster.engine_version": "Its version.",
    "cluster.instance_class": "Class of its instances, and of those of a restored one.",
    "cluster.instances": "How many; the first is the writer.",
    "cluster.backup_days": "For how many days backups are kept.",
    "cluster.rotation_lambda_arn": "Function that rotates the administrator's password. Required with `cluster.name`.",
    "cluster.rotation_days": "How often.",
    "network.vpc_id": "VPC of tasks and made cluster.",
    "network.subnet_ids": "At least two subnets of it.",
    "network.access_cidrs": "Networks that may connect to a made cluster.",
    "network.task_security_group_ids": "Groups that tasks are in besides their own.",
    "network.assign_public_ip": "Whether tasks get a public address: where there is an internet gateway and no NAT.",
    "images.load": "Image of the load, by digest.",
    "images.migrations": "Image of these, by digest. Required with `migrations` or `derived`.",
    "ca_bundle_path": "Where both images have Amazon's authorities.",
    "migrations": "Command over the candidate schema after the load, as a list of words.",
    "derived": "Commands after that, a list of such lists.",
    "smoke.urls": "Addresses that have to answer after the swap.",
    "smoke.command": "Command in the load's image that has to succeed after the swap.",
    "clone": "Whether a copy-on-write clone is made before the load.",
    "task.cpu": "CPU units of the load's task, as Fargate has them.",
    "task.memory_mib": "Its memory.",
    "task.disk_gib": "Its disk.",
    "task.timeout_minutes": "How long any task may run.",
    "archive_after_days": "After so many days dumps go to `archive_class`.",
    "archive_class": "`GLACIER`, `GLACIER_IR` or `DEEP_ARCHIVE`.",
    "previous_schemas_kept": "`1`: the former schema is kept as the way back; `0`: it is dropped.",
    "data_age_limit_hours": "Age of the cluster's data that raises an alarm; 0: no such alarm.",
}

# What the program exports.
OUTPUTS = {
    "staging_endpoint": "Where clients connect; a cutover does not change it.",
    "staging_instance_id": "The staging host.",
    "staging_ca_certificate": "Certificate, in PEM, of the authority that signed staging's.",
    "worker_instance_id": "The worker; the staging host where `worker` is `staging`.",
    "production_instance_ids": "Production's members.",
    "refresh_id": "The latest refresh: trigger and eight digits of the hash of rules and source.",
    "data_as_of": "The moment that staging's data is from: everything acknowledged by production's majority until then is in it.",
    "source_member": "The member of production that the snapshot is of.",
    "live_volume_id": "The volume that staging serves.",
    "serving": "`live` or `previous`.",
    "serving_refresh_id": "The refresh whose data staging serves; another than `refresh_id` while `serving` is `previous`.",
    "report": "Where the report is in the reports bucket.",
    "reports_bucket": "Bucket of lease, ledger, results and reports.",
    "toolkit_bucket": "Bucket of toolkit and rules.",
    "volumes_key_arn": "KMS key of staging's volumes.",
    "operator_policy_arn": "Policy for whoever runs refreshes, with the next one and `watch.policy_arn`.",
    "operator_source_policy_arn": "What they may do to production: read it, take its snapshots, copy them, use its keys.",
    "watch": "Where outcomes are told: `topic_arn`, `log_group`, `dashboard`, and `policy_arn`, which whoever runs refreshes needs besides `operator_policy_arn`.",
    "aurora": "Of the second refresh: `endpoint`, `import_bucket`, `reports_bucket`, `key_arn`, `document`, `operator_policy_arn`, `topic_arn`, `log_group`, `task_security_group_ids`, and of the latest one `refresh_id`, `dump_sha256`, `schema_sha256`, `report`, `execution_id` and `data_as_of` (when the dump that is served was prepared).",
}

# Tags: what carries each, and what its value is.
TAGS = {
    "understudy:stack": ("the stack's ordinary resources", "`<project>/<stack>`"),
    "understudy:space": (
        "every volume and snapshot that a refresh made",
        "`<project>/<stack>`; what carries it is swept",
    ),
    "understudy:refresh": ("the same", "the refresh id: trigger and eight digits of the hash of rules and source"),
    "understudy:role": (
        "the same",
        "`snapshot`, `copy`, `golden`, `quarantine`, `quarantine-part`, `candidate`, `live` or `previous`",
    ),
    "understudy:rules": ("golden snapshots", "SHA-256 of the rules that they were made under"),
    "understudy:data-as-of": ("golden snapshots", "the moment that their data is from, ISO 8601"),
    "understudy:restored-from": (
        "a cluster restored at a point in time, and its instances",
        "the cluster that it was restored from",
    ),
    "understudy:source-volume": (
        "copies, quarantine volumes and their parts",
        "the volume of production that it is made of",
    ),
    "understudy:take": (
        "snapshots, copies, quarantine volumes and their parts",
        "which call of CreateSnapshots: what one call made is of one moment",
    ),
    "understudy:expires-at": ("what holds production's data", "from when on any refresh removes it, ISO 8601"),
}
