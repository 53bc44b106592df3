"""The `mysql` client as a child: a dump goes to its standard input; its password reaches neither argv nor a disk."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

from pymysql.constants import CR

from refresh.aurora.sql import Login, explained
from refresh.errors import PermanentError, RefreshError

_ERROR = re.compile(r"^ERROR (\d+)(?: \(\w+\))?(?: at line (\d+))?", re.MULTILINE)
_TLS_TROUBLE = re.compile(r"\b(?:SSL|TLS|certificate)\b", re.IGNORECASE)
_TLS_ERROR = 2026
_END_SECONDS = 600.0


def load(login: Login, schema: str, parts: Iterable[bytes]) -> None:
    """Send statements to a schema through the client; the first error ends it.

    Args:
        login: Server and user.
        schema: Where unqualified names are.
        parts: The statements, part by part.

    Raises:
        RefreshError: The client or the server refused; the line is named, no value is.
    """
    with _option_file(login) as descriptor:
        command = [*_command(login, descriptor), "--", schema]
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, pass_fds=(descriptor,)
        )
        words: list[bytes] = []
        listener = threading.Thread(target=lambda: words.append(_all_of(child)), daemon=True)
        listener.start()
        try:
            _feed(child, parts)
        except BaseException:
            child.kill()  # what it was sent so far must not be taken for all
            raise
        finally:
            with suppress(OSError):  # what it did not take any more
                _input_of(child).close()
            child.wait(_END_SECONDS)
            listener.join()
    if child.returncode:
        raise _explained(b"".join(words).decode(errors="replace"), login, schema)


def flavour(version_text: str) -> str:
    """Tell the clients apart, whose options for TLS differ.

    Args:
        version_text: What `mysql --version` prints.

    Returns:
        mariadb or mysql.
    """
    return "mariadb" if "mariadb" in version_text.lower() else "mysql"


def tls_options(kind: str) -> list[str]:
    """Return the options that make a client require TLS and verify certificate and host name."""
    return ["--ssl-verify-server-cert"] if kind == "mariadb" else ["--ssl-mode=VERIFY_IDENTITY"]


def _command(login: Login, descriptor: int) -> list[str]:
    kind = flavour(_version())
    return [
        "mysql", f"--defaults-file=/dev/fd/{descriptor}", *tls_options(kind), f"--host={login.host}",
        f"--port={login.port}", "--protocol=tcp", "--binary-mode", "--local-infile=0", "--batch", "--unbuffered",
        "--default-character-set=utf8mb4", "--max-allowed-packet=1G",
    ]  # fmt: skip


def _version() -> str:
    try:
        return subprocess.run(["mysql", "--version"], capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        raise PermanentError("`mysql` is not on PATH: the task's image must hold MySQL's or MariaDB's client") from None


@contextmanager
def _option_file(login: Login) -> Iterator[int]:
    """Write user, password and CA where only this process and its child can read them: into memory."""
    descriptor = os.memfd_create("options")
    try:
        os.fchmod(descriptor, 0o600)  # the client ignores a file that the world may write
        options = {"user": login.user, "password": login.password, "ssl-ca": login.ca_bundle}
        text = "".join(f"{name}={_quoted(value)}\n" for name, value in options.items())
        os.write(descriptor, f"[client]\n{text}".encode())
        yield descriptor
    finally:
        os.close(descriptor)


def _quoted(value: str) -> str:
    """Quote a value for an option file, in which a backslash escapes."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _feed(child: subprocess.Popen[bytes], parts: Iterable[bytes]) -> None:
    try:
        for part in parts:
            _input_of(child).write(part)
        _input_of(child).close()
    except BrokenPipeError:
        return  # it has ended by itself: its own words say why


def _input_of(child: subprocess.Popen[bytes]) -> IO[bytes]:
    assert child.stdin  # noqa: S101 - it is a pipe
    return child.stdin


def _all_of(child: subprocess.Popen[bytes]) -> bytes:
    assert child.stderr  # noqa: S101 - the same
    with child.stderr:
        return child.stderr.read()


def _explained(words: str, login: Login, schema: str) -> RefreshError:
    """Say why the client failed, by the error's number and the line of what it was sent."""
    found = _ERROR.search(words)
    if found is None:
        return PermanentError(f"mysql as {login!r} failed while loading {schema} and gave no error number")
    code, line = int(found[1]), found[2]
    if line is None and (code == _TLS_ERROR or (code < 3000 and _TLS_TROUBLE.search(words))):
        return PermanentError(
            f"mysql as {login!r}: the server's certificate was refused. Check the cluster's certificate and its "
            f"validity, the endpoint's name, and the CA bundle {login.ca_bundle}"
        )
    if code == _TLS_ERROR:  # the connection ended while it was used
        code = CR.CR_SERVER_LOST
    at = f" at line {line} of the dump" if line else ""
    return explained(code, f"loading {schema}{at}", login)
