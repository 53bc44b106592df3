import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def text_of(page):
    return page.read_text(encoding="utf-8")


def links_of(page):
    targets = LINK.findall(CODE.sub("", text_of(page))) + re.findall(r'(?:src|href)="([^"]+)"', text_of(page))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def anchors_of(page):
    """What GitHub makes of a page's headings."""
    headings = re.findall(
        r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text_of(page), flags=re.MULTILINE | re.DOTALL), re.MULTILINE
    )
    return {
        re.sub(r"[^\w -]", "", re.sub(r"\]\([^)]*\)", "", heading).lower()).replace(" ", "-") for heading in headings
    }


def broken(page, target):
    path, _, anchor = target.partition("#")
    other = (page.parent / path).resolve() if path else page
    return not other.exists() or (anchor and other.suffix == ".md" and anchor not in anchors_of(other))


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_relative_link_leads_somewhere(page):
    assert [target for target in links_of(page) if broken(page, target)] == []


def test_a_broken_link_would_be_noticed():
    readme = ROOT / "README.md"
    assert broken(readme, "docs/nowhere.md")
    assert broken(readme, "docs/reference.md#nowhere")
    assert not broken(readme, "docs/reference.md#masks")


def test_pages_link_to_one_another():
    assert sum(len(links_of(page)) for page in PAGES) > 20


def test_every_decision_is_in_the_list_of_decisions():
    folder = ROOT / "docs/adr"
    pages = {page.name for page in folder.glob("0*.md")}
    assert pages == set(links_of(folder / "README.md"))
