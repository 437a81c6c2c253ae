import pytest

from pathshala_generator.offline.shortening import in_short


@pytest.mark.parametrize(
    ("sentence", "short"),
    [
        (
            "The number below the line is the denominator, and it tells into how many parts the whole is divided.",
            "The number below the line is the denominator. It tells into how many parts the whole is divided.",
        ),
        ("Weak acids taste sour; lemon juice is one.", "Weak acids taste sour. Lemon juice is one."),
        (
            "A current flows in a closed path, which is called a circuit.",
            "A current flows in a closed path. This is called a circuit.",
        ),
        ("Bacteria have DNA too, but they have no nucleus.", "Bacteria have DNA too. But they have no nucleus."),
        ("Regular verbs take -ed, while irregular verbs change.", "Regular verbs take -ed. Irregular verbs change."),
        ("धारा बंद मार्ग में बहती है, जिसे परिपथ कहते हैं।", "धारा बंद मार्ग में बहती है। इसे परिपथ कहते हैं।"),
        ("यह हर कहलाती है, और वह भाग बताती है।", "यह हर कहलाती है। वह भाग बताती है।"),
    ],
)
def test_a_long_sentence_is_told_in_the_parts_that_stand_for_themselves(sentence: str, short: str) -> None:
    assert in_short(sentence) == short


@pytest.mark.parametrize(
    "sentence",
    [
        "Water, salt, and the sea are blue.",
        "In the sentence “The sun sets, and the moon rises”, there are two verbs.",
        "An atom of hydrogen has one proton, an atom of carbon has six, and an atom of gold has 79.",
        "An English verb agrees with its subject: the bird sings, but the birds sing.",
        "A fraction is a number that names equal parts of a whole.",
    ],
)
def test_no_part_is_torn_from_what_it_needs(sentence: str) -> None:
    assert in_short(sentence) == sentence
