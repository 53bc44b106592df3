#!/bin/sh
# Turn fresh namespaces into a host: its own root disk over the machine's root file system, its own /dev, /proc, /sys and /run;
# then become its init. Runs as PID 1 of the new namespaces.
#
#   boot.sh <root disk> <host name> <init command> [<directory to show read-only>...]
set -eu

disk=$1 host=$2 init=$3
shift 3

hostname "$host"
mount --make-rprivate /
root=$disk/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$disk/upper,workdir=$disk/work" "$root"

for shown in "$@"; do
  mkdir -p "$root$shown"
  mount --bind "$shown" "$root$shown"
  mount -o remount,bind,ro "$root$shown"
done

mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"

cd "$root/dev"
mkdir -p pts shm disk/by-id
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts pts
mount -t tmpfs -o mode=1777 tmpfs shm
for node in null:3 zero:5 full:7 random:8 urandom:9; do
  mknod -m 666 "${node%:*}" c 1 "${node#*:}"
done
mknod -m 666 tty c 5 0
ln -s pts/ptmx ptmx
ln -s /proc/self/fd fd
ln -s fd/0 stdin
ln -s fd/1 stdout
ln -s fd/2 stderr

cd "$root"
pivot_root . .
umount -l .
cd /
# The init command is two words by design: interpreter and file.
# shellcheck disable=SC2086
exec $init
