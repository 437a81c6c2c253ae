"""Holds the form of the list of activities that no lesson on certain topics may ask for at certain levels."""

from collections.abc import Mapping

from pathshala_common.contract.lesson import Level, Text, Value
from pathshala_generator import offline
from pathshala_generator.text.word_lists import read_list

Words = Mapping[str, tuple[Text, ...]]


class Pair(Value):
    """At these levels, no activity on these topics has one of these words; `*` is the rest of a word."""

    levels: frozenset[Level]
    topics: Words
    activities: Words
    why: Text


def test_each_pair_has_its_words_in_both_languages_once() -> None:
    pairs = [Pair.model_validate(each) for each in read_list(offline.__name__, "forbidden_activities")["pairs"]]
    for pair in pairs:
        assert pair.levels
        assert set(pair.topics) == set(pair.activities) == {"en", "hi"}
        assert all(pair.activities.values())
        for words in (*pair.topics.values(), *pair.activities.values()):
            assert len(words) == len(set(words)), pair.why
            assert all(phrase == phrase.casefold() for phrase in words), pair.why
            assert not [word for phrase in words for word in phrase.split() if "*" in word[:-1]], pair.why
