#!/usr/bin/env bash
# Say how far a job of this host is.
#
# @host worker
# @timeout_seconds 120
# @param refresh_id ^[a-z0-9][a-z0-9-]{0,62}$ The refresh that the job belongs to.
# @param step ^(anonymize|verify|draft)$ The job.
set -euo pipefail

# include lib/verb.sh
# include lib/job.sh

job_state "$SSM_refresh_id" "$SSM_step"
