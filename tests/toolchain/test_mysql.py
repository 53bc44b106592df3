"""MySQL unpacked from packages: with stand-ins for apt and dpkg."""

import pytest

from sandbox.toolchain import mysql
from sandbox.toolchain.errors import SetupError

APT_GET = """
for word in "$@"; do case "$word" in
  indextargets) echo "http://mirror.example/debian/ http://mirror.example/security/"; exit ;;
  download) /bin/touch server.deb libc.deb; exit ;;
esac; done
case "$1" in -o=Dir::Etc::sourcelist=*) /bin/cp "${{1#*list=}}" {calls} ;; esac
"""
DEPENDS = "printf 'mysql-server-core\\n  Depends: libc6\\nlibc6\\nperl-base\\n<virtual>\\n'"
DPKG = """
for name in sbin/mysqld bin/mysql bin/mysqldump; do
  /bin/mkdir -p "$3/usr/${name%/*}"
  echo "$2" >> "$3/usr/$name"
done
"""


@pytest.fixture
def debian(fake, monkeypatch, tmp_path):
    keys = tmp_path / "keys.gpg"
    keys.touch()
    monkeypatch.setattr(mysql, "_KEYS", keys)
    fake("apt-get", APT_GET.format(calls=tmp_path / "sources"))
    fake("apt-cache", DEPENDS)
    fake("dpkg", DPKG)
    return tmp_path


def test_it_is_unpacked_with_its_own_libraries_from_where_the_machine_has_its_packages(layout, debian):
    mysql.bring(layout)
    place = layout.cache / "mysql"
    assert sorted(path.name for path in (place / "bin").iterdir()) == sorted(mysql.PROGRAMS)
    assert (debian / "sources").read_text().endswith("http://mirror.example/debian/ sid main\n")
    assert str(place / "root/usr/lib64/ld-linux-x86-64.so.2") in (place / "bin/mysqld").read_text()
    assert len((place / "root/usr/sbin/mysqld").read_text().splitlines()) == 2  # of each package


def test_what_is_there_is_not_fetched_again(layout, debian, fake):
    mysql.bring(layout)
    fake("apt-get", "exit 1")
    mysql.bring(layout)


def test_another_system_is_told_what_that_means(layout, monkeypatch, tmp_path):
    monkeypatch.setattr(mysql, "_KEYS", tmp_path / "nothing")
    with pytest.raises(SetupError, match="this is no Debian"):
        mysql.bring(layout)
