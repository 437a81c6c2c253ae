"""Reads an answer of MediaWiki's Action API: the pages in it, in their order, and what a search told besides. Pure."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from pathshala_common.contract.lesson import LanguageTag, Moment, Text
from pathshala_enricher.plain import plain

LAST = 2**31
"""Stands for the place of a page that was neither found nor asked for by its title."""

_MOMENT = TypeAdapter[Moment](Moment)


class _Image(BaseModel):
    source: str


class WikiPage(BaseModel):
    """A page, as the API gives it with formatversion=2. Of those that a search found, `index` is the place.

    `aliases` are the titles that redirect to it.
    """

    index: int = LAST
    title: Text
    extract: str = ""
    fullurl: str
    lastrevid: Annotated[int, Field(gt=0, lt=2**63)]
    ns: int = 0
    pagelanguage: LanguageTag | None = None
    pageprops: Mapping[str, object] = {}
    thumbnail: _Image | None = None
    pageimage: str | None = None
    aliases: Sequence[str] = ()


def read_pages(answer: Mapping[str, object], asked: Sequence[str] = ()) -> Sequence[WikiPage]:
    """Read the pages in the search's order, or in that of the titles that were `asked` for.

    One that is not a page as we know it is passed over.
    """
    targets = _targets(answer)
    places = {named(title, answer): place for place, title in reversed([*enumerate(asked)])}
    pages = []
    for entry in _listed(answer, "pages"):
        try:
            page = WikiPage.model_validate(entry)
        except ValidationError:
            continue
        place = page.index if page.index != LAST else places.get(page.title, LAST)
        aliases = [alias for alias, title in targets.items() if title == page.title]
        read = {"index": place, "title": plain(page.title), "extract": plain(page.extract), "aliases": aliases}
        pages.append(page.model_copy(update=read))
    return sorted(pages, key=lambda page: page.index)


def hits(answer: Mapping[str, object]) -> Sequence[str]:
    """Give the titles of the pages that a search without texts found."""
    titles = (entry.get("title") for entry in _listed(answer, "search") if isinstance(entry, Mapping))
    return [title for title in titles if isinstance(title, str)]


def suggestion(answer: Mapping[str, object]) -> str:
    """Give the engine's guess at the words that were meant; nothing if it has none."""
    told = _queried(answer).get("searchinfo")
    guess = told.get("suggestion") if isinstance(told, Mapping) else None
    return guess if isinstance(guess, str) else ""


def answered_at(answer: Mapping[str, object]) -> Moment | None:
    """Give the time of the answer, by the server's clock."""
    try:
        return _MOMENT.validate_python(answer.get("curtimestamp"))
    except ValidationError:
        return None


def _queried(answer: Mapping[str, object]) -> Mapping[str, object]:
    found = answer.get("query")
    return found if isinstance(found, Mapping) else {}


def _listed(answer: Mapping[str, object], name: str) -> Sequence[Any]:
    listed = _queried(answer).get(name)
    return listed if isinstance(listed, list) else ()


def _targets(answer: Mapping[str, object]) -> Mapping[str, str]:
    """Give the title that each redirect leads to. One to a section is no other name of the page."""
    return {
        str(entry.get("from")): str(entry.get("to"))
        for entry in _listed(answer, "redirects")
        if isinstance(entry, Mapping) and not entry.get("tofragment")
    }


def named(title: str, answer: Mapping[str, object]) -> str:
    """Give the title under which a page comes that was asked for under this one."""
    for listed in ("normalized", "redirects"):
        for entry in _listed(answer, listed):
            if isinstance(entry, Mapping) and entry.get("from") == title:
                title = str(entry.get("to"))
    return title
