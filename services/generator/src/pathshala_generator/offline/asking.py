"""The question of a lesson on an article; its answer stands in the explanation. Pure."""

from collections.abc import Sequence

from pathshala_common.contract.lesson import Level
from pathshala_generator.offline.cloze import without_name, without_number
from pathshala_generator.offline.facts import Fact
from pathshala_generator.offline.voice import INNER_QUOTES, Voice


def question(facts: Sequence[Fact], title: str, voice: Voice) -> str:
    """Ask for what was left out of a fact; older learners, as often, for the definition."""
    questions = voice.words.questions
    of_name = [cloze for fact in facts if (cloze := without_name(fact.text, title))]
    of_number = [cloze for fact in facts if (cloze := without_number(fact.text))]
    kinds = [(texts, clozes) for texts, clozes in ((questions.name, of_name), (questions.number, of_number)) if clozes]
    if not kinds or (voice.level in {Level.SECONDARY, Level.ADULT} and voice.lot.draw("asking", (True, False))):
        return voice.say("question", questions.open)
    texts, clozes = voice.lot.draw("gap", kinds)
    sentence = voice.lot.draw("cloze", clozes).text
    return voice.say("question", texts, cloze=sentence.translate(INNER_QUOTES))
