"""Hooks of MkDocs: pages that lie outside docs/ are in the site too, and links lead where files lie there."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
# Pages of the project's folder: their place in the site.
OUTSIDE = {
    "README.md": "index.md",
    "runbook.md": "runbook.md",
    "DESIGN.md": "DESIGN.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "CHANGELOG.md": "CHANGELOG.md",
}
SOURCE = "source"  # where files of the project that pages lead to lie in the site
_LINK_OR_CODE = re.compile(
    r"^```.*?^```|`[^`\n]*`|(?P<label>!?\[(?:[^\[\]]|\[[^\]]*\])*\])\((?P<to>[^)\s]+)\)",
    re.MULTILINE | re.DOTALL,
)
_ITEM = re.compile(r"^(?P<indent> *)(?P<marker>[-*]|\d+\.) +(?=\S)")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages outside docs/, and the files that pages lead to."""
    for outside, inside in OUTSIDE.items():
        files.append(File.generated(config, inside, abs_src_path=str(ROOT / outside)))
    for page in [*OUTSIDE, *(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))]:
        for path in _led_to(page, (ROOT / page).read_text(encoding="utf-8")):
            if not files.get_file_from_path(f"{SOURCE}/{path}"):
                files.append(File.generated(config, f"{SOURCE}/{path}", abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turn links and lists into what the site needs."""
    inside = page.file.src_uri
    outside = next((name for name, place in OUTSIDE.items() if place == inside), f"docs/{inside}")
    return lists(links(markdown, outside, inside))


def links(markdown: str, outside: str, inside: str) -> str:
    """Return a page with its relative links as the site has them.

    Args:
        markdown: The page.
        outside: Its path in the project.
        inside: Its path in the site.
    """

    def turned(found: re.Match[str]) -> str:
        to = found["to"]
        if not to or re.match(r"[a-z]+:|#", to):
            return found[0]
        path, mark, anchor = to.partition("#")
        place = _place(_target(outside, path))
        if place is None:
            return found["label"][1:-1]
        return f"{found['label']}({posixpath.relpath(place, posixpath.dirname(inside) or '.')}{mark}{anchor})"

    return _LINK_OR_CODE.sub(turned, markdown)


def lists(markdown: str) -> str:
    """Return a page whose lists are indented by four, as Python's Markdown asks and GitHub's does not."""
    lines, columns, fenced = [], list[int](), False
    for line in markdown.splitlines():
        indent = len(line) - len(line.lstrip())
        if line.strip() and not fenced:
            while columns and indent < columns[-1]:
                columns.pop()
        shift = 4 * len(columns) - columns[-1] if columns else 0
        lines.append(" " * shift + line if line.strip() else "")
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced and (item := _ITEM.match(line)) and indent - (columns[-1] if columns else 0) < 4:
            columns.append(item.end())
    return "\n".join(lines)


def _led_to(page: str, markdown: str) -> set[str]:
    """Return the project's files that are no pages and that a page leads to."""
    found = [match["to"].partition("#")[0] for match in _LINK_OR_CODE.finditer(markdown) if match["to"]]
    paths = {_target(page, to) for to in found if to and ":" not in to}
    return {path for path in paths if not path.startswith("docs/") and path not in OUTSIDE and (ROOT / path).is_file()}


def _target(page: str, to: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), to))


def _place(path: str) -> str | None:
    """Return where a path of the project lies in the site; None for a folder, which the site has not."""
    if path in OUTSIDE:
        return OUTSIDE[path]
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    return f"{SOURCE}/{path}" if (ROOT / path).is_file() else None
