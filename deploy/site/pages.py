"""The pages as the site's builder takes them: docs/, and what its pages link to elsewhere in the repository."""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from os.path import relpath
from pathlib import Path

ROOT = Path(__file__).parents[2]

LINK = re.compile(r"(?<=\]\()(?P<path>[^)#\s:]+)(?=[)#])")
FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)


def copy_pages(root: Path, folder: Path) -> None:
    """Copy the docs of a repository into a new folder.

    A file elsewhere in the repository that a page links to comes along as text, in `source/`. So does a list of the
    files of a folder that is linked to. A link to nothing stays as it is, for the builder to find.
    """
    docs = root / "docs"
    shutil.copytree(docs, folder)
    for page in sorted(docs.rglob("*.md")):
        copy = folder / page.relative_to(docs)
        copy.write_text(_with_links(page, root, partial(_placed, root, folder, copy)), encoding="utf-8")


def expanded(entries: Sequence[object], docs: Path) -> list[object]:
    """A navigation in which each name of a folder (`decisions/`) is the list of its pages, by name."""
    return [_expanded(entry, docs) for entry in entries]


def named(entries: object) -> Iterator[str]:
    """Every page that an expanded navigation names."""
    match entries:
        case str():
            yield entries
        case list():
            for entry in entries:
                yield from named(entry)
        case dict():
            yield from named(list(entries.values()))


def _expanded(entry: object, docs: Path) -> object:
    match entry:
        case dict():
            return {title: _expanded(below, docs) for title, below in entry.items()}
        case list():
            return expanded(entry, docs)
        case str() if entry.endswith("/"):
            pages = sorted((docs / entry).glob("*.md"), key=lambda page: (page.name != "README.md", page.name))
            return [page.relative_to(docs).as_posix() for page in pages]
    return entry


def _with_links(page: Path, root: Path, placed: Callable[[Path], str]) -> str:
    """A page whose links to what the builder would not take lead to where that is placed. Code stays as it is."""

    def link(found: re.Match[str]) -> str:
        path = (page.parent / found["path"]).resolve()
        if path.is_relative_to(root / "docs") and (path / "README.md").is_file():
            return f"{found['path'].rstrip('/')}/README.md"
        elsewhere = path.is_dir() or (path.exists() and not path.is_relative_to(root / "docs"))
        return placed(path) if elsewhere and path.is_relative_to(root) else found["path"]

    text = page.read_text(encoding="utf-8")
    ends = [0, *(end for fence in FENCE.finditer(text) for end in fence.span()), len(text)]
    parts = [text[begin:end] for begin, end in pairwise(ends)]
    return "".join(part if number % 2 else LINK.sub(link, part) for number, part in enumerate(parts))


def _placed(root: Path, folder: Path, page: Path, path: Path) -> str:
    """Place a file or a folder of the repository in `source/`. Returns the link to it from a page there."""
    place = folder / "source" / path.relative_to(root)
    place = place / "index.md" if path.is_dir() else place.with_name(f"{place.name}.txt")
    place.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file() and file.suffix != ".pyc")
        lines = [f"- [{file.relative_to(path)}]({_placed(root, folder, place, file)})" for file in files]
        place.write_text("\n".join([f"# {path.relative_to(root)}", "", *lines, ""]), encoding="utf-8")
    else:
        shutil.copyfile(path, place)
    return relpath(place, page.parent)
