"""What a sandbox is made of on this machine: disks, hosts in namespaces, the networks between them."""
