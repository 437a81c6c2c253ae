"""The verse of a lesson: a link where its themes meet the topic, else a likeness."""

import pytest

from pathshala_generator.offline.connection import connection, verse_of
from pathshala_generator.offline.voice import Voice
from pathshala_generator.shlokas import shipped_shlokas
from services.generator.tests.given import VERB, a_request, an_assignment

SHLOKAS = {shloka.source: shloka for shloka in shipped_shlokas()}
THEOREM, TIME, LEARNING = (
    SHLOKAS[source] for source in ("Aryabhatiya, Ganita 17", "Bhagavad Gita 10.30", "Hitopadesha, Prastavika 4")
)


@pytest.mark.parametrize(
    ("source", "subject", "topic", "language", "kind"),
    [
        ("Aryabhatiya, Ganita 17", "mathematics", "theorem of Pythagoras", "en", "near"),
        ("Aryabhatiya, Ganita 17", "mathematics", "पाइथागोरस प्रमेय", "hi", "near"),
        ("Bhaskara, Lilavati 45", "mathematics", "zero", "en", "near"),
        ("Bhagavad Gita 3.14", "विज्ञान", "वर्षा", "hi", "near"),
        ("Bhagavad Gita 10.30", "chemistry", "polymers", "en", "likeness"),
        ("Hitopadesha, Prastavika 4", "chemistry", "polymers", "en", "learning"),
    ],
)
def test_a_link_is_claimed_where_themes_meet_and_a_likeness_told_elsewhere(
    source: str, subject: str, topic: str, language: str, kind: str
) -> None:
    shloka = SHLOKAS[source]
    request = a_request(subject, topic, language=language)
    voice = Voice.of(an_assignment(request, VERB), 0)

    text = connection(shloka, request, voice)

    texts = getattr(voice.words.connections, kind)
    assert text in {voice.fill(each, about=shloka.about_in(language)) for each in texts}
    assert shloka.about_in(language) in text


def test_the_first_verse_whose_themes_meet_the_topic_is_taken() -> None:
    verses = [LEARNING, TIME, THEOREM]
    assert verse_of(verses, a_request("mathematics", "theorem of Pythagoras")) == 2
    assert verse_of(verses, a_request("chemistry", "polymers")) == 0
