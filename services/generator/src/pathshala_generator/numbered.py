"""The article by numbers: how small models are shown it, and how they say which of its sentences they rest on."""

from collections.abc import Sequence

from pathshala_common.checks.proofs import telling
from pathshala_common.contract.lesson import Article, primary_language
from pathshala_common.text.dissection import dissected
from pathshala_common.text.word_lists import word_lists

SENTENCES_MAX = 12
"""The first ones say what a thing is; a slow machine takes a second to read one."""
NEAR_WORDS_MIN = 2

_UNNOTED = {
    language: frozenset(words) for language, words in word_lists("pathshala_common.text", "unnoted_words").items()
}


def numbered(article: Article) -> Sequence[str]:
    """Give the first sentences, so that number 1 is the first of them."""
    return [sentence.text for sentence in dissected(article.summary).sentences[:SENTENCES_MAX]]


def notes(article: Article) -> Sequence[str]:
    """Give the same without the words that only join others, as one writes notes.

    Whoever has the sentences before their eyes copies them; of notes one has to make sentences of one's own.
    """
    left_out = _UNNOTED.get(primary_language(article.language), frozenset())
    return [
        " ".join(word for word in one.split() if word.strip(",").casefold() not in left_out)
        for one in numbered(article)
    ]


def sentence_told(number: object, text: str, article: Article) -> str | None:
    """Give the sentence that a text tells: the one with this number, or else the nearest; None if none is near.

    What it tells has to be more than the topic's name. Small models count their facts instead of their notes.
    """
    sentences, language = numbered(article), primary_language(article.language)
    told = telling(text, language) - telling(article.title, language)
    common = [len(told & telling(sentence, language)) for sentence in sentences]
    if isinstance(number, int) and number in range(1, len(sentences) + 1) and common[number - 1]:
        return sentences[number - 1]
    best = max(range(len(sentences)), key=common.__getitem__, default=None)
    return sentences[best] if best is not None and common[best] >= NEAR_WORDS_MIN else None
