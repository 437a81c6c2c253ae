"""The telling of an article's sentence: without asides that nobody reads aloud. The quote keeps them. Pure."""

import re
from itertools import chain

from pathshala_common.text.scripts import letters, script_of
from pathshala_common.text.word_lists import read_list

SENTENCE_LENGTH_MAX = 600
QUOTE_WORDS_MIN = 3
HEAD_WORDS_MIN = 6

_BRACKETS = re.compile(r" ?\([^()]*\)| ?（[^（）]*）| ?\[[^\[\]]*\]")  # noqa: RUF001
_PRONOUNCED = re.compile(
    r"[ɐ-˿ˈˌː/]|\b(?:listen|pronounced|pronunciation|lit\.|literally|from|romanized|née|born|IPA|abbr\.|abbreviated)\b|"
    r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)?: |उच्चारण|अंग्रेज़ी|अंग्रेजी|English",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[<>{}|`\\]|\*\*|__|\$\$|==")
_ENDS = re.compile("[.!?…।॥。！？][\"'”’»)\\]」』）]*$")  # noqa: RUF001
_BLANK_BEFORE = re.compile(r"\s+([,.;:!?।])")
_HEAD = re.compile(r"; |, (?:which|where|although|while|whereas|and (?:it|they)) | [–—] ")  # noqa: RUF001
_OPEN_CLAUSE = re.compile(r"\b(?:which|whose|whom)\b")
_TELLS = re.compile(r"\b(?:is|are|was|were|means|refers to|has|have|can)\b")
_LEANS = re.compile(
    rf"(?:{'|'.join(chain.from_iterable(read_list(__package__, 'leaning_openings').values()))})(?=[\s,;:])",
    re.IGNORECASE,
)
# A word that points back, near the beginning, and nothing before it that it could point to but the sentence's subject.
_POINTS_BACK = re.compile(r"(?:[\w'’-]+,? ){1,4}(?:of it|them|these|this|those|its|their|they|he|she|his|her)\b")  # noqa: RUF001


def is_tellable(sentence: str) -> bool:
    """Whether a sentence can stand in a lesson: whole, with a few words, and without markup or formulas."""
    return bool(_ENDS.search(sentence)) and len(sentence) >= len("A is b c.") and not _MARKUP.search(sentence)


def leans(sentence: str) -> bool:
    """Whether a sentence cannot be understood without the one before it."""
    return bool(_LEANS.match(sentence) or _POINTS_BACK.match(sentence))


def quotable(sentence: str) -> str:
    """Give a sentence as it stands; one that is too long to be read as a sentence, up to where a word ends."""
    if len(sentence) <= SENTENCE_LENGTH_MAX:
        return sentence
    return sentence[:SENTENCE_LENGTH_MAX].rpartition(" ")[0] or sentence[:SENTENCE_LENGTH_MAX]


def told(quote: str, *, briefly: bool) -> str:
    """Tell a quote without the brackets that say how a name sounds or is written elsewhere.

    Briefly, no brackets are told, and nothing after the main clause.
    """
    text = _BRACKETS.sub(lambda found: "" if briefly or _is_aside(found[0], quote) else found[0], quote)
    text = _BLANK_BEFORE.sub(r"\1", " ".join(text.split()))
    if briefly:
        text = _head(text)
    return text if _ENDS.search(text) else f"{text} …"


def _is_aside(bracket: str, quote: str) -> bool:
    """Whether a bracket holds a pronunciation, a name in another script or language, or a note's number."""
    inside = bracket.strip(" ()[]（）")  # noqa: RUF001
    if bracket.lstrip().startswith("[") or not inside or _PRONOUNCED.search(inside):
        return True
    script = script_of(next(filter(str.isalpha, quote), "a"))
    return any(found != script for found in letters(inside))


def _head(text: str) -> str:
    """The main clause, if it stands at the beginning and says something."""
    for cut in _HEAD.finditer(text):
        head = text[: cut.start()]
        is_whole = _TELLS.search(head) and not _OPEN_CLAUSE.search(head) and head.count("“") == head.count("”")
        if is_whole and len(head.split()) >= HEAD_WORDS_MIN:
            return f"{head}."
    return text
