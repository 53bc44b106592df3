"""moto's server with a data plane: its EC2 makes real disks and hosts, its Run Command really runs."""
