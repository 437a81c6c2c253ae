"""What a built page would load from another host: scripts, styles, pictures, fonts, frames. There is to be none."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

FOREIGN = re.compile(r"(?:https?:)?//", re.IGNORECASE)
OF_STYLES = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)

LOADED_BY = {"src", "srcset", "poster", "data", "background"}
RELATIONS_THAT_LOAD = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect", "manifest"}
LOADERS_IN_THE_THEME = {"mermaid": "a drawing by Mermaid, which the theme would fetch"}
"""Classes by which the scripts of the theme fetch a library from a foreign host."""


def foreign_loads(site: Path) -> list[str]:
    """Each load from another host, as `file: what`, of all pages and styles of a built site."""
    pages = [
        f"{page.relative_to(site)}: {load}" for page in sorted(site.rglob("*.html")) for load in of_page(_text(page))
    ]
    styles = [
        f"{css.relative_to(site)}: {load}" for css in sorted(site.rglob("*.css")) for load in of_style(_text(css))
    ]
    return pages + styles


def of_style(text: str) -> Iterator[str]:
    """What a style sheet loads from elsewhere."""
    yield from OF_STYLES.findall(text)


def of_page(text: str) -> list[str]:
    """What a page loads from elsewhere. A link that a reader may follow is no load."""
    page = _Page()
    page.feed(text)
    return page.loads


class _Page(HTMLParser):
    """Collects what the elements of a page load."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        values = {name: value or "" for name, value in attrs}
        self._in_style = tag == "style"
        loading = [value for name, value in values.items() if name in LOADED_BY and FOREIGN.search(value)]
        if tag == "link" and RELATIONS_THAT_LOAD & set(values.get("rel", "").split()) and FOREIGN.match(values["href"]):
            loading.append(values["href"])
        classes = set(values.get("class", "").split())
        self.loads += [*loading, *of_style(values.get("style", ""))]
        self.loads += [why for name, why in LOADERS_IN_THE_THEME.items() if name in classes]

    def handle_data(self, data: str) -> None:
        """Look into a style sheet that stands in the page."""
        if self._in_style:
            self.loads += of_style(data)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")
