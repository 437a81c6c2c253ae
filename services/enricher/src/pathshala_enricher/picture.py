"""Reads whose a picture is, and on what terms it may be shown. Pure."""

import re
from collections.abc import Mapping
from html import unescape

from pydantic import ValidationError

from pathshala_common.contract.lesson import Picture
from pathshala_enricher.plain import plain

PARAMETERS: Mapping[str, str] = {
    "action": "query",
    "format": "json",
    "formatversion": "2",
    "maxlag": "5",
    "prop": "imageinfo",
    "iiprop": "url|extmetadata",
    "iiextmetadatafilter": "Artist|LicenseShortName|LicenseUrl",
}
AUTHOR_LENGTH_MAX = 300

_TAG = re.compile(r"<[^<>]*>")


def picture_parameters(name: str) -> Mapping[str, str]:
    """Ask for the terms of a picture, by the name of its file."""
    return {**PARAMETERS, "titles": f"File:{name}"}


def read_picture(answer: Mapping[str, object]) -> Picture | None:
    """Read page, author and licence of a picture; None if one of them is not told."""
    match answer:
        case {"query": {"pages": [{"imageinfo": [{"descriptionurl": page, "extmetadata": dict(told)}, *_]}, *_]}}:
            terms = {"licence_url": _text(told, "LicenseUrl") or None, "licence": _text(told, "LicenseShortName")}
            try:
                return Picture.model_validate(
                    {"page": page, "author": _text(told, "Artist")[:AUTHOR_LENGTH_MAX], **terms}
                )
            except ValidationError:
                return None
        case _:
            return None


def _text(told: Mapping[str, object], name: str) -> str:
    """Give one of the facts without its HTML."""
    fact = told.get(name)
    value = fact.get("value") if isinstance(fact, Mapping) else None
    return " ".join(plain(unescape(_TAG.sub("", value))).split()) if isinstance(value, str) else ""
