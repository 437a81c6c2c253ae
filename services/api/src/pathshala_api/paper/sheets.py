"""A lesson as lines: what stands on the pupil's sheet and on the teacher's, for every format alike. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pathshala_api.paper.citing import article_of, cited, followable, licence_url, revision_url, site
from pathshala_api.paper.labels import Labels, labels_in
from pathshala_api.paper.stamp import Sheet
from pathshala_common.contract.lesson import (
    Article,
    ArticleSource,
    Lesson,
    LessonContent,
    LessonQuestion,
    QuestionForm,
    version_of,
)
from pathshala_common.contract.ports.store import StoredLesson

TRUTHS = ("true", "false")
WRITING_LINES = {QuestionForm.OPEN: 3, QuestionForm.GAP: 1}
"""Lines to write on, by the form of a question: a gap in a text is too narrow for a hand."""

OFFLINE = "offline"


class LineKind(StrEnum):
    """The kinds of line. Each format has a way to write each of them."""

    SHEET = "sheet"
    TITLE = "title"
    ABOUT = "about"
    NAME = "name"
    VERSE = "verse"
    TRANSLITERATION = "transliteration"
    TRANSLATION = "translation"
    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"
    QUESTION = "question"
    HINT = "hint"
    OPTION = "option"
    WRITING = "writing"
    ANSWER = "answer"
    PROOF = "proof"
    CITED = "cited"
    FACT = "fact"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of a sheet: its text, and what is said before it.

    `field` is the lesson's field that it shows, by its path; nothing for what is said around it. `language` is that of
    the text, if it is not the lesson's; `href` is where a link on it leads. Numbers in brackets in `cites` cite.
    """

    kind: LineKind
    text: str
    field: str = ""
    label: str = ""
    language: str = ""
    href: str | None = None


def sheet_lines(stored: StoredLesson, sheet: Sheet) -> Sequence[SheetLine]:
    """Give all lines of the sheets that are asked for, the pupil's first."""
    words = labels_in(stored.lesson.content.language)
    lines: list[SheetLine] = []
    if sheet is not Sheet.TEACHER:
        lines += [SheetLine(LineKind.SHEET, ""), *_pupil(stored.lesson, words), *_stamped(stored, words)]
    if sheet is not Sheet.PUPIL:
        lines += [
            SheetLine(LineKind.SHEET, words["teachers_sheet"]),
            *_teacher(stored.lesson, words),
            *_stamped(stored, words),
        ]
    return [line for line in lines if line.text or line.label or line.kind is LineKind.SHEET]


def paragraphs(text: str) -> Sequence[str]:
    """Part a text at its line ends."""
    return [part.strip() for part in text.split("\n") if part.strip()]


def _pupil(lesson: Lesson, words: Labels) -> Iterator[SheetLine]:
    content = lesson.content
    yield from _head(lesson, words)
    yield SheetLine(LineKind.NAME, "", label=f"{words['name']}|{words['date']}")
    yield SheetLine(LineKind.VERSE, content.shloka, "shloka", language="sa")
    yield SheetLine(
        LineKind.TRANSLITERATION, content.shloka_transliteration or "", "shloka_transliteration", language="sa-Latn"
    )
    yield SheetLine(LineKind.TRANSLATION, content.translation, "translation")
    yield SheetLine(LineKind.SMALL, content.shloka_source, "shloka_source", language="en")
    yield SheetLine(LineKind.TEXT, content.shloka_connection or "", "shloka_connection")
    yield SheetLine(LineKind.HEADING, words["explanation"])
    yield from (SheetLine(LineKind.TEXT, part, "explanation") for part in paragraphs(content.explanation))
    yield SheetLine(LineKind.HEADING, words["activity"])
    yield from (SheetLine(LineKind.TEXT, part, "activity") for part in paragraphs(content.activity))
    if content.materials:
        yield SheetLine(LineKind.FACT, ", ".join(content.materials), "materials", label=words["materials"])
    yield SheetLine(LineKind.HEADING, words["questions"])
    yield from _asked(content, words)
    yield from _source(content, words)


