# ruff: noqa: E501, S608, S311 (cases and SQL stay on one line; nothing here is anybody's input or secret)
"""A MariaDB server of the tests' own, without network, and dumps made with it."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

KEY = "5a" * 32
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DUMP_OPTIONS = ["--single-transaction", "--quick", "--routines", "--triggers", "--events"]


class MariaDB:
    """A server in a folder, reached by its socket."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, folder / "s.sock"
        self.data = folder / "data"
        install = ["mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={self.data}", "--skip-test-db"]
        install.append("--auth-root-authentication-method=normal")
        subprocess.run(install, check=True, capture_output=True)
        command = ["mariadbd", "--no-defaults", "--user=root", f"--datadir={self.data}", f"--socket={self.socket}"]
        command += ["--skip-networking", "--max-allowed-packet=1G", "--innodb-flush-log-at-trx-commit=0"]
        command += [f"--pid-file={folder / 'pid'}", "--innodb-buffer-pool-size=64M"]
        self._log = (folder / "log").open("wb")
        self.process = subprocess.Popen(command, stdout=self._log, stderr=self._log, stdin=subprocess.DEVNULL)
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if subprocess.run(self.client("mysqladmin", "ping"), capture_output=True, check=False).returncode == 0:
                return
            assert self.process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.1)
        raise AssertionError("mariadbd does not answer")

    def client(self, tool: str, *arguments: str) -> list[str]:
        return [tool, "--no-defaults", f"--socket={self.socket}", "--user=root", *arguments]

    def sql(self, text: str | bytes, schema: str = "") -> str:
        """Run statements and give what they print, without headings."""
        data = text.encode() if isinstance(text, str) else text
        command = self.client(
            "mysql", "--batch", "--skip-column-names", "--default-character-set=utf8mb4", *filter(None, [schema])
        )
        done = subprocess.run(command, input=data, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr[-300:].decode()
        return done.stdout.decode("utf-8", "replace")

    def fresh(self, schema: str) -> None:
        self.sql(f"DROP DATABASE IF EXISTS `{schema}`; CREATE DATABASE `{schema}` CHARACTER SET utf8mb4")

    def dump(self, schema: str, target: Path, *options: str) -> Path:
        with target.open("wb") as file:
            subprocess.run(self.client("mysqldump", *DUMP_OPTIONS, *options, schema), stdout=file, check=True)
        return target

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self._log.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    if not shutil.which("mariadbd"):
        pytest.skip("no mariadbd: run `make setup`")
    one = MariaDB(tmp_path_factory.mktemp("mariadb"))
    yield one
    one.stop()


def run(*arguments: str, key: str = KEY, given: bytes = b"") -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    command = [sys.executable, "-m", "dumps", *arguments]
    data = (key + "\n").encode() if "--key-stdin" in arguments else given
    done = subprocess.run(command, cwd=ROOT, input=data, capture_output=True, check=False)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def nasty_rows(count: int) -> str:
    """Give INSERTs with values that are hard to write down."""
    chance = random.Random(7)
    texts = ["", "plain", "it's", 'say "x"', "back\\slash", "\\", "'", "a;b", "(1,2),(3", "tab\t\r\nline", "\0zero\x1a", "😀 emoji 日本語",
             "-- no comment", "/* neither */", "NULL", "%_", "ends with \\", "🏳️‍🌈" * 9]  # fmt: skip
    rows = []
    for number in range(1, count + 1):
        text = chance.choice(texts)
        name = chance.choice(["Zoë Ångström", "李 小龍", "Bob O'Hara", "X Æ"])
        blob = chance.randbytes(chance.randrange(300)).hex() or "00"
        mail = f"person{number}.{chance.randrange(10**6)}@real-company.de"
        values = [
            "NULL", "1" if number % 2 else "70000", "'de'", _quoted(mail), _quoted(name), str(chance.randrange(-100, 100) or 1),
            str(chance.randrange(1, 60000)), "-8388000", "-9223372036854775808", "18446744073709551615", "12345678901234567890.0123456789",
            "1.5e10", "2.2250738585072014e-308", "'1984-05-31'", "'2001-02-03 04:05:06.789012'", "'2010-10-10 10:10:10.123'", "'-838:59:59.00'",
            "1999", _quoted(chance.choice(["a", "b;", "c'd", "(e)"])), "'x,y'", "b'1000000001'", f"0x{chance.randbytes(16).hex()}",
            _quoted(f"bytes{number}@real-company.de"), f"0x{blob}", _quoted(f"{text} {name} wrote {mail}"),
            _quoted(f'{{"user":{{"mail":"json{number}@real-company.de","name":"Eva Ek"}},"n":[1,2.5,"x"]}}'),
            f"ST_GeomFromText('POINT({chance.uniform(-80, 80)} {chance.uniform(-80, 80)})')", "ST_GeomFromText('LINESTRING(0 0,1 1)')", "'secret'",
        ]  # fmt: skip
        rows.append(f"({','.join(values)})")
    rows.append("(NULL,2,'fr','nulls@real-company.de'" + ",NULL" * 22 + ",ST_GeomFromText('POINT(1 2)'),NULL,NULL)")
    columns = (
        "`id`,`parent_id`,`region`,`e mail`,`full (name)`,`ti`,`sm`,`me`,`bi`,`ub`,`de`,`fl`,`dbl`,`da`,`dt`,`ts`,`tm`,`ye`,`en`,`st`,`bt`,`bn`,"
        "`vb`,`bl`,`tx`,`js`,`pt`,`ge`,`hidden`"
    )
    return f"INSERT INTO `we``ird name` ({columns}) VALUES {','.join(rows)};"


def _quoted(text: str) -> str:
    signs = {"\\": "\\\\", "'": "\\'", "\0": "\\0", "\n": "\\n", "\r": "\\r", "\x1a": "\\Z"}
    return "'" + "".join(signs.get(sign, sign) for sign in text) + "'"
