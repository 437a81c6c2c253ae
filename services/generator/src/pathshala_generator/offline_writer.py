"""The writer that needs no key and no network: it arranges what the article says, and claims nothing of its own."""

import asyncio

from pathshala_common.checks.examination import findings, passed
from pathshala_common.contract.errors import Reject
from pathshala_common.contract.lesson import LanguageTag, primary_language
from pathshala_generator.draft import LANGUAGE_UNAVAILABLE, LESSON_REFUSED, Assignment, Record, Tell, Written, untold
from pathshala_generator.offline.framing import languages
from pathshala_generator.offline.lesson import lesson
from pathshala_generator.offline_examination import CHECKED, reading_level, refusals
from pathshala_generator.offline_rewriting import rewritten

TURNS_MAX = 5
"""This many lessons are made of an article, each of other sentences, before the article is given up."""

NO_WORDS = (
    "the offline writer has no words in the language that was asked for ({asked}), only in {languages}: "
    "order the lesson in one of these, or have a model write it (PATHSHALA_WRITER=openai)"
)


class OfflineWriter:
    """Writes around the article's own sentences; without an article it says how to find out.

    Raises Reject, with the code lesson_refused, where no lesson can be made of the article, language_unavailable for a
    language that it has no words in, and wish_unmet for a wish that it cannot meet.
    """

    name = "offline"
    model = None

    async def write(self, assignment: Assignment, _record: Record, _tell: Tell = untold) -> Written:
        """Write at once."""
        _require_words(assignment.request.language)
        if assignment.rewriting is not None:
            return await asyncio.to_thread(rewritten, assignment.rewriting, assignment)
        if assignment.article is None:
            return Written(lesson(assignment))
        # In a thread, since the library for reading levels takes a while to load the first time.
        return await asyncio.to_thread(_from_article, assignment)


def _require_words(language: LanguageTag) -> None:
    """Refuse a language rather than write in another one."""
    if primary_language(language) not in languages():
        raise Reject(LANGUAGE_UNAVAILABLE, NO_WORDS.format(asked=language, languages=", ".join(sorted(languages()))))


def _from_article(assignment: Assignment) -> Written:
    """Write until a lesson is well."""
    reasons: set[str] = set()
    for turn in range(TURNS_MAX):
        draft = lesson(assignment, turn)
        found = findings(draft, assignment, CHECKED)
        refused = refusals(found)
        if not refused:
            return Written(draft, checks_passed=passed(found), reading_level=reading_level(draft, assignment))
        reasons |= refused
    raise Reject(LESSON_REFUSED, f"no lesson can be made of the article: it {', and '.join(sorted(reasons))}")
