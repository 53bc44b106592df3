# ruff: noqa: E501 (cases and SQL stay on one line; nothing here is anybody's input or secret)
"""The command says what is wrong in a line, and gives the exit codes that docs/dumps.md promises."""

from __future__ import annotations

import gzip
import json
import re

import pytest
import yaml

from dumps.__main__ import main
from dumps.commands import VERBS
from tests.dumps import texts

KEY = "5a" * 32


@pytest.fixture
def given(tmp_path, monkeypatch):
    """A dump and its rules in a folder, and a key in the environment."""
    (tmp_path / "shop.sql").write_bytes(texts.dump(texts.PEOPLE, texts.ROWS))
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(texts.RULES))
    monkeypatch.setenv("THE_KEY", KEY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def prepare(*more: str) -> int:
    return main(
        ["prepare", "--source", "shop.sql", "--rules", "rules.yaml", "--folder", "out", "--day", "20260101", *more]
    )


def test_prepare_writes_dump_manifest_and_schema_and_says_so(given, capsys):
    assert prepare("--key-env", "THE_KEY") == 0
    said = capsys.readouterr().err
    found = json.loads((given / "out/20260101/shop.manifest.json").read_text())
    assert sorted(path.name for path in (given / "out/20260101").iterdir()) == [
        "shop.manifest.json",
        "shop.schema.json",
        "shop.sql.gz",
    ]
    assert found["sha256"] in said
    assert "1 tables, 3 rows, 3 of them masked" in said
    assert found["findings"] == []
    assert all(row["control"]["found"] == row["control"]["planted"] for row in found["checks"])
    keys = "version dump sha256 bytes sql_sha256 sql_bytes schema schema_sha256 source rules_sha256 code_sha256 prepared_at tables objects opt_ins checks findings"
    assert set(keys.split()) <= set(found)
    made = gzip.decompress((given / "out/20260101/shop.sql.gz").read_bytes())
    assert len(made) == found["sql_bytes"]


def test_prepare_again_gives_the_same_dump(given):
    sums = set()
    for _ in range(2):
        import os  # noqa: PLC0415

        os.environ["THE_KEY"] = KEY  # a key leaves the environment when it is read
        assert prepare("--key-env", "THE_KEY", "--no-verify") == 0
        sums.add(json.loads((given / "out/20260101/shop.manifest.json").read_text())["sha256"])
    assert len(sums) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--key-env", "NOT_THERE"], 2, "NOT_THERE must hold 64 hexadecimal digits"),
        ([], 2, "a key is missing"),
        (["--key-env", "THE_KEY", "--day", "2026-01-01"], 2, "--day must be YYYYMMDD"),
        (["--key-env", "THE_KEY", "--source", "nowhere.sql"], 2, "nowhere.sql: cannot be read"),
        (["--key-env", "THE_KEY", "--rules", "nowhere.yaml"], 2, "nowhere.yaml"),
        (["--key-stdin", "--source", "-"], 2, "the dump comes by standard input, so the key cannot"),
    ],
)
def test_what_a_user_gets_wrong_is_told_in_one_line(given, capsys, arguments, code, said):
    assert prepare(*arguments) == code
    shown = capsys.readouterr().err
    assert said in shown
    assert "Traceback" not in shown


def test_an_unlisted_column_is_exit_code_3(given, capsys):
    (given / "shop.sql").write_bytes(texts.dump(texts.PEOPLE.replace(b"`born`", b"`iban` varchar(40),\n`born`")))
    assert prepare("--key-env", "THE_KEY") == 3
    assert "no rule names people.iban" in capsys.readouterr().err


def test_verify_writes_its_findings_to_the_manifest(given, capsys):
    assert prepare("--key-env", "THE_KEY", "--no-verify") == 0
    verify = ["verify", "--source", "shop.sql", "--dump", "out/20260101/shop.sql.gz", "--rules", "rules.yaml"]
    assert main(verify) == 0
    path = given / "out/20260101/shop.manifest.json"
    found = json.loads(path.read_text())
    assert found["checks"]
    dump = given / "out/20260101/shop.sql.gz"
    dump.write_bytes(
        gzip.compress(gzip.decompress(dump.read_bytes()).replace(b"(1,'", b"(1,'ada.lovelace@real-company.de "))
    )
    assert main(verify) == 3
    assert "is not the file that its manifest is of" in capsys.readouterr().err
    import hashlib  # noqa: PLC0415

    path.write_text(json.dumps({**found, "sha256": hashlib.sha256(dump.read_bytes()).hexdigest()}))
    assert main(verify) == 4
    assert "finding: original in shop.people name" in capsys.readouterr().err
    assert json.loads(path.read_text())["findings"]


def test_schema_shows_fingerprints_and_differences(given, capsys):
    assert main(["schema", "shop.sql"]) == 0
    (given / "one.json").write_text(capsys.readouterr().out)
    assert main(["schema", "one.json", "--fingerprint"]) == 0
    assert re.fullmatch(r"[0-9a-f]{64}\n", capsys.readouterr().out)
    assert main(["schema", "shop.sql", "--against", "one.json"]) == 0
    (given / "shop.sql").write_bytes(texts.dump(texts.PEOPLE.replace(b"varchar(40)", b"varchar(60)")))
    assert main(["schema", "shop.sql", "--against", "one.json"]) == 3
    assert "table people: column name: type was varchar(40), is varchar(60)" in capsys.readouterr().out


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_help_text_and_is_in_the_guide(verb, capsys):
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Exit codes" in shown
    from pathlib import Path  # noqa: PLC0415

    guide = (Path(__file__).parents[2] / "docs/dumps.md").read_text()
    assert f"python -m dumps {verb}" in guide
    for option in re.findall(r"--[a-z][a-z-]+", shown):
        assert option in guide or option == "--help", option
