# shellcheck shell=bash
# EBS volumes, known by their NVMe serial only: device names change from one attachment to the next.

volume_path() { echo "$state_root/volumes/$1"; } # VOLUME_ID

volume_device() { echo "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${1/-/}"; } # VOLUME_ID

wait_for_device() { # VOLUME_ID
  local deadline=$((SECONDS + 120))
  until [[ -b $(volume_device "$1") ]]; do
    ((SECONDS < deadline)) ||
      fail "volume $1 did not appear on this host within 120 s: check that it is attached to this instance"
    sleep 0.2
  done
}

# Prints the type of the file system, nothing for a blank device.
file_system() { # VOLUME_ID
  local status=0
  blkid --probe --output value --match-tag TYPE "$(volume_device "$1")" || status=$?
  ((status == 0 || status == 2)) || fail "cannot tell what is on volume $1: blkid ended with status $status"
}

# From the kernel's list: asking the mount point itself fails where the device beneath it is gone.
mounted_volumes() { findmnt --noheadings --list --output TARGET | sed -nE "s#^$state_root/volumes/([^/]+)\$#\1#p"; }

is_mounted() { grep -qxF "$1" <<<"$(mounted_volumes)"; } # VOLUME_ID

mount_volume() { # VOLUME_ID
  local options=noatime,nodev,nosuid,noexec type
  is_mounted "$1" && return
  wait_for_device "$1"
  type=$(file_system "$1")
  [[ -n $type ]] || fail "volume $1 is blank: there is nothing on it to open"
  # A restored volume has the UUID of the one that it was taken from.
  [[ $type == xfs ]] && options+=,nouuid
  mkdir -p "$(volume_path "$1")"
  mount -o "$options" "$(volume_device "$1")" "$(volume_path "$1")"
}

# Prints the mounts that keep a volume in use besides its own: parts shown inside it, and where it is shown as a part.
# The one made last comes first.
further_mounts() { # VOLUME_ID
  awk -v at="$(volume_path "$1")" -v ours="$state_root/volumes/" '
    { points[NR] = $5; numbers[NR] = $3; if ($5 == at) number = $3 }
    END {
      for (i = NR; i > 0; i--)
        if (index(points[i], at "/") == 1 || (numbers[i] == number && points[i] != at && index(points[i], ours) == 1))
          print points[i]
    }' /proc/self/mountinfo
}

unmount_volume() { # VOLUME_ID
  local mount_point try further
  mount_point=$(volume_path "$1")
  for further in $(further_mounts "$1"); do
    umount "$further" || true # what holds it is told below
  done
  for try in 1 2 3 4 5; do
    is_mounted "$1" || break
    sync --file-system "$mount_point" || true # a device that is gone has nothing to write to
    umount "$mount_point" || sleep "$try"
  done
  is_mounted "$1" && fail "volume $1 is still in use at $mount_point: end what uses it, then run this again"
  [[ ! -d $mount_point ]] || rmdir "$mount_point"
}
