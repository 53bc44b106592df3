import pytest

from components.rules_file import RulesFileError, read_rules


def read(tmp_path, text):
    path = tmp_path / "rules.yaml"
    path.write_text(text)
    return read_rules(path)


def test_a_date_stays_the_text_that_was_written(tmp_path):
    assert read(tmp_path, "since: 2026-11-22\n") == {"since": "2026-11-22"}


def test_a_collection_named_twice_is_refused_with_both_lines(tmp_path):
    with pytest.raises(RulesFileError, match=r"rules\.yaml:3: 'shop' is there already, in line 2"):
        read(tmp_path, "databases:\n  shop: {}\n  shop: {}\n")


def test_a_key_that_is_no_text_is_refused_with_its_line(tmp_path):
    with pytest.raises(RulesFileError, match=r"rules\.yaml:2: the key True must be a text: put it in quotes"):
        read(tmp_path, "databases:\n  yes: {}\n")


@pytest.mark.parametrize("text", ["", "- one\n", "just text\n"])
def test_what_is_no_map_is_refused(tmp_path, text):
    with pytest.raises(RulesFileError, match="must be a map"):
        read(tmp_path, text)


def test_a_tag_that_would_make_an_object_is_refused(tmp_path):
    with pytest.raises(RulesFileError, match="could not determine a constructor"):
        read(tmp_path, "version: !!python/object:os.system {}\n")