def _head(lesson: Lesson, words: Labels) -> Iterator[SheetLine]:
    yield SheetLine(LineKind.TITLE, lesson.content.title, "title")
    about = (lesson.subject, lesson.topic, words.level(lesson.level), words["version"].format(lesson.version))
    yield SheetLine(LineKind.ABOUT, " · ".join(about), "subject")


def _asked(content: LessonContent, words: Labels) -> Iterator[SheetLine]:
    """The questions as pupils get them, with room for what they write."""
    if not content.questions:
        yield SheetLine(LineKind.QUESTION, content.question, "question", label="1")
        yield from _room(QuestionForm.OPEN)
    for number, asked in enumerate(content.for_pupils().questions, 1):
        field = f"questions.{number}"
        yield SheetLine(LineKind.QUESTION, asked.text, f"{field}.text", label=str(number))
        if asked.form is QuestionForm.CHOICE:
            yield SheetLine(LineKind.HINT, words["tick_one"])
            yield from (SheetLine(LineKind.OPTION, option, f"{field}.options") for option in asked.options)
        elif asked.form is QuestionForm.TRUE_FALSE:
            yield SheetLine(LineKind.HINT, words["tick_one"])
            yield from (SheetLine(LineKind.OPTION, words[truth]) for truth in TRUTHS)
        yield from _room(asked.form)


def _room(form: QuestionForm) -> Iterator[SheetLine]:
    return (SheetLine(LineKind.WRITING, "", label="_") for _ in range(WRITING_LINES.get(form, 0)))


def _teacher(lesson: Lesson, words: Labels) -> Iterator[SheetLine]:
    content = lesson.content
    yield from _head(lesson, words)
    if content.objectives:
        yield SheetLine(LineKind.HEADING, words["objectives"])
        yield from (SheetLine(LineKind.ITEM, text, f"objectives.{at}") for at, text in enumerate(content.objectives, 1))
    if content.minutes is not None:
        yield SheetLine(
            LineKind.FACT, words["minutes_value"].format(content.minutes), "minutes", label=words["minutes"]
        )
    if content.materials:
        yield SheetLine(LineKind.FACT, ", ".join(content.materials), "materials", label=words["materials"])
    yield SheetLine(LineKind.HEADING, words["answers"])
    if not content.questions:
        yield SheetLine(LineKind.QUESTION, content.question, "question", label="1")
        yield SheetLine(LineKind.ANSWER, words["no_answer"], label=words["answer"])
    for number, asked in enumerate(content.questions, 1):
        yield from _answered(number, asked, content, words)
    yield from _cited(content, words)
    yield from _made(lesson, words)
    yield from _source(content, words)


def _answered(number: int, asked: LessonQuestion, content: LessonContent, words: Labels) -> Iterator[SheetLine]:
    field = f"questions.{number}"
    yield SheetLine(LineKind.QUESTION, asked.text, f"{field}.text", label=str(number))
    yield SheetLine(LineKind.ANSWER, shown_answer(asked, words), f"{field}.answer", label=words["answer"])
    for place in asked.proven_by:
        if place <= len(content.statements):
            yield SheetLine(
                LineKind.PROOF, content.statements[place - 1].text, f"statements.{place}.text", words["proof"]
            )


def shown_answer(asked: LessonQuestion, words: Labels) -> str:
    """Say the answer: true and false in the lesson's language."""
    is_truth = asked.form is QuestionForm.TRUE_FALSE and asked.answer in TRUTHS
    return words[asked.answer] if is_truth else asked.answer


def _cited(content: LessonContent, words: Labels) -> Iterator[SheetLine]:
    article, quotes = article_of(content), cited(content)
    if not quotes:
        return
    language, href = article.language if article else "", revision_url(article)
    yield SheetLine(LineKind.HEADING, words["cited"])
    for one in quotes:
        yield SheetLine(LineKind.CITED, one.quote, f"statements.{one.place}.quote", f"[{one.number}]", language, href)


