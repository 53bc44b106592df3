"""What a masked copy costs beside a raw one, measured in one run on this machine: `make bench`."""
