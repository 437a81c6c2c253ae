import pytest

from pathshala_common.contract.lesson import LessonPart
from pathshala_generator.offline.wishes import Wish, understood

ACTIVITY, QUESTIONS = LessonPart.ACTIVITY, LessonPart.QUESTIONS


@pytest.mark.parametrize(
    ("wish", "part", "meant"),
    [
        ("shorter", ACTIVITY, Wish.SHORTER),
        ("A shorter activity, please!", ACTIVITY, Wish.SHORTER),
        ("another shorter activity", ACTIVITY, Wish.SHORTER),
        ("another activity", ACTIVITY, Wish.ANOTHER),
        ("with more words", ACTIVITY, Wish.LONGER),
        ("an easier explanation", LessonPart.EXPLANATION, Wish.EASIER),
        ("as a multiple choice question", QUESTIONS, Wish.CHOICE),
        ("true or false", QUESTIONS, Wish.TRUE_FALSE),
        ("fill in the blank", QUESTIONS, Wish.GAP),
        ("छोटी गतिविधि", ACTIVITY, Wish.SHORTER),
        ("कृपया एक और आसान व्याख्या दीजिए", LessonPart.EXPLANATION, None),
        ("एक आसान व्याख्या दीजिए", LessonPart.EXPLANATION, Wish.EASIER),
    ],
)
def test_a_wish_of_known_words_is_understood(wish: str, part: LessonPart, meant: Wish | None) -> None:
    assert understood(wish, part) is meant


@pytest.mark.parametrize(
    "wish",
    [
        "an example from cricket",
        "not shorter",
        "shorter and easier",
        "a shorter explanation",
        "activity",
        "shorter!!! 😀 by half",
    ],
)
def test_a_wish_with_a_word_that_is_not_known_is_not_understood_by_half(wish: str) -> None:
    assert understood(wish, ACTIVITY) is None
