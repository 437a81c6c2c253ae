"""Reads the lists that lie beside the code, as JSON: a name, mostly a language, and its words between blanks."""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import chain
from typing import Any

FOLDER = "lists"


def word_lists(package: str, name: str) -> Mapping[str, Sequence[str]]:
    """Read the words of a file in a package's folder `lists`."""
    return {of: words.split() for of, words in read_list(package, name).items()}


def all_words(package: str, name: str) -> frozenset[str]:
    """Give the words of all lists of a file."""
    return frozenset(chain.from_iterable(word_lists(package, name).values()))


def read_list(package: str, name: str) -> dict[str, Any]:
    """Read a file in a package's folder `lists` as it is."""
    read: dict[str, Any] = json.loads(files(package).joinpath(FOLDER, f"{name}.json").read_bytes())
    return read
