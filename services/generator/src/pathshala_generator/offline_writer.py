"""The writer that needs no key and no network: it arranges what the article says, and claims nothing of its own."""

import re

from pathshala_common.contract.lesson import Article, LessonRequest
from pathshala_generator.draft import Assignment, Draft, Record, Said, Written

LANGUAGE = "en"
FACTS_MAX = 5
SENTENCE_LENGTH_MAX = 600
# A stop ends a sentence before blanks and a capital, a digit or a script without capitals; not after an initial.
SENTENCE_END = re.compile(
    r"(?<=[.!?।。])(?<!\b\w\.)(?<!\b(?:Dr|Mr|St)\.)(?<!\b(?:Mrs|etc|e\.g|i\.e)\.)\s+(?=[^a-z\s])|\n+"
)


class OfflineWriter:
    """Writes in English around the article's own sentences; without an article it says how to find out."""

    name = "offline"
    model = None

    async def write(self, assignment: Assignment, _record: Record) -> Written:
        """Write at once."""
        if assignment.article:
            return Written(_from_article(assignment.request, assignment.article))
        return Written(_without_article(assignment.request))


def _from_article(request: LessonRequest, article: Article) -> Draft:
    """Say what the article says, in its own sentences and under its name."""
    opening, *facts = _sentences(article.summary)
    told = [f"The encyclopedia article “{article.title}” begins: “{opening}”"]
    if facts:
        told.append("In its own words, it goes on:\n" + "\n".join(f"- {fact}" for fact in facts))
    told.append(f"Source: “{article.title}”, {article.url}, revision {article.revision_id}, {article.licence}.")
    return Draft(
        language=LANGUAGE,
        title=f"{request.topic}: what the encyclopedia says",
        explanation=_paragraphs("\n\n".join(told)),
        activity=(
            f"Read the sentences on {request.topic} twice, then put them away. Write down what you remember, in your "
            "own words. Compare with the text, and mark what you left out. Choose one word that was new to you, find "
            "its meaning, and use it in a sentence of your own."
        ),
        question=(
            f"How does the article “{article.title}” begin to describe its subject? "
            "Answer in your own words, and name the words in the text that your answer rests on."
        ),
    )


def _without_article(request: LessonRequest) -> Draft:
    """Say honestly that there are no facts here, and how to come by them."""
    topic, subject = request.topic, request.subject
    return Draft(
        language=LANGUAGE,
        title=f"{topic}: how to find out",
        explanation=_paragraphs(
            f"This lesson was made without a source on “{topic}” ({subject}), so it states no facts about it. "
            "It shows how to find them.\n\n"
            f"1. Look up “{topic}” in a textbook on {subject}, or in an encyclopedia.\n"
            "2. Read the first paragraph: it should say what the thing is. Copy that sentence, and note where it "
            "stands.\n"
            "3. Find one example, and one thing that is often confused with it.\n"
            "4. Look for a second source. Where the two differ, write down both."
        ),
        activity=(
            f"Before you look anything up, write down what you already believe about “{topic}” and one thing that "
            "you do not know. Then follow the four steps of the explanation, and correct what you wrote."
        ),
        question="Which four steps does this lesson name, and which of them helps when one source is wrong?",
    )


def _paragraphs(text: str) -> tuple[tuple[Said, ...], ...]:
    return tuple((Said(text=part),) for part in text.split("\n\n"))


def _sentences(text: str) -> list[str]:
    """The first sentences of a text as they stand; one that is too long is cut where a word ends."""
    found = [" ".join(sentence.split()) for sentence in SENTENCE_END.split(text)]
    return [_shortened(sentence) for sentence in found if sentence][: FACTS_MAX + 1]


def _shortened(sentence: str) -> str:
    """Cut, visibly, what is too long to be read as a sentence."""
    if len(sentence) <= SENTENCE_LENGTH_MAX:
        return sentence
    return sentence[:SENTENCE_LENGTH_MAX].rpartition(" ")[0] + " …"
