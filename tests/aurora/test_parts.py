"""Parts of the Aurora refresh that need no server."""

from __future__ import annotations

import gzip
import io
import json
import re
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pymysql.constants import ER

from refresh.aurora import __main__ as command
from refresh.aurora import blockers, client, current, definitions, dump, markers, report, smoke, verify
from refresh.aurora.blockers import Session
from refresh.aurora.current import Current
from refresh.aurora.definitions import TRIGGER, VIEW, Definition
from refresh.aurora.exchange import Exchange, with_dropped
from refresh.aurora.request import AuroraRequest
from refresh.aurora.schemas import Schemas
from refresh.aurora.sql import LockWaitError, Login, explained
from refresh.errors import (
    CutOverError,
    DatabaseError,
    FindingsError,
    LeaseError,
    PermanentError,
    RefusedError,
    RequestError,
    TransientError,
)
from refresh.reporting.text import as_text
from tests.aurora.fake_ports import FakeAws

LOGIN = Login(host="db.example", port=3306, user="admin", password="hush-hush", ca_bundle="/ca.pem")
REQUEST: dict[str, Any] = {
    "space": "understudy/test", "region": "eu-west-1", "execution_id": "e-1", "dump_key": "20260301/shop.sql.gz",
    "import_bucket": "import", "reports_bucket": "reports", "cluster_id": "test", "endpoint": "db.example",
    "port": 3306.0, "schema": "shop", "secret_arn": "arn:secret", "ca_bundle_path": "/ca.pem",
}  # fmt: skip


def trigger(name: str, text: str = "") -> Definition:
    return Definition(kind=TRIGGER, name=name, table="t", text=text or name)


# -- request and command ------------------------------------------------------------------------------------------


def test_the_same_dump_for_the_same_target_has_the_same_id() -> None:
    one = AuroraRequest.from_inputs(REQUEST)
    assert one.refresh_id == AuroraRequest.from_inputs({**REQUEST, "execution_id": "e-2"}).refresh_id
    assert re.fullmatch(r"20260301-[0-9a-f]{8}", one.refresh_id)
    for change in ({"dump_key": "20260302/shop.sql.gz"}, {"schema": "other"}, {"cluster_id": "prod"}):
        assert one.refresh_id != AuroraRequest.from_inputs({**REQUEST, **change}).refresh_id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dump_key", "shop.sql.gz"),
        ("dump_key", "20260301/../shop.sql.gz"),
        ("expected_sha256", "abc"),
        ("accepted_schema", "z" * 64),
        ("schema", "x" * 60),
        ("schema", "a`b"),
        ("smoke.urls", {"urls": ["file:///etc/passwd"]}),
        ("space", ""),
    ],
)
def test_a_wrong_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(RequestError) as caught:
        AuroraRequest.from_inputs({**REQUEST, field.partition(".")[0]: value})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RequestError("a", "b"), 2), (RefusedError("x"), 3), (FindingsError("x"), 4), (TransientError("x"), 5),
        (DatabaseError("x"), 5), (LeaseError("x"), 5), (CutOverError("x"), 6),
    ],
)  # fmt: skip
def test_each_error_has_its_exit_code(error: Any, code: int) -> None:
    assert command.exit_code(error) == code


