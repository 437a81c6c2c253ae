"""The words around a lesson's own: a data file for each language, English where there is none."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from pathshala_common.contract.lesson import LanguageTag, Level, primary_language

LANGUAGES = ("en", "hi")


class Labels:
    """The words of one language."""

    def __init__(self, words: dict[str, Any]) -> None:
        self._words = words

    @property
    def language(self) -> str:
        """The language that they are in."""
        return str(self._words["language"])

    def __getitem__(self, name: str) -> str:
        """Give the words of this name."""
        return str(self._words[name])

    def level(self, level: Level) -> str:
        """Say whom a lesson is for."""
        return str(self._words["level"][level.value])


def labels_in(language: LanguageTag) -> Labels:
    """Give the words in a language."""
    primary = primary_language(language)
    return _labels(primary if primary in LANGUAGES else "en")


@cache
def _labels(language: str) -> Labels:
    return Labels(json.loads(files(__package__).joinpath("labels", f"{language}.json").read_bytes()))
