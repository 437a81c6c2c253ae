"""Makes plain text of an extract: what MediaWiki leaves of formulas and brackets becomes readable again. Pure."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TAG = re.compile(r"</?(?:math|ref|sup|sub|span|br|nowiki|small|code)\b[^<>\n]{0,300}>", re.IGNORECASE)
_FORMULA = re.compile(r"\{\\(?:displaystyle|textstyle|scriptstyle)\s?")
# Not print(), which has no blank before its brackets. The full-width ones need none.
_EMPTY_BRACKETS = re.compile(r"[ \t]\([\s,;:/–—-]*\)|（[\s,;:/–—-]*）")  # noqa: RUF001
_EDGE_OF_BRACKETS = re.compile(r"(?<=[(（])[\s,;:]+|[\s,;]+(?=[)）])")  # noqa: RUF001
_BLANKS = re.compile(r"[ \t\u00a0]+")
_SPACE_BEFORE_STOP = re.compile(r"(?<=\S) (?=[,.](?:\s|$))")
_BLANK_LINES = re.compile(r"\n\s*\n+")


def plain(extract: str) -> str:
    """Give text of whole lines: no control characters, no tags, formulas in TeX on their line, no empty brackets."""
    text = _TAG.sub("", _CONTROL.sub("", extract.replace("\t", " ")))
    text = _formulas_in_line(text)
    text = _EDGE_OF_BRACKETS.sub("", _EMPTY_BRACKETS.sub("", text))
    lines = (_SPACE_BEFORE_STOP.sub("", _BLANKS.sub(" ", line)).strip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n", "\n".join(lines)).strip()


def _formulas_in_line(text: str) -> str:
    r"""Put formulas back into their sentences.

    A formula comes as its signs, each on an indented line, and then as {\displaystyle TeX}: the TeX is kept.
    """
    pieces, at = [], 0
    for found in _FORMULA.finditer(text):
        if found.start() < at:
            continue
        end = _closing(text, found.end())
        pieces += [_without_signs(text[at : found.start()]).strip(), text[found.end() : end].strip()]
        at = end + 1
    return " ".join([*pieces, text[at:].lstrip()]) if pieces else text


def _closing(text: str, at: int) -> int:
    """Find the brace that closes the formula which is open at `at`; the end of the text, if none does."""
    depth = 1
    for place in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return len(text)


def _without_signs(text: str) -> str:
    """Drop the indented lines and blank ones at the end of a text."""
    lines = text.split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].startswith("  ")):
        lines.pop()
    return "\n".join(lines)
