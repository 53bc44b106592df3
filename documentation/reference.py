"""The tables of docs/reference.md, from where the program itself has them."""

from __future__ import annotations

import argparse
import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

import components.adoption
import components.rules_file
import components.runbook_files
import components.settings
import refresh.errors
import sandbox.__main__
from anonymizer.commands import add_parsers
from anonymizer.masks.parameters import KINDS as MASKS
from anonymizer.rules.schema import MODES
from anonymizer.verification.findings import KINDS as FINDINGS
from components import descriptions
from components.aurora_settings import AuroraSettings
from components.config_keys import KEYS, REQUIRED
from documentation.marks import PageError, Table, sentence, table
from refresh.context import Step
from refresh.mongo.context import Context
from refresh.mongo.workflow import DRAFTING, STEPS

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/reference.md"


def configuration(page: str) -> str:
    """Return the table of the configuration keys."""
    abouts = _complete("KEYS", descriptions.KEYS, [key.name for key in KEYS], page)
    rows = [(f"`{key.name}`", default(key.default, REQUIRED), abouts[key.name]) for key in KEYS]
    return table(("key", "default", "what it is"), rows)


def aurora(page: str) -> str:
    """Return the table of the settings of the Aurora refresh."""
    fields = dict(_fields_of(AuroraSettings))
    abouts = _complete("AURORA", descriptions.AURORA, list(fields), page)
    rows = [(f"`{name}`", default(fields[name], PydanticUndefined), about) for name, about in abouts.items()]
    return table(("setting", "default", "what it is"), rows)


def modes(_page: str) -> str:
    """Return the table of the modes of a collection."""
    rows = [(f"`{name}`", " ".join(inspect.cleandoc(model.__doc__ or "").split())) for name, model in MODES.items()]
    return table(("mode", "what crosses"), rows)


def masks(_page: str) -> str:
    """Return the table of the masks; each leads to its section on their own page."""
    rows = [
        (f"[`{name}`](masks.md#{name})", ", ".join(f"`{one}`" for one in kind.parameters), kind.gives)
        for name, kind in MASKS.items()
    ]
    return table(("mask", "parameters", "what it gives"), rows)


def masks_of_an_id(_page: str) -> str:
    """Return the sentence that names the masks that `_id` may have."""
    names = [f"`{name}`" for name, kind in MASKS.items() if kind.for_id and name != "keep"]
    return (
        f"`_id` may be masked with {', '.join(names[:-1])} or {names[-1]}, or kept; others where they have an "
        "injective form and say so."
    )


def findings(_page: str) -> str:
    """Return the table of what the verifier counts."""
    return table(("finding", "what was found"), [(f"`{kind}`", sentence(text)) for kind, text in FINDINGS.items()])


def steps(_page: str) -> str:
    """Return the table of the steps: the first paragraph of each one's docstring, and how it resumes."""
    return _steps(STEPS)


def _steps(steps: Sequence[Step[Context]]) -> str:
    rows = []
    for step in steps:
        text = inspect.getdoc(type(step)) or ""
        resumes = re.search(r"\bResumes?\b[^.]*\.", text.replace("\n", " "))
        if not resumes:
            raise PageError(f"step {step.name}: its docstring has no sentence that begins with `Resumes`")
        what = " ".join(text.split("\n\n")[0].split())
        rows.append((f"`{step.name}`", str(step.timeout_minutes), what, sentence(resumes[0].split(" ", 1)[1])))
    return table(("step", "limit, minutes", "what it does", "how it resumes"), rows)


def documents(_page: str) -> str:
    """Return the table of the SSM documents, from the headers of their scripts."""
    rows = []
    for file in sorted((ROOT / "scripts").glob("*.sh")):
        text = file.read_text(encoding="utf-8")
        about, hosts = re.search(r"\n# (.+)\n", text), re.search(r"^# @host (.+)$", text, re.MULTILINE)
        if not about or not hosts:
            raise PageError(f"scripts/{file.name}: its header says not what it does, or on which @host")
        rows.append((f"`{file.stem}`", ", ".join(hosts[1].split()), about[1]))
    return table(("verb", "host", "what it does"), rows)


