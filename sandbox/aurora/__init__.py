"""Aurora in the sandbox: real MariaDB servers, one data directory each."""
