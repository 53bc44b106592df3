# shellcheck shell=bash
# Which volume staging serves: one symbolic link, changed in one step.

live_link=$state_root/live
staging_unit=understudy-mongod.service

live_volume_id() { # prints nothing before the first cutover
  [[ ! -L $live_link ]] || basename "$(readlink "$live_link")"
}

set_live_volume() { # VOLUME_ID
  ln -sfn "volumes/$1" "$live_link.new"
  mv -fT "$live_link.new" "$live_link"
}
