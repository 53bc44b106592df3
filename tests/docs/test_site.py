"""The site: every page is in it, links lead where files lie there, and nothing is fetched from elsewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from documentation import site

ROOT = Path(__file__).resolve().parents[2]
NAVIGATION = re.findall(
    r"^ +- [^:\n]+: ([\w/.-]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE
)


def test_every_page_is_in_the_navigation():
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} | set(site.OUTSIDE.values()) | {"adr/README.md"}
    assert set(NAVIGATION) == pages


@pytest.mark.parametrize(
    ("outside", "inside", "link", "becomes"),
    [
        ("README.md", "index.md", "[a](docs/guide.md#rules)", "[a](guide.md#rules)"),
        ("docs/guide.md", "guide.md", "[a](../runbook.md)", "[a](runbook.md)"),
        ("docs/adr/README.md", "adr/README.md", "[a](../../DESIGN.md)", "[a](../DESIGN.md)"),
        ("docs/guide.md", "guide.md", "[`a`](../rules/shop.yaml)", "[`a`](source/rules/shop.yaml)"),
        ("docs/guide.md", "guide.md", "[`rules/`](../rules)", "`rules/`"),
        ("docs/guide.md", "guide.md", "[a](#rules) `[b](c)`", "[a](#rules) `[b](c)`"),
        ("README.md", "index.md", "![a](docs/data-path.svg)", "![a](data-path.svg)"),
    ],
)
def test_a_link_leads_where_its_target_lies_in_the_site(outside, inside, link, becomes):
    assert site.links(link, outside, inside) == becomes


def test_lists_are_indented_by_four():
    page = "1. one\n   goes on\n\n       code\n\n   - inner\n     more\n2. two\n\nafter\n\n    code\n"
    wanted = "1. one\n    goes on\n\n        code\n\n    - inner\n        more\n2. two\n\nafter\n\n    code"
    assert site.lists(page) == wanted


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_has_every_page(built):
    for page in NAVIGATION:
        assert (built / page.replace("README", "index")).with_suffix(".html").is_file()


@pytest.mark.slow
def test_the_site_fetches_nothing_from_elsewhere(built):
    pages = list(built.rglob("*.html"))
    fetched = r"<(?:script|img|link|iframe)[^>]+(?:src|href)=[\"']?(https?:[^\"'> ]+)"
    assert len(pages) > len(NAVIGATION)
    assert re.findall(fetched, '<script async src="https://example.com/x.js">') != []  # the control
    assert [found for page in pages for found in re.findall(fetched, page.read_text(encoding="utf-8"))] == []


@pytest.mark.slow
def test_code_within_a_list_is_code_in_the_site(built):
    text = (built / "anonymizer.html").read_text(encoding="utf-8")
    assert re.search(r"<li>\s*<p><strong>Draft the rules.*?<pre>.*?</pre>.*?</li>", text, re.DOTALL)
