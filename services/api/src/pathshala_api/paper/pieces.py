"""A file in pieces, each with the line of the lesson that it shows: so that a place in a file has a name."""

from collections.abc import Iterable
from typing import NamedTuple

from pathshala_api.paper.sheets import SheetLine


class Piece(NamedTuple):
    """A part of a file, and the line that it shows; None if it is only there to hold others."""

    text: str
    line: SheetLine | None = None


def joined(pieces: Iterable[Piece]) -> bytes:
    """Put a file together."""
    return "".join(piece.text for piece in pieces).encode()