def drafting(_page: str) -> str:
    """Return the table of the steps that only a refresh until the scan has."""
    return _steps([step for step in DRAFTING if step not in STEPS])


def outputs(page: str) -> str:
    """Return the table of what the stack exports."""
    exported = re.findall(r'pulumi\.export\("(\w+)"', (ROOT / "__main__.py").read_text(encoding="utf-8"))
    abouts = _complete("OUTPUTS", descriptions.OUTPUTS, exported, page)
    return table(("output", "what it is"), [(f"`{name}`", abouts[name]) for name in exported])


def tags(_page: str) -> str:
    """Return the table of tags."""
    return table(("tag", "on", "value"), [(f"`{name}`", *about) for name, about in descriptions.TAGS.items()])


def errors(_page: str) -> str:
    """Return the table of errors: what the drawn tree says of each, else its docstring."""
    tree = dict(re.findall(r"(\w+Error) {2,}(.+)", refresh.errors.__doc__ or ""))
    modules = (components.settings, components.rules_file, components.adoption, components.runbook_files)
    found = [one for module in (*modules, refresh.errors) for one in _errors_of(module)]
    rows = [
        (f"`{one.__name__}`", sentence(tree.get(one.__name__) or (one.__doc__ or "").split("\n\n")[0])) for one in found
    ]
    return table(("error", "when"), rows)


def make(_page: str) -> str:
    """Return the table of targets, from the texts that `make help` prints."""
    targets = re.findall(r"^([a-z-]+):.*## (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    return table(("target", "what it does"), [(f"`{name}`", text) for name, text in targets])


def sandbox_commands(_page: str) -> str:
    """Return the table of the sandbox's commands, from their help."""
    return _commands(sandbox.__main__.parser())


def anonymizer_commands(_page: str) -> str:
    """Return the table of the anonymizer's verbs, from their help."""
    parser = argparse.ArgumentParser()
    add_parsers(parser.add_subparsers(), "")
    return _commands(parser)


TABLES: Mapping[str, Table] = {
    "configuration": configuration,
    "aurora": aurora,
    "modes": modes,
    "masks": masks,
    "masks-of-an-id": masks_of_an_id,
    "findings": findings,
    "steps": steps,
    "drafting": drafting,
    "documents": documents,
    "outputs": outputs,
    "tags": tags,
    "errors": errors,
    "make": make,
    "sandbox": sandbox_commands,
    "anonymizer": anonymizer_commands,
}


def default(value: Any, required: object) -> str:
    """Return how a default is shown: nothing where the key may be left out without one."""
    if value is required:
        return "required"
    if value is None:
        return ""
    if value in ((), {}):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _complete(name: str, abouts: Mapping[str, str], wanted: list[str], page: str) -> Mapping[str, str]:
    """Refuse descriptions that are missing or of nothing; the message has the lines to add, as the page had them."""
    rows = dict(re.findall(r"^\| `([\w.]+)` \|(?:.* \|)? (.*) \|$", page, re.MULTILINE))
    lines = [f'    "{one}": "{rows.get(one, "…")}",' for one in wanted if one not in abouts]
    lines += [f'    "{one}" is nothing that the program has: remove it' for one in abouts if one not in wanted]
    if lines:
        raise PageError("\n".join([f"components/descriptions.py, {name}: add or remove", *lines]))
    return abouts


def _fields_of(model: type[BaseModel], before: str = "") -> Iterable[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _fields_of(field.annotation, f"{before}{name}.")
        else:
            yield before + (field.alias or name), field.default


def _errors_of(module: Any) -> list[type[Exception]]:
    """Return the errors that a module defines, in its order."""
    own = [one for one in vars(module).values() if inspect.isclass(one) and one.__module__ == module.__name__]
    return [one for one in own if issubclass(one, Exception)]


def _commands(parser: argparse.ArgumentParser) -> str:
    """Return a table of what argparse itself knows of its commands, which it gives in no other way."""
    (commands,) = (one for one in parser._actions if isinstance(one, argparse._SubParsersAction))  # noqa: SLF001
    rows = [(f"`{one.dest}`", sentence(one.help or "")) for one in commands._choices_actions]  # noqa: SLF001
    return table(("command", "what it does"), rows)
