"""The sample articles that the house ships, for topics of which Wikipedia tells nothing. Pure but for reading them."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pathshala_common.contract.lesson import Article, ArticleSource, fold
from pathshala_enricher.editions import ENGLISH, edition_of
from pathshala_enricher.words import singular

LANGUAGES = ("en", "hi")


def sample_of(topic: str, language: str) -> Article | None:
    """Give the sample that has this topic for a title or another name, in its language or else in English.

    Case, runs of blanks and the ending of a plural do not count.
    """
    for code in dict.fromkeys((edition_of(language).code, ENGLISH)):
        names = _by_name(code) if code in LANGUAGES else {}
        for name in (fold(topic), _singular(topic)):
            if name in names:
                return names[name]
    return None


@cache
def _by_name(language: str) -> Mapping[str, Article]:
    """Read one language's samples, when the first is wanted. A title goes before another sample's other name."""
    shipped = json.loads(files("pathshala_enricher").joinpath("samples", f"{language}.json").read_text("utf-8"))
    read = [(each, _article(each, shipped["licence"])) for each in shipped["articles"]]
    titled = {fold(article.title): article for _, article in read}
    named = {fold(alias): article for each, article in read for alias in each["aliases"]}
    exact = named | titled
    return {_singular(name): article for name, article in exact.items()} | exact


def _article(sample: Mapping[str, object], licence: str) -> Article:
    known = {name: sample[name] for name in ("title", "summary", "related_articles", "language")}
    return Article.model_validate(
        {**known, "url": None, "revision_id": sample["revision"], "licence": licence, "source": ArticleSource.SAMPLE}
    )


def _singular(name: str) -> str:
    *before, last = fold(name).split() or [""]
    return " ".join([*before, singular(last)])
