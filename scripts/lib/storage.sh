# shellcheck shell=bash
# Which EBS volumes hold a data directory, and which directory of each stands where in it.

device_number() { stat -L -c '%Hr:%Lr' "$1" 2>/dev/null || true; } # DEVICE

# Prints the ids of the EBS volumes that are one of the given devices (major:minor).
volumes_of() { # NUMBERS...
  local link number
  for link in /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol*; do
    for number in "$@"; do
      [[ $(device_number "$link") == "$number" ]] || continue
      basename "$link" | sed -E 's/.*_vol([0-9a-f]+).*/vol-\1/'
    done
  done | sort -u
}

# Of several mounts over each other the last one is seen.
mount_of() { findmnt --noheadings --nofsroot --output "$2" --target "$1" | tail -n 1 | sed 's/^ *//; s/ *$//'; } # PATH FIELD

# Prints plain, lvm or raid, then the ids of the volumes beneath a path.
storage_of() { # PATH
  local number chain layout=plain
  number=$(mount_of "$1" MAJ:MIN)
  if [[ -z $(volumes_of "$number") ]]; then
    chain=$(lsblk --noheadings --raw --inverse --output MAJ:MIN,TYPE "$(mount_of "$1" SOURCE)" 2>/dev/null || true)
    [[ $chain != *lvm* ]] || layout=lvm
    [[ $chain != *raid* ]] || layout=raid
    mapfile -t number < <(cut -d" " -f1 <<<"$chain")
  fi
  echo "$layout"
  volumes_of "${number[@]}"
}

# Prints where a directory is inside the file system that it is on; nothing for its top.
inside_of() { # REAL_PATH
  local target within
  target=$(mount_of "$1" TARGET)
  within=$(mount_of "$1" FSROOT)/${1#"${target%/}"}
  tr -s / <<<"$within" | sed 's#^/##; s#/$##'
}

# Prints the directories that stand on something of their own: the top (an empty line), links and mounts beneath it.
# Databases and their indexes may be such, and the journal; none of them is deeper than that.
own_directories() { # DB_PATH
  local directory
  echo
  find -L "$1" -mindepth 1 -maxdepth 3 -type d -printf '%P\n' 2>/dev/null | while read -r directory; do
    if [[ -L $1/$directory ]] || mountpoint --quiet "$1/$directory"; then echo "$directory"; fi
  done
}

# Prints as JSON, without the braces around it, on which volumes a data directory lies and where.
describe_storage() { # DB_PATH
  local directory kind layout=plain found id bytes top
  local ids=() places=() roots=()
  top=$(realpath "$1")
  while IFS= read -r directory; do
    roots+=("$(realpath "$top/$directory")")
    mapfile -t found < <(storage_of "${roots[-1]}")
    kind=${found[0]}
    [[ $kind == plain ]] || layout=$kind
    for id in "${found[@]:1}"; do
      [[ " ${ids[*]} " == *" $id "* ]] || ids+=("$id")
    done
    places+=("$(printf '{"volume_id":"%s","inside":%s,"path":%s}' "${found[1]:-}" \
      "$(json_text "$(inside_of "${roots[-1]}")")" "$(json_text "$directory")")")
  done < <(own_directories "$top")
  # Files come and go while the server works.
  bytes=$( (du --summarize --total --block-size=1 -- "${roots[@]}" 2>/dev/null || true) | tail -n 1 | cut -f1)
  printf '"volume_ids":[%s],"places":[%s],"layout":"%s","data_bytes":%s' "$(quoted "${ids[@]}")" \
    "$(joined "${places[@]}")" "$layout" "${bytes:-0}"
}

# Production's hosts need no Python.
json_text() { # TEXT
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

joined() { # WORDS...
  local IFS=,
  echo "$*"
}

quoted() { # WORDS...
  local words=()
  (($# == 0)) || mapfile -t words < <(printf '"%s"\n' "$@")
  joined "${words[@]}"
}
