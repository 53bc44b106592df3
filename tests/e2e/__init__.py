"""The whole: the real engine, real disks and real servers."""