def test_the_command_says_what_is_wrong_with_its_request(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(command.VARIABLE, raising=False)
    assert command.main(["load"]) == 2
    assert "UNDERSTUDY_REQUEST" in capsys.readouterr().err
    torn = tmp_path / "request.json"
    torn.write_text("{")
    assert command.main(["load", "--request", str(torn)]) == 2
    assert "cannot be read as JSON" in capsys.readouterr().err
    monkeypatch.setenv(command.VARIABLE, json.dumps({**REQUEST, "schema": 3}))
    assert command.main(["finish"]) == 2
    assert "schema" in capsys.readouterr().err


# -- errors hold no value -----------------------------------------------------------------------------------------


def test_errors_of_the_server_are_told_by_number() -> None:
    assert isinstance(explained(ER.LOCK_WAIT_TIMEOUT, "the swap", LOGIN), LockWaitError)
    assert isinstance(explained(2013, "a question", LOGIN), TransientError)
    full = explained(ER.RECORD_FILE_FULL, "loading", LOGIN)
    assert isinstance(full, DatabaseError)
    assert "disk is full" in str(full)
    assert "hush-hush" not in f"{full} {LOGIN!r}"
    refused = explained(2003, "connecting", LOGIN, ssl.SSLCertVerificationError(1, "certificate verify failed"))
    assert isinstance(refused, PermanentError)
    assert "certificate" in str(refused)


def test_the_clients_words_are_cut_down_to_number_and_line() -> None:
    words = "ERROR 1062 (23000) at line 71: Duplicate entry 'jane@gmail.com' for key 'email'\n"
    error = client._explained(words, LOGIN, "shop__next")
    assert str(error).startswith("loading shop__next at line 71 of the dump as admin at db.example:3306: ")
    assert "1062 (DUP_ENTRY)" in str(error)
    assert "jane" not in str(error)
    assert "jane" not in str(client._explained("something about jane\n", LOGIN, "shop__next"))


def test_both_clients_are_told_to_verify_the_host_name() -> None:
    debian = "mysql  Ver 15.1 Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64) using  EditLine wrapper"
    oracle = "mysql  Ver 8.0.39 for Linux on x86_64 (MySQL Community Server - GPL)"
    assert client.tls_options(client.flavour(debian)) == ["--ssl-verify-server-cert"]
    assert client.tls_options(client.flavour(oracle)) == ["--ssl-mode=VERIFY_IDENTITY"]


# -- definitions and the exchange ---------------------------------------------------------------------------------


def test_a_statement_is_made_portable_and_its_texts_are_left_alone() -> None:
    text = (
        "CREATE ALGORITHM=UNDEFINED DEFINER=`a``b`@`%` SQL SECURITY DEFINER VIEW `v` AS select "
        "`shop`.`f`(`t`.`x`) AS `y`,'`shop`.`f`' AS `z`,'it''s \\' `shop`.`g`' AS `w`,"
        "`shop_two`.`f`() AS `q` from `shop`.`t`"
    )
    assert definitions.portable(text, "shop") == (
        "CREATE ALGORITHM=UNDEFINED SQL SECURITY DEFINER VIEW `v` AS select `f`(`t`.`x`) AS `y`,"
        "'`shop`.`f`' AS `z`,'it''s \\' `shop`.`g`' AS `w`,`shop_two`.`f`() AS `q` from `t`"
    )


def test_what_an_earlier_run_dropped_is_added_in_its_place() -> None:
    noted = [trigger("one"), trigger("two"), trigger("three")]
    assert with_dropped([trigger("three"), trigger("new")], noted) == [*noted, trigger("new")]


@pytest.mark.parametrize("back", [True, False])
def test_the_moves_of_an_exchange(back) -> None:
    schemas = Schemas("shop")
    source = schemas.former if back else schemas.candidate
    planned = Exchange(schemas=schemas, source=source, goal=schemas.former, incoming=(), outgoing=(), token="g.1")
    assert Exchange.from_values(schemas, json.loads(json.dumps(planned.as_values()))) == planned
    there = frozenset({"live", "previous"} if back else {"live", "next"})
    moved = markers.moves(schemas, planned.ways(), there)
    own = "`shop__understudy`"
    if back:
        assert planned.ways() == [("shop", "shop__next"), ("shop__previous", "shop"), ("shop__next", "shop__previous")]
        assert moved == [
            (f"{own}.`live`", f"{own}.`next`"),
            (f"{own}.`previous`", f"{own}.`live`"),
            (f"{own}.`next`", f"{own}.`previous`"),
        ]
    else:
        assert planned.ways() == [("shop", "shop__previous"), ("shop__next", "shop")]
        assert moved == [(f"{own}.`live`", f"{own}.`previous`"), (f"{own}.`next`", f"{own}.`live`")]


def test_definitions_survive_the_ledger() -> None:
    found = [trigger("one", "CREATE …"), Definition(kind=VIEW, name="v", text="CREATE VIEW", sql_mode="ANSI")]
    assert definitions.from_values(json.loads(json.dumps(definitions.as_values(found)))) == found


def test_blocking_sessions_are_named_and_many_are_counted() -> None:
    sessions = [Session(number, "app", "10.0.0.7:5123", number) for number in range(7)]
    told = blockers.named(sessions)
    assert told.startswith("session 0 of app from 10.0.0.7:5123, for 0 s; session 1 of")
    assert told.endswith("for 4 s, and 2 more")
    assert "SHOW PROCESSLIST" in blockers.named([])


# -- the dump -----------------------------------------------------------------------------------------------------

EVENT = (
    b"CREATE TABLE `t` (`a` int);\nDELIMITER ;;\n"
    b"/*!50106 CREATE*/ /*!50117 */ /*!50106 EVENT `e` ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 00:00:00' "
    b"ON COMPLETION NOT PRESERVE ENABLE DO INSERT INTO t VALUES ('ON COMPLETION PRESERVE ENABLE') */ ;;\n"
    b"/*!50106 CREATE*/ /*!50106 EVENT `f` ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 00:00:00' "
    b"ON COMPLETION NOT PRESERVE DISABLE DO DELETE FROM t */ ;;\nDELIMITER ;\n-- Dump completed on 2026-03-01\n"
)


def test_events_come_disabled_and_those_that_were_not_are_known() -> None:
    text = dump.Unpacked(io.BytesIO(gzip.compress(EVENT)))
    loadable = dump.Loadable(text)
    loaded = b"".join(loadable.parts())
    assert loadable.enabled == ["e"]
    assert loaded.count(b"NOT PRESERVE DISABLE DO") == 2
    assert b"'ON COMPLETION PRESERVE ENABLE'" in loaded


@pytest.mark.parametrize("cut", [1, 9, 20])
def test_a_compressed_dump_cut_anywhere_is_refused(cut: int) -> None:
    packed = gzip.compress(EVENT)
    text = dump.Unpacked(io.BytesIO(packed[:-cut]))
    with pytest.raises(RefusedError, match=r"cut short|refused"):
        b"".join(dump.Loadable(text).parts())


def test_a_dump_with_bytes_behind_its_end_is_refused() -> None:
    text = dump.Unpacked(io.BytesIO(gzip.compress(EVENT) + gzip.compress(b"DROP TABLE t;\n")))
    with pytest.raises(RefusedError, match="behind its compressed form"):
        b"".join(dump.Loadable(text).parts())


def test_both_hashes_are_those_of_the_whole() -> None:
    packed = gzip.compress(EVENT * 2000)
    text = dump.Unpacked(io.BytesIO(packed))
    read = b""
    while part := text.read(1000):
        assert len(part) <= 1000
        read += part
    assert read == EVENT * 2000
    assert text.sha256 == dump.hash_of(io.BytesIO(packed))[0]
    assert text.sql_sha256 == dump.hash_of(io.BytesIO(read))[0]


def test_what_the_rules_allow_is_read_from_the_manifest() -> None:
    listed = [("shop.person", "name"), ("shop.person", "extra.email"), ("shop.log", "")]
    manifest = {"opt_ins": [{"namespace": namespace, "path": path, "what": "x"} for namespace, path in listed]}
    assert verify._allowed(manifest) == {("person", "name"), ("person", "extra"), ("log", "")}


# -- one at a time ------------------------------------------------------------------------------------------------


def _mine(number: int, execution: str = "") -> Current:
    return Current(
        refresh_id=f"r-{number}",
        execution_id=execution or f"e-{number}",
        dump_key="k",
        expected_sha256="",
        action="refresh",
    )


def _ledger(aws: FakeAws, number: int, state: str) -> None:
    values = {"refresh_id": f"r-{number}", "steps": {}, "state": state}
    aws.objects.put("reports", f"ledgers/aurora/r-{number}.json", json.dumps(values).encode())


@pytest.mark.parametrize(
    ("state", "running", "unknown", "outcome"),
    [
        ("finished", True, False, "taken"),
        ("running", True, False, "refused"),
        ("running", False, True, "refused"),
        ("running", False, False, "ended"),
        ("abandoned", False, False, "taken"),
    ],
)
def test_another_refresh_is_waited_for_while_its_automation_runs(state, running, unknown, outcome) -> None:
    aws, request, ended = FakeAws(), AuroraRequest.from_inputs(REQUEST), []
    ports = aws.ports("")
    current.claim(ports, request, _mine(1), ended.append)
    _ledger(aws, 1, state)
    aws.automations.running = {"e-1"} if running else set()
    aws.automations.unknown = unknown
    if outcome == "refused":
        with pytest.raises(LeaseError, match="r-1 by automation execution e-1"):
            current.claim(ports, request, _mine(2), ended.append)
        assert current.read(ports, request) == _mine(1)
        return
    current.claim(ports, request, _mine(2), ended.append)
    assert current.read(ports, request) == _mine(2)
    assert ended == ([_mine(1)] if outcome == "ended" else [])


def test_the_same_refresh_goes_on_and_another_execution_of_it_waits() -> None:
    aws, request = FakeAws(), AuroraRequest.from_inputs(REQUEST)
    ports = aws.ports("")
    aws.automations.running = {"e-1"}
    current.claim(ports, request, _mine(1), pytest.fail)
    _ledger(aws, 1, "running")
    current.claim(ports, request, _mine(1), pytest.fail)
    with pytest.raises(LeaseError):
        current.claim(ports, request, _mine(1, "e-2"), pytest.fail)
    aws.automations.running = set()
    current.claim(ports, request, _mine(1, "e-2"), pytest.fail)


# -- smoke and report ---------------------------------------------------------------------------------------------


class Answer(io.BytesIO):
    status = 200


def test_an_address_is_asked_until_it_answers_well(monkeypatch: pytest.MonkeyPatch) -> None:
    aws, answers = FakeAws(), [OSError(), 503, 200]

    def urlopen(_url: str, timeout: float) -> Answer:
        given = answers.pop(0)
        if isinstance(given, OSError):
            raise given
        answer = Answer()
        answer.status = given
        return answer

    monkeypatch.setattr(smoke.urllib.request, "urlopen", urlopen)
    context = _context(aws)
    assert smoke._asked(context, "https://app.example/healthz") == ""
    answers += [503] * 100
    assert smoke._asked(context, "https://app.example/healthz") == "https://app.example/healthz answered 503"


def _context(aws: FakeAws) -> Any:
    class Context:
        request = replace(AuroraRequest.from_inputs(REQUEST))
        clock = aws.clock

        class poller:  # noqa: N801
            still_ours = staticmethod(lambda: None)

    return Context()


def test_a_report_of_a_refresh_that_failed_early_can_be_written() -> None:
    ledger = {
        "refresh_id": "20260301-12345678", "state": "abandoned", "attempt": 1, "started_at": "a", "action": "refresh",
        "dump_key": "20260301/shop.sql.gz", "steps": {"check_object": {"facts": {}, "seconds": 1.25}},
    }  # fmt: skip
    built = report.build(ledger, finished_at="b")
    text = as_text(built)
    assert "# Refresh 20260301-12345678" in text
    assert "| check_object | 1.2 |" in text
    assert "abandoned" in text
