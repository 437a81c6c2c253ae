"""Holds the form of the sample articles: their fields, lengths and names."""

import json
import re
from collections import Counter
from importlib.resources import files
from statistics import median
from typing import Any

import pytest

LANGUAGES = ("en", "hi")
FIELDS = {"title", "aliases", "subjects", "language", "kind", "summary", "related_articles", "revision"}
KINDS = {"thing", "process", "person", "place", "event", "rule", "word_class", "idea"}
_SENTENCE_END = re.compile(r"(?<=[.।])\s+(?=[\"A-Z0-9\u0900-\u097f])")


def articles(language: str) -> list[dict[str, Any]]:
    text = files("pathshala_enricher").joinpath("samples", f"{language}.json").read_text("utf-8")
    return list(json.loads(text)["articles"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sample_has_its_fields_and_a_short_plain_text(language: str) -> None:
    for article in articles(language):
        sentences = _SENTENCE_END.split(article["summary"])
        assert set(article) == FIELDS
        assert article["language"] == language
        assert article["kind"] in KINDS
        assert 12 <= len(sentences) <= 20, article["title"]
        assert median(len(sentence.split()) for sentence in sentences) < 18, article["title"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_finds_one_sample_only(language: str) -> None:
    names = Counter(name for each in articles(language) for name in (each["title"].casefold(), *each["aliases"]))
    assert [name for name, count in names.items() if count > 1 or name != name.casefold()] == []
