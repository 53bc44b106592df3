# shellcheck shell=bash
# Parts: further volumes of a restored data directory, each shown where it stood.

part_record() { echo "$socket_root/$1.part-of"; } # VOLUME_ID; memory only, as mounts are

# Prints the volume with the data directory that a volume is a part of; the volume itself where it is none.
root_of() { # VOLUME_ID
  cat "$(part_record "$1")" 2>/dev/null || echo "$1"
}

# Parents come before what is in them, since a link that stood in one is made a directory.
mount_parts() { # ROOT_VOLUME_ID DB_PATH PARTS
  local part volume_id inside path parts
  [[ $3 != none ]] || return 0
  IFS=, read -ra parts <<<"$3"
  for part in "${parts[@]}"; do
    IFS=: read -r volume_id inside path <<<"$part"
    [[ /$inside/$path/ != */../* ]] || fail "part $part leads out of its volume: it is not mounted"
    mount_volume "$volume_id"
    [[ $volume_id == "$1" ]] || echo "$1" | write_file "$(part_record "$volume_id")" 0600
    show_part "$volume_id" "$inside" "$2/$path"
  done
}

show_part() { # VOLUME_ID INSIDE TARGET
  local source
  source=$(realpath "$(volume_path "$1")/$2")
  [[ -d $source && $source/ == "$(realpath "$(volume_path "$1")")"/* ]] ||
    fail "volume $1 holds no directory '$2', where production had a part of its data: was the right volume snapshotted?"
  ! mountpoint --quiet "$3" || return 0
  [[ ! -L $3 ]] || rm "$3" # it led to a place on production's host
  mkdir -p "$3"
  mount --bind "$source" "$3"
}
