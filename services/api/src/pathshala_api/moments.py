"""Moments that a request names: a date with a time and its zone (RFC 3339), and never a number."""

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from pathshala_common.contract.lesson import Moment

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]")


def _written_out(moment: object) -> object:
    """Refuse a number, which pydantic would take for seconds since 1970."""
    if not isinstance(moment, str) or not DATE.match(moment):
        raise ValueError("must be a date with a time and its zone, such as 2026-11-23T14:55:20Z")
    return moment


MomentAsked = Annotated[
    Moment,
    BeforeValidator(_written_out),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": "^(19[7-9][0-9]|[2-8][0-9]{3})-"}),
]
