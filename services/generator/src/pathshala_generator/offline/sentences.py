"""Takes an article's text apart into its sentences, each as it stands. Pure."""

import re
from collections.abc import Iterator

_END = re.compile("[.!?…]+[\"'”’»)\\]]*(?=\\s|$)|[।॥。！？]+[”’」』）]*|\n+")  # noqa: RUF001  full-width marks end too
_WORD_BEFORE = re.compile(r"[^\s(\[“\"']*$")
_NEXT = re.compile(r"\s*([^\s\"'“‘(\[]?)")  # noqa: RUF001
_OPENING, _CLOSING = "([（「", ")]）」"  # noqa: RUF001

_ABBREVIATIONS = (
    "al approx b.c b.c.e c ca capt cf dr e.g eds esp etc ft gov i.e inc jr lt ltd maj mr mrs ms mt ph.d pres prof rev "
    "sgt sr st syn transl u.k u.s u.s.a viz vol vs jan feb apr jun jul aug sep oct nov dec "
    "bzw d.h geb gest ggf u.a usw v.chr n.chr z.b ej pág av डॉ श्री श्रीमती प्रो पं ई.पू"
)
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
"""Words after which a stop ends no sentence, without their last stop. Single letters are such words too."""


def sentences(text: str) -> list[str]:
    """Give the sentences in their order, with blanks for line ends. What has no stop at its end is given too."""
    return [sentence for piece in _pieces(text) if (sentence := " ".join(piece.split()))]


def _pieces(text: str) -> Iterator[str]:
    begin = 0
    for found in _END.finditer(text):
        piece = text[begin : found.end()]
        if found[0].startswith("\n") or not (_is_open(piece) or _goes_on(text, found)):
            yield piece
            begin = found.end()
    yield text[begin:]


def _is_open(piece: str) -> bool:
    """Whether a bracket is open: what stops inside one ends no sentence."""
    return sum(piece.count(sign) for sign in _OPENING) > sum(piece.count(sign) for sign in _CLOSING)


def _goes_on(text: str, found: re.Match[str]) -> bool:
    """Whether a stop is an abbreviation's, or the sentence goes on after it in small letters."""
    if found[0][0] in "।॥。！？":  # noqa: RUF001
        return False
    following = _NEXT.match(text, found.end())
    if following is not None and following[1].islower():
        return True
    if found[0] != ".":
        return False
    before = _WORD_BEFORE.search(text, max(0, found.start() - 20), found.start())
    word = before[0].casefold() if before else ""
    initial = word.rpartition(".")[2]
    return word in ABBREVIATIONS or (len(initial) == 1 and initial.isalpha() and initial.isascii())
