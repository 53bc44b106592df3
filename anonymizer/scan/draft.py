"""Writes rules as YAML, with the evidence as comments. It shows paths, types, shares and kinds, never a value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from anonymizer.rules.schema import UNDECIDED
from anonymizer.scan import verdict
from anonymizer.scan.choose import choose
from anonymizer.scan.findings import Finding
from anonymizer.scan.proposals import Proposal, about_people, cases, references, subjects
from anonymizer.scan.survey import Surveyed

_PLAIN_KEY = re.compile(r"[A-Za-z_](?:[\w.*-]|\[\])*", re.ASCII)
_RESERVED = frozenset("y n yes no on off true false null".split())
_COMMENT_AT = 52
_Row = tuple[str, str, str]  # path, rule, comment
_FILES, _CHUNKS = ".files", ".chunks"
HEAD = """\
# Rules drafted from what a database holds. Read them through: a draft knows names and forms, not meanings.
# {decide}
# A line that begins with # and says confirm is a proposal: look whether it is so, then let it take the place of the
# line above it. What was read: {read}
version: 1
databases:
"""
_OPEN = f"{UNDECIDED} stands {{}} times: put a mask, keep or a mode there; until then these rules are refused."
_CLOSED = "Nothing is left to decide, but read them all the same."


@dataclass
class Draft:
    """The text of the rules, and how many decisions are left to a person."""

    text: str
    decisions: int


def draft(surveyed: list[Surveyed], *, whole: bool) -> Draft:
    """Write rules for what was found.

    Args:
        surveyed: All collections.
        whole: Whether all documents were read.
    """
    body, database = [], ""
    unique = _unique_kinds(surveyed)
    plan = _Plan(unique, {one.namespace: list(_rules(one, unique)) for one in surveyed}, surveyed)
    for one in surveyed:
        if one.collection.database != database:
            database = one.collection.database
            body.append(f"  {key(database)}:")
        body += _collection(one, plan)
    decisions = sum(bool(re.search(rf"[ :]{UNDECIDED}\b", line.split(" #")[0])) for line in body)
    read = sum(one.read for one in surveyed)
    told = (
        f"all {read:,} documents."
        if whole
        else f"{read:,} documents, not all: rarer paths stop the run, which lists them."
    )
    decide = _OPEN.format(decisions) if decisions else _CLOSED
    return Draft(HEAD.format(decide=decide, read=told) + "\n".join(body) + "\n", decisions)


def key(name: str) -> str:
    """Write a name as a key of YAML, in quotes where it would be read as something else."""
    if _PLAIN_KEY.fullmatch(name) and name.lower() not in _RESERVED:
        return name
    return json.dumps(name, ensure_ascii=False)


def _line(indent: int, text: str, comment: str = "") -> str:
    line = " " * indent + text
    return f"{line:<{_COMMENT_AT}} # {comment}" if comment else line


class _Plan:
    """What is drafted for all collections, and what is proposed on top of it.

    Args:
        unique: Kinds whose domain must not give two values one pseudonym.
        rules: Path, rule and comment of each path, by collection.
        surveyed: All collections.
    """

    def __init__(
        self, unique: set[str], rules: dict[str, list[tuple[str, str, str]]], surveyed: list[Surveyed]
    ) -> None:
        self.rules = rules
        self._unique = unique
        self._texts = {name: {path: rule for path, rule, _ in rows} for name, rows in rules.items()}
        self._people = about_people(surveyed)

    def proposed(self, one: Surveyed) -> dict[str, list[Proposal]]:
        """Give proposals by path."""
        found: dict[str, list[Proposal]] = {}
        for proposal in (*references(one, self._texts), *cases(one, self._texts, self._unique)):
            found.setdefault(proposal.path, []).append(proposal)
        return found

    def subjects(self, one: Surveyed) -> Iterator[str]:
        """Give lines that propose whom documents are about."""
        for path, why in subjects(one, self._people):
            said = f"confirm: {why}; dates with the mask date_shift then move alike for one person"
            yield _line(6, f"# subject: {json.dumps(path, ensure_ascii=False)}", said)


def _collection(one: Surveyed, plan: _Plan) -> Iterator[str]:
    name = key(one.collection.name)
    if one.collection.kind == "view":
        yield _line(4, f"{name}: {{mode: empty}}", "a view: made as it is; look whether its pipeline names a person")
    elif one.collection.name.endswith(_CHUNKS):
        said = "pieces of files, not looked into: drop, empty, or copy with unchecked: true, as its .files"
        yield _line(4, f"{name}: {{mode: {UNDECIDED}}}", said)
    elif not one.findings:
        yield _line(4, f"{name}: {{mode: empty}}", "no documents so far")
    else:
        yield _line(4, f"{name}:", _read(one))
        yield from _fields(one, plan)


def _read(one: Surveyed) -> str:
    part = "all" if one.read >= one.estimate else f"of about {one.estimate:,}"
    more = "; some rare keys were drawn together as *" if one.overflowed else ""
    return f"{one.read:,} documents read, {part}{more}"


def _fields(one: Surveyed, plan: _Plan) -> Iterator[str]:
    rules, proposed = plan.rules[one.namespace], plan.proposed(one)
    if all(rule == "keep" for _, rule, _ in rules):
        yield "      mode: copy"
        yield "      fields:"
        yield from (_line(8, f"- {key(path)}", comment) for path, _, comment in rules)
        return
    yield "      mode: mask"
    yield from plan.subjects(one)
    yield "      fields:"
    for path, rule, comment in rules:
        yield _line(8, f"{key(path)}: {rule}", comment)
        for proposal in proposed.get(path, ()):
            yield _line(8, f"# {key(path)}: {proposal.rule}", f"confirm: {proposal.why}")


def _rules(one: Surveyed, unique: set[str]) -> Iterator[_Row]:
    """Give path, rule and comment of each path that needs a rule."""
    valued = {finding.path for finding in one.findings if not finding.of_keys}
    keys = {
        finding.path: finding
        for finding in one.findings
        if finding.of_keys and finding.verdict.decision != verdict.PLAIN
    }
    for finding in one.findings:
        if finding.of_keys and finding.path in keys and finding.path not in valued:
            yield finding.path, f"{{keys: {_rule(finding, unique)}, mask: keep}}", _comment(finding)
        elif not finding.of_keys:
            mask, of_keys = _rule(finding, unique), keys.get(finding.path)
            if of_keys:
                inner = mask.strip("{}") if mask.startswith("{") else f"mask: {mask}"
                yield (
                    finding.path,
                    f"{{keys: {_rule(of_keys, unique)}, {inner}}}",
                    f"keys: {_comment(of_keys)}; {_comment(finding)}",
                )
            else:
                yield finding.path, mask, _comment(finding)


def _rule(finding: Finding, unique: set[str]) -> str:
    if finding.verdict.decision == verdict.PLAIN:
        return "keep"
    if finding.verdict.decision == verdict.DECIDE:
        return UNDECIDED
    return str(choose(finding, unique=finding.verdict.kind in unique))


def _unique_kinds(surveyed: list[Surveyed]) -> set[str]:
    """Name the kinds that stand in a unique index, in `_id` or in a map's keys: all their paths share one domain."""
    return {
        finding.verdict.kind
        for one in surveyed
        for finding in one.findings
        if finding.path in one.unique or finding.path == "_id" or finding.of_keys
    }


def _comment(finding: Finding) -> str:
    """Say what was seen: types with shares, the kind, and why."""
    said = finding.verdict
    seen = "keys" if finding.of_keys else _types(finding)
    what = {
        verdict.PERSONAL: f"personal: {said.kind.replace('_', ' ')}",
        verdict.DECIDE: "not known" + (f", perhaps {said.kind.replace('_', ' ')}" if said.kind else ""),
    }
    refers = (
        f"the values of {finding.refers_to}" if finding.refers_to and finding.refers_to not in said.evidence else ""
    )
    return "; ".join(filter(None, (seen, what.get(said.decision, ""), said.evidence, refers)))


def _types(finding: Finding) -> str:
    types = finding.place.types
    total = sum(types.values()) or 1
    if len(types) == 1:
        return next(iter(types))
    return ", ".join(
        f"{kind} {_share(count / total)}" for kind, count in sorted(types.items(), key=lambda row: -row[1])
    )


def _share(share: float) -> str:
    return "under 1 %" if share < 0.01 else f"{share * 100:.0f} %"
