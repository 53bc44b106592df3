"""RDS: Aurora clusters that are MariaDB servers, in the place of moto's records."""
