"""The examination: every check by its name, what they all find, and which of them a draft has passed."""

from collections.abc import Mapping

from pathshala_common.checks.answers import answers
from pathshala_common.checks.complete import complete
from pathshala_common.checks.distractors import distractors
from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.checks.evidence import evidence
from pathshala_common.checks.fault import Check, Fault
from pathshala_common.checks.fresh import fresh
from pathshala_common.checks.gaps import gaps
from pathshala_common.checks.giveaways import giveaways
from pathshala_common.checks.language import language
from pathshala_common.checks.on_topic import on_topic
from pathshala_common.checks.own_voice import own_voice
from pathshala_common.checks.own_words import own_words
from pathshala_common.checks.plain_text import plain_text
from pathshala_common.checks.questions import questions
from pathshala_common.checks.reading_level import reading_level
from pathshala_common.checks.true_to_article import true_to_article

Findings = Mapping[str, tuple[Fault, ...]]
"""The faults that each check found, by its name. A check that had nothing to judge is left out."""


def checks(instructions: str = "") -> Mapping[str, Check]:
    """All checks; `instructions` is what the model was told, so that no draft repeats it."""
    return {
        "on_topic": on_topic,
        "language": language,
        "complete": complete,
        "own_voice": own_voice(instructions),
        "plain_text": plain_text,
        "evidence": evidence,
        "own_words": own_words,
        "true_to_article": true_to_article,
        "fresh": fresh,
        "reading_level": reading_level,
        "questions": questions,
        "answers": answers,
        "distractors": distractors,
        "giveaways": giveaways,
        "gaps": gaps,
    }


CHECKS: Mapping[str, Check] = checks()

OF_MODELS = frozenset({"own_words", "true_to_article"})
"""Those that have nothing to judge in a lesson that arranges its article's sentences."""


def findings(draft: Draft, assignment: Basis, checks: Mapping[str, Check] = CHECKS) -> Findings:
    """Apply each check."""
    said = {name: check(draft, assignment) for name, check in checks.items()}
    return {name: tuple(faults) for name, faults in said.items() if faults is not None}


def passed(found: Findings) -> tuple[str, ...]:
    """Name the checks that judged the draft and found nothing; they stand in the lesson's quality."""
    return tuple(name for name, faults in found.items() if not faults)
