"""Which edition of Wikipedia is written in a language: its code, which stands in its address. Pure."""

import re
from collections.abc import Mapping
from typing import NamedTuple

ENGLISH = "en"

# Editions whose code is not the language's tag, by the beginning of a tag in lower case
# (meta.wikimedia.org, "Special language codes").
CODES: Mapping[str, str] = {
    "be-tarask": "be-tarask",
    "cmn": "zh",
    "egl": "eml",
    "fil": "tl",
    "gsw": "als",
    "in": "id",
    "iw": "he",
    "ji": "yi",
    "lzh": "zh-classical",
    "mo": "ro",
    "nan": "zh-min-nan",
    "nb": "no",
    "rup": "roa-rup",
    "sgs": "bat-smg",
    "vro": "fiu-vro",
    "yue": "zh-yue",
    "zh-min-nan": "zh-min-nan",
    "zh-nan": "zh-min-nan",
    "zh-yue": "zh-yue",
}

_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")


class Edition(NamedTuple):
    """An edition: the code in its address, and the tag of its language, as it was asked for."""

    code: str
    language: str


def edition_of(tag: str) -> Edition:
    """Find the edition for a tag. Script, region and variant count only where they make another language (zh-yue).

    Raises ValueError for what is no language tag, and could alter an address.
    """
    folded = tag.lower()
    if not _TAG.fullmatch(folded):
        raise ValueError("the language is not a BCP 47 tag")
    parts = folded.split("-")
    for length in range(len(parts), 0, -1):
        prefix = "-".join(parts[:length])
        if prefix in CODES:
            return Edition(CODES[prefix], prefix)
    return Edition(parts[0], parts[0])
