#!/usr/bin/env bash
# Stop a job if it runs, and forget it.
#
# @host worker
# @timeout_seconds 120
# @param refresh_id ^[a-z0-9][a-z0-9-]{0,62}$ The refresh that the job belongs to.
# @param step ^(anonymize|verify|draft)$ The job.
set -euo pipefail

# include lib/verb.sh
# include lib/job.sh

lock "$SSM_refresh_id-$SSM_step"
stop_job "$SSM_refresh_id" "$SSM_step"
rm -rf "$(job_folder "$SSM_refresh_id" "$SSM_step")"
echo '{"discarded":true}'
