"""A small AWS on this machine: real disks, real hosts in namespaces, real mongods, Run Command that runs."""
