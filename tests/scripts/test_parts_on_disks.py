"""A data directory on two disks, found and put together again: real file systems, in a mount namespace of their own."""

import json
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
pytestmark = pytest.mark.sandbox

DATA, JOURNAL = "vol-0aaaaaaa1", "vol-0aaaaaaa2"
RESTORED, PART = "vol-0bbbbbbb1", "vol-0bbbbbbb2"
PARTS = f"{PART}:mongo/journal:journal,{PART}:mongo/index:shop/index"

# Two disks as production has them: the journal is a link to the second, a database's indexes are a bind mount of it.
PRODUCTION = f"""
set -euo pipefail
loops=()
trap 'umount -R mnt || true; for loop in "${{loops[@]}}"; do losetup -d "$loop"; done' EXIT
disk() {{ # FILE VOLUME_ID
  loops+=("$(losetup --find --show "$1")")
  ln -s "${{loops[-1]}}" "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${{2/-/}}"
}}
mkdir -p mnt /dev/disk
mount -t tmpfs none mnt
mount -t tmpfs none /dev/disk
mkdir -p mnt/data mnt/journal mnt/state mnt/run /dev/disk/by-id
for name in data journal; do truncate --size 320M $name.img; mkfs.xfs -q $name.img; done
disk data.img {DATA}; disk journal.img {JOURNAL}
mount "${{loops[0]}}" mnt/data; mount "${{loops[1]}}" mnt/journal
mkdir -p mnt/data/mongo/db/shop/index mnt/journal/mongo/journal mnt/journal/mongo/index
ln -s "$PWD/mnt/journal/mongo/journal" mnt/data/mongo/db/journal
mount --bind mnt/journal/mongo/index mnt/data/mongo/db/shop/index
touch mnt/data/mongo/db/storage.bson mnt/journal/mongo/index/i.wt
head --bytes 5000000 /dev/zero >mnt/journal/mongo/journal/log
(source "$SCRIPTS/lib/storage.sh"; describe_storage "$PWD/mnt/data/mongo/db" >described)
umount mnt/data/mongo/db/shop/index mnt/data mnt/journal
"""
# Copies of them, as volumes made of snapshots are.
QUARANTINE = f"""
cp data.img data2.img; cp journal.img journal2.img
disk data2.img {RESTORED}; disk journal2.img {PART}
for name in verb volume mongod parts; do source "$SCRIPTS/lib/$name.sh"; done
state_root=$PWD/mnt/state socket_root=$PWD/mnt/run
db=$(volume_path {RESTORED})/mongo/db
mount_volume {RESTORED}
"""


def run(folder, script):
    """Run a script in a mount namespace of its own; return how it ended."""
    return subprocess.run(
        ["unshare", "--mount", "bash", "-c", script],
        cwd=folder,
        env={
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "SCRIPTS": str(PROJECT / "scripts"),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_each_directory_on_something_of_its_own_is_named_with_its_volume_and_its_place_there(tmp_path):
    done = run(tmp_path, PRODUCTION)
    assert done.returncode == 0, done.stderr
    told = json.loads(f"{{{(tmp_path / 'described').read_text()}}}")
    assert told["volume_ids"] == [DATA, JOURNAL]
    assert told["layout"] == "plain"
    assert {(place["path"], place["volume_id"], place["inside"]) for place in told["places"]} == {
        ("", DATA, "mongo/db"),
        ("journal", JOURNAL, "mongo/journal"),
        ("shop/index", JOURNAL, "mongo/index"),
    }
    assert told["data_bytes"] > 5_000_000  # of both disks


@pytest.mark.parametrize("first", [RESTORED, PART])
def test_parts_stand_where_they_stood_and_either_volume_is_let_go_first(tmp_path, first):
    second = PART if first == RESTORED else RESTORED
    done = run(
        tmp_path,
        PRODUCTION
        + QUARANTINE
        + f"""
mount_parts {RESTORED} "$db" {PARTS}
mount_parts {RESTORED} "$db" {PARTS} # once more changes nothing
[[ -s $db/journal/log && ! -L $db/journal && -e $db/shop/index/i.wt && -e $db/storage.bson ]]
[[ $(mounted_volumes | xargs) == "{RESTORED} {PART}" ]]
[[ $(root_of {PART}) == {RESTORED} && $(root_of {RESTORED}) == {RESTORED} ]]
unmount_volume {first}
[[ $(mounted_volumes) == {second} ]]
unmount_volume {second}
! findmnt --list --output TARGET | grep -F "$state_root"
""",
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (f"{PART}:../etc:journal", "leads out of its volume"),
        (f"{PART}:mongo/journal:../../../etc", "leads out of its volume"),
        (f"{PART}:nowhere:journal", "holds no directory 'nowhere'"),
    ],
)
def test_a_part_that_leads_elsewhere_is_not_mounted(tmp_path, part, reason):
    done = run(tmp_path, PRODUCTION + QUARANTINE + f'mount_parts {RESTORED} "$db" {part}')
    assert done.returncode != 0
    assert reason in done.stderr
