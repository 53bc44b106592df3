"""What every server of the sandbox is started with, and what its admin user may do."""

# What Aurora gives its admin user: neither SUPER nor FILE nor SHUTDOWN.
ADMIN_RIGHTS = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, CREATE "
    "TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, CREATE "
    "ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER"
)
# Small, since several run beside each other; writes are the threads' own, so that a stopped process writes nothing.
OPTIONS = {
    "binlog-format": "ROW",
    "character-set-server": "utf8mb4",
    "event-scheduler": "ON",
    "expire-logs-days": "7",
    "innodb-buffer-pool-size": "64M",
    "innodb-log-file-size": "32M",
    "innodb-use-native-aio": "OFF",
    "log-bin": "binlog",
    "log-bin-trust-function-creators": "ON",
    "max-allowed-packet": "64M",
    "performance-schema": "OFF",
    "require-secure-transport": "ON",
    "skip-name-resolve": "ON",
}
