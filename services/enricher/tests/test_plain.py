import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathshala_enricher.plain import plain

SIGNS = "\n\n  \n    \n      \n        E\n        =\n        m\n        \n          c\n      \n    \n    "
ENERGY = (
    f"The formula{SIGNS}{{\\displaystyle E=mc^{{2}}}}\n  \n\n tells how{SIGNS}{{\\displaystyle E}}\n  \n and"
    " mass belong together.\nIt is famous."
)


@pytest.mark.parametrize(
    ("extract", "text"),
    [
        (ENERGY, "The formula E=mc^{2} tells how E and mass belong together.\nIt is famous."),
        ("Let {\\displaystyle {\\frac {a}{b}}} be .", "Let {\\frac {a}{b}} be."),
        ("Broken {\\displaystyle {x", "Broken {x"),
        ("Rome ( ; ) is a city.", "Rome is a city."),
        ("Rome (Italian: Roma, ) is a city.", "Rome (Italian: Roma) is a city."),
        ("北京（）是城市。", "北京是城市。"),  # noqa: RUF001
        ("Call print() and f(x, y).", "Call print() and f(x, y)."),
        ("One.\n\n\nTwo.\t Three.\n", "One.\nTwo. Three."),
        ("H<sub>2</sub>O, and 1 < 2 > 0", "H2O, and 1 < 2 > 0"),
        ("a\x00b\x1b[31m\u202ec", "ab[31mc"),
        ("क्‍ष, نمی‌خواهم", "क्‍ष, نمی‌خواهم"),
        ("What : comment ?", "What : comment ?"),
    ],
)
def test_what_stays_is_text_that_can_be_read(extract: str, text: str) -> None:
    assert plain(extract) == text


@given(
    st.lists(st.sampled_from(["a", " ", "(", ")", ",", "\n", "{", "}", "<b>", "<br>", "{\\displaystyle "])).map("".join)
)
def test_whatever_is_given_comes_back_as_whole_lines(extract: str) -> None:
    text = plain(extract)
    assert "\n\n" not in text
    assert text == text.strip()


def test_a_long_text_of_nothing_but_formulas_takes_no_time() -> None:
    began = time.process_time()
    plain("{\\displaystyle " * 20_000)
    plain("<span " * 50_000 + "( " * 50_000)
    assert time.process_time() - began < 2