def _made(lesson: Lesson, words: Labels) -> Iterator[SheetLine]:
    quality = lesson.content.quality
    offline = quality.writer == OFFLINE
    writer = words["writer_offline"] if offline else words["writer_model"].format(quality.model or quality.writer)
    yield SheetLine(LineKind.HEADING, words["made"])
    yield SheetLine(LineKind.FACT, writer, "quality.writer", words["writer"])
    for field, label in (
        ("checks_passed", "checks"),
        ("repaired_fields", "repaired"),
        ("edited_fields", "changed_fields"),
    ):
        told = ", ".join(getattr(quality, field))
        yield SheetLine(LineKind.FACT, told, f"quality.{field}", words[label] if told else "", "en")
    if quality.article_fallback:
        yield SheetLine(LineKind.FACT, f"{words['fallback']}.", "quality.article_fallback")
    yield from _changed(lesson, words)


def _changed(lesson: Lesson, words: Labels) -> Iterator[SheetLine]:
    """Say who changed it, of which version; and what checks find in it, and which are overruled, hidden from nobody."""
    made_of, examined = lesson.derivation, lesson.examined
    if made_of is not None:
        by = words["changed_value"].format(user=lesson.made_by or "?", version=version_of(made_of.revision))
        why = f"{by}: {made_of.note}" if made_of.note else by
        yield SheetLine(LineKind.FACT, why, "derivation", words["changed"])
    if examined is not None:
        for found in examined.found:
            told = f"{found.part} {found.reason} ({found.check})"
            yield SheetLine(LineKind.FACT, told, "examined.found", words["found"], "en")
        for one in examined.overruled:
            yield SheetLine(LineKind.FACT, f"{one.check}: {one.reason}", "examined.overruled", words["overruled"])


def _source(content: LessonContent, words: Labels) -> Iterator[SheetLine]:
    """The source, with all that the licences ask for; or that there is none."""
    article = article_of(content)
    yield SheetLine(LineKind.HEADING, words["source"])
    if article is None:
        yield SheetLine(LineKind.SMALL, f"{words['ungrounded']}.", "quality.grounded")
        return
    path = "wikipedia_info" if content.wikipedia_info else "source_info"
    yield SheetLine(LineKind.SMALL, _named(article, words), f"{path}.title")
    url = revision_url(article)
    if url is not None:
        yield SheetLine(LineKind.SMALL, url, f"{path}.url", href=url, language="en")
    licence = licence_url(article.licence)
    said = f"{words['licence']}: {article.licence}" + (f" ({licence})" if licence else "")
    yield SheetLine(LineKind.SMALL, f"{said}. {words['share']}.", f"{path}.licence", href=licence)
    picture = article.picture
    if picture is not None and followable(picture.page):
        by = words["picture_by"].format(author=picture.author, licence=picture.licence)
        yield SheetLine(
            LineKind.SMALL, f"{words['picture']}: {picture.page}, {by}", f"{path}.picture", href=picture.page
        )


def _named(article: Article, words: Labels) -> str:
    if article.source is ArticleSource.WIKIPEDIA:
        said = words["source_wikipedia"].format(
            title=article.title, site=site(article) or "MediaWiki", revision=article.revision_id
        )
    else:
        said = words[f"source_{article.source}"].format(title=article.title)
    read_at = article.read_at
    return said if read_at is None else f"{said}, {words['read_at'].format(read_at.date().isoformat())}"


def _stamped(stored: StoredLesson, words: Labels) -> Iterator[SheetLine]:
    names = (
        words["task"].format(stored.lesson.task_id),
        words["event"].format(stored.event_id),
        words["sha256"].format(stored.sha256),
    )
    yield SheetLine(LineKind.SMALL, ", ".join(names), "stored", label=words["stored"])
