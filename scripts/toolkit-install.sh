#!/usr/bin/env bash
# Bring the anonymizer and its wheels to this host, known by their hash.
#
# @host worker staging
# @timeout_seconds 600
# @param bucket ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$ The toolkit bucket.
# @param key ^[A-Za-z0-9_./-]{1,500}$ The key of the tar in the bucket.
# @param sha256 ^[0-9a-f]{64}$ The hash that the tar must have.
set -euo pipefail

# include lib/verb.sh
# include lib/aws.sh
# include lib/toolkit.sh

download_and_unpack() { # FOLDER
  local tar=$1/toolkit.tar sum wheel
  aws_or_fail "cannot fetch s3://$SSM_bucket/$SSM_key" s3 cp --only-show-errors "s3://$SSM_bucket/$SSM_key" "$tar" >&2
  sum=$(sha256sum "$tar" | cut -d' ' -f1)
  [[ $sum == "$SSM_sha256" ]] ||
    fail "s3://$SSM_bucket/$SSM_key has the hash $sum, not $SSM_sha256: upload the toolkit again (pulumi up)"
  tar -xf "$tar" -C "$1" --no-same-owner
  for wheel in "$1"/wheels/*.whl; do
    [[ ! -e $wheel ]] || python3 -m zipfile -e "$wheel" "$1"
  done
  rm -rf "$tar" "$1/wheels"
}

lock toolkit
path=$(toolkit_path "$SSM_sha256")
if [[ ! -d $path ]]; then
  mkdir -p "$(dirname "$path")"
  scratch=$(mktemp -d "$(dirname "$path")/.new.XXXXXX")
  trap 'rm -rf "$scratch"' EXIT
  download_and_unpack "$scratch"
  chmod 0755 "$scratch"
  mv -T "$scratch" "$path"
fi
mongod_version=$(mongod --version | sed -nE 's/^db version v([0-9.]+).*/\1/p')
printf '{"path":"%s","mongod_version":"%s"}\n' "$path" "$mongod_version"
