"""Telling languages apart: on paragraphs of school length in twelve languages, each asked for in each."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pathshala_common.checks.language import language
from pathshala_common.text.dissection import dissected
from pathshala_common.text.languages import identified, known
from services.generator.tests.checks.given import a_draft, an_order
from services.generator.tests.recorded import NAMES, recorded

LABELLED: dict[str, list[str]] = json.loads(
    Path(__file__).parents[1].joinpath("text", "languages.json").read_text(encoding="utf-8")
)
MEMORY_MAX_MIB = 10
MEASURE = """
import sys
from pathlib import Path
from pathshala_common.text import languages
def mib(): return int(Path("/proc/self/statm").read_text().split()[1]) / 256
before = mib()
languages.identified("Rain is water that falls from clouds in drops. The sun warms the sea.")
print(mib() - before)
"""
SANSKRIT = (
    "रामः विद्यालयं गच्छति। सः तत्र पुस्तकं पठति। यदा गुरुः न अस्ति, तदा सः एव छात्रान् पाठयति इति जनाः वदन्ति। "
    "ग्रामे एका नदी प्रवहति। तस्य ग्रामस्य समीपे बहवः वृक्षाः सन्ति।"
)
SPANISH = (
    "Yo soy alto dice cómo soy siempre, y yo estoy cansado dice cómo me siento hoy, después de correr por el parque. "
)
ENGLISH = "The first verb tells what lasts, and the second tells what may pass by tomorrow. "


def refused(text: str, asked: str) -> bool:
    """Whether an explanation is held to be in another language than the one that was asked for."""
    draft = a_draft(explanation=text, title="1", activity="2", question="3?", connection=None, language=asked)
    return [fault.field for fault in language(draft, an_order(language=asked)) or ()] == ["explanation"]


def test_there_are_twelve_languages_and_twelve_paragraphs_of_each() -> None:
    assert len(LABELLED) == 12
    assert {len(paragraphs) for paragraphs in LABELLED.values()} == {12}


@pytest.mark.parametrize("asked", LABELLED)
def test_every_paragraph_is_let_in_for_its_own_language_and_for_no_other(asked: str) -> None:
    let_in = {label for label, paragraphs in LABELLED.items() for text in paragraphs if not refused(text, asked)}

    assert let_in == {asked}
    assert not any(refused(text, asked) for text in LABELLED[asked])


def test_a_lesson_on_a_language_may_mix_it_with_its_own() -> None:
    assert identified(3 * SPANISH + ENGLISH).language == "es"

    assert not refused(SPANISH + ENGLISH, "en")
    assert not refused(SPANISH + ENGLISH, "es")
    assert refused(5 * SPANISH + ENGLISH, "en")


@pytest.mark.parametrize("asked", ["en", "de", "es", "fr"])
def test_a_longer_text_that_its_words_of_grammar_tell_is_not_identified(asked: str) -> None:
    dissected.cache_clear()
    text = " ".join(LABELLED[asked][:3])

    assert not refused(text, asked)

    assert "language" not in vars(dissected(text))


def test_a_language_that_cannot_be_identified_is_told_by_its_words_of_grammar() -> None:
    assert not known("sa")

    assert not refused(SANSKRIT, "sa")
    assert not any(refused(recorded(name).draft.activity, "sa") for name in NAMES if name.endswith("-sa"))
    for other in ("hi", "mr"):
        assert refused(SANSKRIT, other)
        assert all(refused(text, "sa") for text in LABELLED[other])


def test_telling_languages_apart_takes_little_memory() -> None:
    measured = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True)

    assert float(measured.stdout) < MEMORY_MAX_MIB
