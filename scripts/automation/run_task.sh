#!/bin/sh
# Bring the toolkit to a task, known by its hash, and run a verb of the second refresh.
#
# The image needs a MySQL client, Python 3.10 or newer and the aws command. What to do is in UNDERSTUDY_REQUEST.
set -eu

: "${UNDERSTUDY_TOOLKIT_BUCKET:?}" "${UNDERSTUDY_TOOLKIT_KEY:?}" "${UNDERSTUDY_TOOLKIT_SHA256:?}"
place="s3://$UNDERSTUDY_TOOLKIT_BUCKET/$UNDERSTUDY_TOOLKIT_KEY"
folder=$(mktemp -d)
if ! aws s3 cp --only-show-errors "$place" "$folder/toolkit.tar" >&2; then
  echo "the toolkit cannot be fetched from $place: look at the loader's role and the network's way to S3" >&2
  exit 5
fi
sum=$(sha256sum "$folder/toolkit.tar" | cut -d ' ' -f 1)
if [ "$sum" != "$UNDERSTUDY_TOOLKIT_SHA256" ]; then
  echo "$place has the hash $sum, not $UNDERSTUDY_TOOLKIT_SHA256: upload the toolkit again (pulumi up)" >&2
  exit 3
fi
tar -xf "$folder/toolkit.tar" -C "$folder" --no-same-owner
for wheel in "$folder"/wheels/*.whl; do
  [ ! -e "$wheel" ] || python3 -m zipfile -e "$wheel" "$folder"
done
rm -rf "$folder/toolkit.tar" "$folder/wheels"
# In this process's place, so that a task that is stopped is told so. The folder goes with the task's own disk.
cd "$folder"
exec python3 -m refresh.aurora "$@"
