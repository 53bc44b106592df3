#!/usr/bin/env bash
# Start the job that copies by the rules from quarantine to candidate, or join it.
#
# @host worker
# @timeout_seconds 300
# @param refresh_id ^[a-z0-9][a-z0-9-]{0,62}$ The refresh that this is for.
# @param quarantine_volume_id ^vol-[0-9a-f]{8,17}$ Where to read; its mongod is open.
# @param candidate_volume_id ^vol-[0-9a-f]{8,17}$ Where to write; its mongod is open.
# @param toolkit_sha256 ^[0-9a-f]{64}$ The toolkit to work with, installed before.
# @param rules_bucket ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$ The bucket with the rules.
# @param rules_key ^[A-Za-z0-9_./-]{1,500}$ The key of the rules in that bucket.
# @param rules_sha256 ^[0-9a-f]{64}$ The hash that the rules must have.
# @param key_parameter ^/[A-Za-z0-9_./-]{1,500}$ The SSM parameter with the pseudonym key.
# @param reports_bucket ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$ Where the job puts its result.
set -euo pipefail

# include lib/verb.sh
# include lib/aws.sh
# include lib/volume.sh
# include lib/mongosh.sh
# include lib/mongod.sh
# include lib/toolkit.sh
# include lib/job.sh
# include lib/job_script.sh
# include lib/anonymizer_job.sh

start_or_join_job anonymize run
