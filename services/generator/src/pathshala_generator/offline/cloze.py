"""Makes a question of a sentence that the lesson tells: a term is left out, or has another in its place. Pure."""

from collections.abc import Iterator

from pathshala_common.text.dissection import dissected
from pathshala_common.text.words import length
from pathshala_generator.offline.gap_terms import Term, terms

GAP = "_____"
WORDS_MIN = 5


def askable(sentence: str, language: str, names: frozenset[str]) -> Iterator[Term]:
    """Give the terms that can be left out, the best first: neither of the topic's name, nor said again around the gap.

    `names` are the stems of that name. Of a term of which only a part is said again, the other part is given.
    """
    if length(sentence) < WORDS_MIN:
        return
    for term in terms(sentence, language):
        known = dissected(filled(sentence, term, " ")).stems(language) | names
        part = _unknown(term, known, language)
        if part.text:
            yield part


def filled(sentence: str, term: Term, text: str = GAP) -> str:
    """Put something in a term's place."""
    return f"{sentence[: term.start]}{text}{sentence[term.end :]}"


def _unknown(term: Term, known: frozenset[str], language: str) -> Term:
    """Take words off both ends of a term, as long as they are known."""
    words, start = term.text.split(), term.start
    while words and dissected(words[0]).stems(language) & known:
        start += len(words.pop(0)) + 1
    while words and dissected(words[-1]).stems(language) & known:
        words.pop()
    text = " ".join(words)
    return term._replace(text=text, start=start, end=start + len(text))
