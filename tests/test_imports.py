"""The import lines of the design: __main__ → components → refresh; the others meet them only as AWS would."""

import ast
import functools
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parents[1]
OURS = {"components", "doctor", "documentation", "refresh", "anonymizer", "dumps", "sandbox", "scripts"}
MAY_IMPORT = {
    "__main__.py": {"components"},
    "components": {"components", "refresh"},
    "production_role": {"components"},
    "doctor": {"doctor", "components", "refresh"},
    # Tasks of the Aurora refresh run beside dumps and detectors; MongoDB's meets the anonymizer on hosts only.
    "refresh": {"refresh", "dumps", "anonymizer"},
    "refresh/mongo": {"refresh"},
    "dumps": {"dumps", "anonymizer"},
    "anonymizer": {"anonymizer"},
    "sandbox": {"sandbox"},
    # Programs of their own.
    "bootstrap": set(),
    "deployments": set(),
    # It reads all of them, and none of them reads it.
    "documentation": {"documentation", "components", "refresh", "anonymizer", "sandbox"},
}
# Pulumi's protocol is how the engine speaks to a plugin; it is not the SDK that programs are written with.
PROTOCOL = "pulumi.runtime.proto"


@functools.cache
def modules_imported(path):
    """Return every module that a file imports, as full dotted names."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide which line they cross"
            found.append(node.module)
    return tuple(found)


def files_of(part):
    path = ROOT / part
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_a_part_imports_only_the_parts_below_it(part):
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in files_of(part)
        for module in modules_imported(path)
        if module.split(".")[0] in OURS - MAY_IMPORT[part]
    ]
    assert files_of(part)
    assert wrong == []


def test_only_the_program_and_its_components_import_pulumi():
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for part in ("refresh", "anonymizer", "dumps", "sandbox")
        for path in files_of(part)
        for module in modules_imported(path)
        if module.split(".")[0].startswith("pulumi") and not (part == "sandbox" and module.startswith(PROTOCOL))
    ]
    assert wrong == []


def test_only_the_settings_read_the_configuration():
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in files_of("components") + files_of("__main__.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "Config" and getattr(node.value, "id", "") == "pulumi"
    ]
    assert set(readers) == {"components/settings.py"}


def test_the_anonymizer_knows_no_aws():
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in files_of("anonymizer")
        for module in modules_imported(path)
        if module.split(".")[0] in {"boto3", "botocore"}
    ]
    assert wrong == []


def test_a_refresh_meets_boto_behind_its_protocols_only():
    """In `refresh/boto/`, and in a `boto.py` beside a Protocol that one refresh alone has."""
    meets = {
        path.relative_to(ROOT).as_posix()
        for path in files_of("refresh")
        for module in modules_imported(path)
        if module.split(".")[0] in {"boto3", "botocore"}
    }
    assert "refresh/boto/ec2.py" in meets
    assert [each for each in meets if not (each.startswith("refresh/boto/") or each.endswith("/boto.py"))] == []


def test_the_program_is_settings_components_and_exports():
    """At most 60 lines, nothing decided, nothing applied, no resource of its own."""
    text = (ROOT / "__main__.py").read_text(encoding="utf-8")
    nodes = list(ast.walk(ast.parse(text)))
    assert len(text.splitlines()) <= 60
    assert not [node for node in nodes if isinstance(node, (ast.If, ast.IfExp, ast.For, ast.FunctionDef, ast.Lambda))]
    assert not [node for node in nodes if isinstance(node, ast.Attribute) and node.attr == "apply"]
    assert "pulumi_aws" not in text
