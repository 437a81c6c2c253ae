import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathshala_common.text.quoting import FRAME, located

SOURCE = (
    "Verbs — words of action — are “inflected” in\nmany\u00a0languages. An adverb isn\u2019t one. Straße, İstanbul."
)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("words of action", "words of action"),
        ("VERBS - words", "Verbs — words"),
        ('are "inflected" in many languages', "are “inflected” in many languages"),
        ("“An adverb isn't one.”", "An adverb isn\u2019t one."),
        ("… in  many\tlanguages …", "in many languages"),
        ("strasse", "Straße"),
        ("Straße, İstanbul.", "Straße, İstanbul."),
    ],
)
def test_a_quote_is_given_in_the_source_s_own_words(quote: str, found: str) -> None:
    assert located(quote, SOURCE) == found


@pytest.mark.parametrize(
    "quote",
    ["verbs are words of action", "verb", "isn\u2019t two", "words ... action", "", " … ", "languages. An adverb is"],
)
def test_what_the_source_does_not_say_is_not_found(quote: str) -> None:
    assert located(quote, SOURCE) is None


def test_what_looks_like_a_pattern_is_only_text() -> None:
    assert located("1 + 1 (or 2) = .*", "So 1 + 1 (or 2) = .* they say") == "1 + 1 (or 2) = .*"
    assert located(".*", "anything") is None


@given(
    st.text("aß \n\u00a0\u0130“—x.", max_size=12),
    st.integers(0, 11),
    st.integers(1, 12),
)
def test_what_is_located_stands_in_the_source_sign_for_sign(source: str, begin: int, length: int) -> None:
    quote = source[begin : begin + length]

    found = located(quote, source)

    assert found is None or found in " ".join(source.split())
    if quote.strip(FRAME + "\u00a0") and quote == source:
        assert found is not None
