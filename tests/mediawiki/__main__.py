"""Has the enricher look topics up in a real MediaWiki; `scripts/try-mediawiki` sets it up and runs this.

`write FOLDER` writes the pages as text files; `try URL` looks up and says what was found, in how many requests.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import structlog

from pathshala_common.contract.lesson import Article
from pathshala_common.runtime.clock import SystemClock
from pathshala_enricher.http_fetch import HttpFetch
from pathshala_enricher.source import Query
from pathshala_enricher.wikipedia import Wikipedia
from tests.waiting import until_so

ARTICLES = 25
OTHERS: Mapping[str, str] = {
    "List of nouns": "This is a list of nouns.\n* apple\n* bread\n* courage",
    "Naming word": "#REDIRECT [[Noun]]",
}
USER_AGENT = "Pathshala-tests/0 (https://example.org/pathshala; tests@example.org)"


class Case(NamedTuple):
    """A topic, and the title of the article that it must find; None, if it must find none."""

    subject: str
    topic: str
    title: str | None


CASES = (
    Case("english", "nouns", "Noun"),
    Case("english", "verbs", "Verb"),
    Case("grammar", "tenses", "Tense"),
    Case("english", "naming word", "Noun"),
    Case("english", "naming words", "Noun"),
    Case("mathematics", "fractions", "Fraction"),
    Case("mathematics", "prime numbers", "Prime number"),
    Case("mathematics", "Pythagorean Theorem", "Pythagorean theorem"),
    Case("class 7", "percentages", "Percentage"),
    Case("science", "ELECTRIC CURRENTS", "Electric current"),
    Case("biology", "photosynthesis", "Photosynthesis"),
    Case("physics", "magnets", "Magnet"),
    Case("chemistry", "chemical reactions", "Chemical reaction"),
    Case("english", "list of nouns", None),
    Case("cooking", "qwertyuiop", None),
    Case("art", "photography", None),
)


def write(folder: Path) -> None:
    """Write pages as `importTextFiles` takes them: a file each, named as the page."""
    shipped = json.loads(files("pathshala_enricher").joinpath("samples", "en.json").read_text("utf-8"))["articles"]
    pages = {each["title"]: f"'''{each['title']}'''. {each['summary']}" for each in shipped[:ARTICLES]}
    folder.mkdir(parents=True)
    for title, text in {**pages, **OTHERS}.items():
        folder.joinpath(f"{title}.txt").write_text(text, encoding="utf-8")


async def look_up(url: str) -> int:
    """Look every case up, and return the number of those that went otherwise."""
    fetch = HttpFetch(user_agent=USER_AGENT)
    wikipedia = Wikipedia(url, fetch=fetch, clock=SystemClock())
    wrong = 0

    async def answers() -> bool:
        return (await fetch(url, {"action": "query", "format": "json"}, 5)).status is not None

    await until_so(answers)
    for case in CASES:
        lookup = await wikipedia.find(Query(case.subject, case.topic, "en"))
        found = lookup.outcome.title if isinstance(lookup.outcome, Article) else None
        wrong += found != case.title
        mark = "ok   " if found == case.title else "WRONG"
        print(f"{mark} {case.subject}/{case.topic}: {found or lookup.outcome}, {len(lookup.calls)} requests")
    await wikipedia.close()
    await fetch.close()
    return wrong


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    match sys.argv[1:]:
        case ["write", where]:
            write(Path(where))
        case ["try", address]:
            sys.exit(min(asyncio.run(look_up(address)), 1))
        case _:
            sys.exit(__doc__)
