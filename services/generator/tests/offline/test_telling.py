import pytest

from pathshala_generator.offline.telling import SENTENCE_LENGTH_MAX, is_tellable, leans, quotable, told


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("Rome (Italian: Roma) is a city.", "Rome is a city."),
        ("A verb (/vɜb/) is a word.", "A verb is a word."),
        ("Yoga (योग) is a practice.", "Yoga is a practice."),
        ("क्रिया (अंग्रेज़ी: Verb) एक शब्द है।", "क्रिया एक शब्द है।"),
        ("Water (H2O) is wet.[3]", "Water (H2O) is wet."),
        ("Darwin (1809–1882) was a naturalist.", "Darwin (1809–1882) was a naturalist."),  # noqa: RUF001
    ],
)
def test_asides_on_sound_and_other_languages_are_not_told(quote: str, text: str) -> None:
    assert told(quote, briefly=False) == text


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("Water (H2O) is wet; it flows.", "Water is wet; it flows."),
        ("Water is a thing that flows; ice does not.", "Water is a thing that flows."),
        ("Rome is the capital city of Italy, which lies in Europe.", "Rome is the capital city of Italy."),
        ("Rome, which lies in Italy, is a city.", "Rome, which lies in Italy, is a city."),
        ("It is a way by which plants, while they grow, use light.", None),
        ("Plants, such as trees, are alive.", None),
    ],
)
def test_briefly_only_a_whole_main_clause_is_told(quote: str, text: str | None) -> None:
    assert told(quote, briefly=True) == (text or quote)


def test_a_sentence_without_end_is_cut_where_a_word_ends() -> None:
    quote = quotable("word " * 3_000)
    assert len(quote) <= SENTENCE_LENGTH_MAX
    assert quote.endswith("word")
    assert told(quote, briefly=False) == f"{quote} …"


@pytest.mark.parametrize(
    "text", ["See <b>this</b> here.", "A list:", "Heading", "Let {\\frac {a}{b}} be.", "| a | b |."]
)
def test_what_is_no_sentence_to_read_is_not_tellable(text: str) -> None:
    assert not is_tellable(text)


@pytest.mark.parametrize(
    "text", ["It grows.", "For example, Lucy goes.", "In this case it ends.", "यह बड़ा है।", "Its end came."]
)
def test_a_sentence_that_needs_the_one_before_leans_on_it(text: str) -> None:
    assert leans(text)


@pytest.mark.parametrize(
    "text", ["Italy is a country.", "Theory is not practice.", "Thessaly lies in Greece.", "यहाँ नदी है।"]
)
def test_a_sentence_that_stands_alone_does_not(text: str) -> None:
    assert not leans(text)
