import json
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathshala_common.text.sentences import sentences

UNSPACED = frozenset("\u3002")
LINES = frozenset({"A heading", "1. Take a leaf."})
"""What these begin stands on a line of its own."""

UNDECIDED = [
    ["The unknown is called x.", "Find it."],
    ["This is plan B.", "Plan A had failed."],
    ["See §4.2 and app. B for details.", "They are long."],
    ["उन्होंने कहा, “जय हिंद!”", "सबने दोहराया।"],
]
"""What cannot be told without understanding: an initial or a name, what was said before or after."""


def labelled(name: str) -> list[list[str]]:
    """Read cases: sentences that stand in a row."""
    read = json.loads(Path(__file__).with_name(f"{name}.json").read_bytes())
    return list(chain.from_iterable(kinds for languages in read.values() for kinds in languages.values()))


def text_of(case: list[str]) -> str:
    if UNSPACED & set(case[0]):
        return "".join(case)
    first, *others = case
    return first + ("\n" if first in LINES else " ") + " ".join(others)


CASES, UNSEEN = labelled("sentences"), labelled("sentences_unseen")


@pytest.mark.parametrize("case", [case for case in CASES + UNSEEN if case not in UNDECIDED], ids=text_of)
def test_hard_cases_are_taken_apart_as_a_reader_would(case: list[str]) -> None:
    assert sentences(text_of(case)) == case


def test_there_are_enough_hard_cases_in_each_language() -> None:
    assert len(CASES) >= 150
    assert len([case for case in CASES + UNSEEN if case in UNDECIDED]) == len(UNDECIDED)


def test_a_bracket_that_is_left_open_swallows_no_sentences() -> None:
    assert sentences("It is (so. It goes on. And on.") == ["It is (so.", "It goes on.", "And on."]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One is here. Two is there.", ["One is here.", "Two is there."]),
        ("Dr. J. S. Bach wrote 3.5 thousand. Mr. X, e.g. here, did not.", [None, "Mr. X, e.g. here, did not."]),
        ("It began c. 1500 in the U.S. and ended. Then came more.", ["It began c. 1500 in the U.S. and ended.", None]),
        ("Is it so? Yes! “It is.” He left.", ["Is it so?", "Yes!", "“It is.”", "He left."]),
        ("It has parts (one. Two.) and more. It ends.", ["It has parts (one. Two.) and more.", "It ends."]),
        ("The limit is 2.5. Then 3.", ["The limit is 2.5.", "Then 3."]),
        ("ईसा पूर्व 5 में डॉ. राव आए। वे चले गए॥ फिर", ["ईसा पूर्व 5 में डॉ. राव आए।", "वे चले गए॥", "फिर"]),
        ("北京是城市。它很大！是吗？", ["北京是城市。", "它很大！", "是吗？"]),  # noqa: RUF001
        ("No stop\nNext line. Last", ["No stop", "Next line.", "Last"]),
        ("It is an art. It is old.", ["It is an art.", "It is old."]),
        ("Es gibt z. B. Verben. Das ist gut.", ["Es gibt z. B. Verben.", "Das ist gut."]),
        ("", []),
    ],
)
def test_a_text_is_taken_apart_where_its_sentences_end(text: str, parts: list[str | None]) -> None:
    found = sentences(text)
    assert len(found) == len(parts)
    assert all(part in {None, one} for part, one in zip(parts, found, strict=True))


@given(st.text(st.sampled_from("aB .!?()।。\n“”1")))
def test_nothing_is_lost_or_altered_between_sentences(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
