"""The site of the docs: its menus are held to the pages, links to files, and no page loads from another host.

`scripts/site` builds it; what stands here needs no builder.
"""

import asyncio
from pathlib import Path

import pytest
import yaml

from deploy.site.foreign import foreign_loads, of_page, of_style
from deploy.site.pages import FENCE, LINK, ROOT, copy_pages, expanded, named
from tests.documents.api_page import PAGE, page
from tests.documents.client_bodies import described

DOCS = ROOT / "docs"
ENTRIES = yaml.safe_load((ROOT / "deploy/site/mkdocs.yml").read_text(encoding="utf-8"))["nav"]
README_LINES_MAX = 150


def test_each_page_is_in_a_menu_once_and_each_entry_is_a_page() -> None:
    entries = list(named(expanded(ENTRIES, DOCS)))
    assert sorted(entries) == sorted(file.relative_to(DOCS).as_posix() for file in DOCS.rglob("*.md"))


def test_each_link_to_a_file_leads_to_one() -> None:
    for file in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")):
        prose = FENCE.sub("", file.read_text(encoding="utf-8"))
        broken = [link["path"] for link in LINK.finditer(prose) if not (file.parent / link["path"]).exists()]
        assert broken == [], file


def test_the_page_of_the_api_is_what_its_description_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(dict(asyncio.run(described()))), "run scripts/api"


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < README_LINES_MAX


def test_what_pages_link_to_elsewhere_comes_along_as_text(tmp_path: Path) -> None:
    root, folder = tmp_path / "tree", tmp_path / "copied"
    for place, text in {
        "docs/page.md": (
            "[code](../src/code.py) [all](../src) [nothing](../gone.py) [forms](forms)\n```\n[x](../src)\n```\n"
        ),
        "docs/forms/form.json": "{}",
        "src/code.py": "print()",
    }.items():
        file = root / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    copy_pages(root, folder)

    assert folder.joinpath("page.md").read_text() == (
        "[code](source/src/code.py.txt) [all](source/src/index.md) [nothing](../gone.py) "
        "[forms](source/docs/forms/index.md)\n```\n[x](../src)\n```\n"
    )
    assert folder.joinpath("source/src/code.py.txt").read_text() == "print()"
    assert "[code.py](code.py.txt)" in folder.joinpath("source/src/index.md").read_text()


@pytest.mark.parametrize(
    "element",
    [
        '<script src="https://cdn.example/a.js"></script>',
        '<link rel="stylesheet" href="//fonts.example/css">',
        '<link rel="preconnect" href="https://fonts.example">',
        '<img srcset="a.png 1x, https://pictures.example/a.png 2x">',
        '<p style="background: url(https://pictures.example/a.png)">',
        "<style>@import 'https://fonts.example/css';</style>",
        '<pre class="mermaid"></pre>',
    ],
)
def test_a_load_from_another_host_is_seen(element: str) -> None:
    assert len(of_page(element)) == 1


def test_a_link_that_a_reader_may_follow_and_what_is_ours_are_no_loads(tmp_path: Path) -> None:
    ours = '<a href="https://example.org">there</a><link rel="canonical" href="https://example.org"><img src="a.png">'
    assert of_page(ours) == []
    assert list(of_style("a {background: url(data:image/svg+xml;base64,AA) url(../b.png)}")) == []
    (tmp_path / "a.html").write_text(ours)
    (tmp_path / "b.css").write_text("@import url(https://fonts.example/css);")
    assert foreign_loads(tmp_path) == ["b.css: https://fonts.example/css"]
