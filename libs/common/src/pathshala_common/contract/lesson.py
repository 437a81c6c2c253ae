"""The nouns: what is asked for, what a lesson holds, and the task that leads from one to the other."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from pathshala_common.contract.derived_id import derived_id

NAME_LENGTH_MAX = 200
NAMES_KEPT = 4_096
"""Names and tags whose folded form is kept: the same few are folded at every step of a lesson."""

TEXT_LENGTH_MAX = 20_000
NOTE_LENGTH_MAX = 1_000
STARS_MAX = 5
LESSON_MINUTES_MAX = 600
SOURCE_TEXT_LENGTH_MAX = 12_000
YEARS = range(1970, 9_000)
INVISIBLE = frozenset({"Cf", "Zs", "Zl", "Zp"})
SAYABLE = frozenset({"L", "N", "P", "S"})
"""Letters, numbers, punctuation and symbols, by the first letter of their category."""

UNSEEN_SIGNS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Blanks that Unicode counts among letters and symbols: the fillers of Hangul, the empty pattern of Braille."""

EDITION_LOGS = UUID("5a0e9a1c-8a63-5f0e-b0a6-3a2f6d1f9c27")
UNSEEN = r"\s\u00ad\u0600-\u0605\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
NAME_PATTERN = rf"^[^\x00-\x1f\x7f-\x9f]*[^{UNSEEN}\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
"""The rule of names, for those who read a schema: no control characters, and something besides blanks."""

MARKUP = re.compile(r"</?[a-zA-Z][^>]*>|<!--.*?-->|&[a-zA-Z]+;|&#[xX]?[0-9a-fA-F]+;|[*_~`#|<>]")
VERSION = re.compile(r"1\.(0|[1-9][0-9]{0,8})")


def _printable(text: str) -> str:
    """Refuse control characters, which no log or terminal should meet in a name, and names that cannot be seen."""
    if text.isprintable() and not text.isspace():
        return text  # so nearly every name: blanks are its only signs that are not seen
    categories = {unicodedata.category(character) for character in text}
    if "Cc" in categories:
        raise ValueError("must not contain control characters")
    if categories <= INVISIBLE:
        raise ValueError("must not be blank")
    return text


def sayable(name: str) -> str:
    """Refuse a name that has nothing to be seen and said once markup is taken away.

    It is for names that are new. Those of events are not held to it, so that what was once accepted can be read.
    """
    seen = MARKUP.sub("", name)
    if not any(unicodedata.category(sign)[0] in SAYABLE and sign not in UNSEEN_SIGNS for sign in seen):
        raise ValueError("must have something that can be seen and said")
    return name


def whole_milliseconds(moment: datetime) -> datetime:
    """Moments are UTC with whole milliseconds, in years that leave room to count on: what all can hold."""
    if moment.year not in YEARS:
        raise ValueError(f"must lie in the years {YEARS.start} to {YEARS.stop - 1}")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    beyond = moment.microsecond % 1000
    return moment - timedelta(microseconds=beyond) if beyond else moment


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_LENGTH_MAX),
    AfterValidator(_printable),
    Field(json_schema_extra={"pattern": NAME_PATTERN}),
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_LENGTH_MAX)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NOTE_LENGTH_MAX)]
Revision = Annotated[int, Field(ge=1)]
Stars = Annotated[int, Field(ge=1, le=STARS_MAX)]
WebAddress = Annotated[
    str, StringConstraints(pattern=r"^https?://", max_length=2_000), Field(json_schema_extra={"format": "uri"})
]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}$")]
Moment = Annotated[AwareDatetime, AfterValidator(whole_milliseconds)]


def is_none(value: object) -> bool:
    """Whether a field has nothing to say. Such a later field is not written: the bytes are those from before it."""
    return value is None


CallbackUrl = Annotated[WebAddress | None, Field(exclude_if=is_none)]
SourceText = Annotated[
    Annotated[Text, StringConstraints(max_length=SOURCE_TEXT_LENGTH_MAX)] | None, Field(exclude_if=is_none)
]


TaskId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]


class Value(BaseModel):
    """A value: frozen; a field it does not know (from a later version) is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_serialization_defaults_required=True)


class Level(StrEnum):
    """Whom a lesson is for: pupils of about 6 to 10, 11 to 13 and 14 to 18 years, or grown people."""

    PRIMARY = "primary"
    MIDDLE = "middle"
    SECONDARY = "secondary"
    ADULT = "adult"


class LessonPart(StrEnum):
    """The parts of a lesson that can be written anew, each for itself."""

    TITLE = "title"
    OBJECTIVES = "objectives"
    VERSE = "verse"
    EXPLANATION = "explanation"
    ACTIVITY = "activity"
    QUESTIONS = "questions"


class HowMade(StrEnum):
    """How a version came about: written anew, or made of an earlier version of its edition."""

    GENERATED = "generated"
    EDITED = "edited"
    """By hand."""
    REWRITTEN = "rewritten"
    """One part by a writer, the rest as it was."""
    ROLLED_BACK = "rolled_back"
    """To the content of an earlier version."""


class Derivation(Value):
    """The version that another one is made of, how, and why. Of a rewritten one, `note` is what was wished."""

    how: Annotated[HowMade, Field(description="How it was made of the other: edited, rewritten or rolled_back.")]
    revision: Annotated[Revision, Field(description="The revision of the edition that it is made of, from 1.")]
    note: Annotated[Note | None, Field(exclude_if=is_none, description="Why, in the words of who made it.")] = None
    part: Annotated[
        LessonPart | None, Field(exclude_if=is_none, description="The part that was written anew, of a rewritten one.")
    ] = None
    number: Annotated[
        int | None, Field(ge=1, exclude_if=is_none, description="The question, from 1, if one alone was written anew.")
    ] = None


class LessonRequest(Value):
    """One person's order, and the deadline until which it is worth working on.

    `source_text` is the article that came with it; then no other is looked for. `retry_of` is the failed task that
    this one asks for anew. `callback_url` is told of the end. `derivation` says which version is changed, if the order
    is a change of one; `user_id` is who changes it.
    `class_set` is the set that it was ordered by.
    """

    subject: Annotated[Name, Field(description="The subject, as it was asked for.")]
    topic: Annotated[Name, Field(description="The topic within the subject.")]
    user_id: Annotated[Name, Field(description="Who asks.")]
    include_wikipedia: Annotated[bool, Field(description="Whether an article of Wikipedia's is to be looked for.")] = (
        True
    )
    language: Annotated[LanguageTag, Field(description="The language that the lesson is wanted in.")] = "en"
    level: Annotated[Level, Field(description="Whom the lesson is for.")] = Level.MIDDLE
    source_text: Annotated[SourceText, Field(description="The article that came with the order.")] = None
    callback_url: Annotated[CallbackUrl, Field(description="Where to tell the end of the task.")] = None
    retry_of: Annotated[
        TaskId | None, Field(exclude_if=is_none, description="The failed task that this one asks for anew.")
    ] = None
    derivation: Annotated[
        Derivation | None, Field(exclude_if=is_none, description="The version that is changed, and how.")
    ] = None
    class_set: Annotated[
        TaskId | None, Field(exclude_if=is_none, description="The class set that it was ordered by.")
    ] = None
    requested_at: Annotated[Moment, Field(description="When it was accepted.")]
    deadline: Annotated[Moment, Field(description="When it is worth no more work.")]

    @property
    def is_for_a_part(self) -> bool:
        """Whether one part of a version is wanted anew, and no whole lesson."""
        return self.derivation is not None and self.derivation.how is HowMade.REWRITTEN

    @property
    def edition(self) -> "EditionKey":
        """The edition that is ordered."""
        return edition_key(self.subject, self.topic, self.language, self.level)


def is_edit(request: LessonRequest) -> bool:
    """Whether it is a change by hand, with its text, and no order for a writer."""
    derivation = request.derivation
    return derivation is not None and derivation.how in {HowMade.EDITED, HowMade.ROLLED_BACK}


class SuggestedOrder(Value):
    """The body of an order that would do, as POST /lessons takes it."""

    subject: Annotated[Name, Field(description="The subject.")]
    topic: Annotated[Name, Field(description="The topic within the subject.")]
    user_id: Annotated[Name, Field(description="Who asks.")]
    include_wikipedia: Annotated[bool, Field(description="Whether an article of Wikipedia's is to be looked for.")]
    language: Annotated[LanguageTag, Field(description="The language that the lesson is wanted in.")]
    level: Annotated[Level, Field(description="Whom the lesson is for.")]


class Suggestion(Value):
    """Another order instead of one that failed. `needs` names what only the person can add: `source_text`, say."""

    words: Annotated[Text, Field(description="The suggestion, for people.")]
    order: Annotated[SuggestedOrder, Field(description="The body of the next order.")]
    needs: Annotated[tuple[Text, ...], Field(description="The fields that only the person can add to it.")] = ()


class ArticleSource(StrEnum):
    """Where an article is from: Wikipedia, the samples that the house ships, or the teacher who sent it along."""

    WIKIPEDIA = "wikipedia"
    SAMPLE = "sample"
    TEACHER = "teacher"


class Picture(Value):
    """Whose an article's picture is, and on what terms: its page, author and licence differ from the text's."""

    page: Annotated[WebAddress, Field(description="The page about the picture.")]
    author: Annotated[Text, Field(description="Who made it.")]
    licence: Annotated[Text, Field(description="The name of its licence.")]
    licence_url: Annotated[WebAddress | None, Field(description="The text of its licence.")] = None


class Article(Value):
    """An article as it was read, with all that its licence asks to be kept beside it.

    One of Wikipedia's has an address, and says when it was read, by Wikipedia's own clock. `picture` says whose the
    thumbnail is; earlier versions kept thumbnails without it, and no time.
    """

    title: Annotated[Text, Field(description="The title of the article's page.")]
    summary: Annotated[Text, Field(description="Its text, as plain text, as far as it was read.")]
    url: Annotated[WebAddress | None, Field(description="The address of its page.")]
    related_articles: Annotated[
        tuple[Text, ...], Field(description="The titles of other articles that the search found.")
    ] = ()
    thumbnail: Annotated[WebAddress | None, Field(description="The address of a small picture.")] = None
    language: Annotated[LanguageTag, Field(description="The language that it is written in.")]
    revision_id: Annotated[int, Field(description="The page's revision that was read; 0 if it is no page's.")]
    licence: Annotated[Text, Field(description="The name of the licence of its text.")]
    source: Annotated[ArticleSource, Field(description="Where it is from.")] = ArticleSource.WIKIPEDIA
    read_at: Annotated[Moment | None, Field(description="When it was last compared with its page.")] = None
    picture: Annotated[Picture | None, Field(description="Whose the thumbnail is, and on what terms.")] = None


class Absence(StrEnum):
    """Why a lesson stands on no article."""

    NOT_REQUESTED = "not_requested"
    NOT_FOUND = "not_found"
    UNAVAILABLE = "unavailable"
    TIMED_OUT = "timed_out"


class Statement(Value):
    """One statement of the explanation, and the article's own words that it rests on; without: not from the source."""

    text: Annotated[Text, Field(description="The statement, as the explanation has it.")]
    quote: Annotated[Text | None, Field(description="The article's own words that it rests on.")] = None


NotNegative = Annotated[int, Field(ge=0)]


class Usage(Value):
    """The model's calls, tokens and cost, in `currency`. The cost is known only if prices are set."""

    calls: Annotated[int, Field(ge=0, description="The number of calls.")]
    prompt_tokens: Annotated[NotNegative | None, Field(description="The tokens that it read.")] = None
    completion_tokens: Annotated[NotNegative | None, Field(description="The tokens that it wrote.")] = None
    seconds: Annotated[float, Field(ge=0, description="The time that its answers took.")]
    cost: Annotated[Annotated[float, Field(ge=0)] | None, Field(description="The price, if prices are set.")] = None
    currency: Annotated[Text | None, Field(description="The currency of the cost.")] = None


class ReadingLevel(Value):
    """The difficulty of the explanation by a published formula, and whether that fits the level of the order."""

    formula: Annotated[Text, Field(description="The name of the formula.")]
    score: Annotated[float, Field(description="What the formula gives for the explanation.")]
    fits: Annotated[bool, Field(description="Whether the score fits the level of the order.")]


class CheckFinding(Value):
    """A fault that a check finds in a part of a lesson."""

    check: Annotated[Text, Field(description="The check that finds it.")]
    part: Annotated[Text, Field(description="The field of the lesson that it is in.")]
    reason: Annotated[Text, Field(description="What is wrong, for people: it goes on where the name of the part ends.")]


class Overruling(Value):
    """A check that a teacher overrules in a version, for good, and why."""

    check: Annotated[Text, Field(description="The check that is overruled.")]
    reason: Annotated[Note, Field(description="Why, in the teacher's words.")]


class Examined(Value):
    """The findings of the checks in a version that was changed by hand, and the checks that its editor overrules.

    A finding forbids nothing, and an overruled check's findings stay.
    """

    found: Annotated[tuple[CheckFinding, ...], Field(description="What the checks find, in the order of checks.")] = ()
    overruled: Annotated[tuple[Overruling, ...], Field(description="The checks that the editor overrules.")] = ()


def is_empty(value: tuple[object, ...]) -> bool:
    """Whether a list has nothing in it. Such a later field is not written: the bytes are those from before it."""
    return not value


class RewrittenPart(Value):
    """A part that was written anew, and how. What the quality of a lesson says else is of the other parts."""

    part: Annotated[LessonPart, Field(description="The part.")]
    number: Annotated[
        int | None, Field(exclude_if=is_none, description="The question, from 1, if it was one alone.")
    ] = None
    writer: Annotated[Text, Field(description="What wrote it: openai (a language model) or offline.")]
    model: Annotated[Text | None, Field(description="The name of the language model.")] = None
    repaired: Annotated[bool, Field(description="Whether it was written again after a check.")] = False
    prompt_version: Annotated[
        Text | None, Field(description="The version of the lesson plan that a model was given.")
    ] = None
    usage: Annotated[Usage | None, Field(description="The calls of the language model for it, and their cost.")] = None


class Quality(Value):
    """The origin of a lesson, told so that no lesson passes for what it is not.

    `source` says where its article is from. `article_fallback` says that the article is in English for want of one in
    the lesson's language. `edited_fields` are those that no longer stand as the writer wrote them.
    """

    writer: Annotated[
        Text, Field(description="What wrote it: openai (a language model) or offline (the built-in writer).")
    ]
    model: Annotated[Text | None, Field(description="The name of the language model.")] = None
    grounded: Annotated[bool, Field(description="Whether it stands on an article.")]
    ungrounded_reason: Annotated[Absence | None, Field(description="Why it stands on none of Wikipedia's.")] = None
    article_fallback: Annotated[
        bool, Field(description="Whether the article is in English for want of one in the lesson's language.")
    ] = False
    source: Annotated[ArticleSource | None, Field(description="Where the article is from.")] = None
    repaired_fields: Annotated[
        tuple[Text, ...], Field(description="The fields that were written anew after a check.")
    ] = ()
    edited_fields: Annotated[
        tuple[Text, ...],
        Field(exclude_if=is_empty, description="The fields that people changed since; left out if there are none."),
    ] = ()
    checks_passed: Annotated[
        tuple[Text, ...],
        Field(description="The checks that it passed; earlier and later versions may have others."),
    ] = ()
    prompt_version: Annotated[
        Text | None, Field(description="The version of the lesson plan that a model was given.")
    ] = None
    usage: Annotated[Usage | None, Field(description="The calls of the language model, and their cost.")] = None
    reading_level: Annotated[ReadingLevel | None, Field(description="How hard the explanation is to read.")] = None
    rewritten: Annotated[
        tuple[RewrittenPart, ...], Field(exclude_if=is_empty, description="The parts that were written anew since.")
    ] = ()


class QuestionForm(StrEnum):
    """How a question is answered: in own words, by a word in a gap, by one of its options, or by true or false."""

    OPEN = "open"
    GAP = "gap"
    CHOICE = "choice"
    TRUE_FALSE = "true_false"


class PupilQuestion(Value):
    """A question as pupils see it. A choice has its options in the order in which they are shown."""

    form: Annotated[QuestionForm, Field(description="How it is answered.")]
    text: Annotated[Text, Field(description="The question.")]
    options: Annotated[
        tuple[Text, ...], Field(description="The options of a choice, in the order in which they are shown.")
    ] = ()


class LessonQuestion(PupilQuestion):
    """A question with its answer, and the statements that prove it, by their places from 1 in `statements`.

    The answer is one of the options of a choice; `true` or `false`, in any language, of a true or false.
    """

    answer: Annotated[Text, Field(description="The answer: for a choice, one of the options.")]
    proven_by: Annotated[
        tuple[Annotated[int, Field(ge=1)], ...],
        Field(description="The statements that prove it, by their places from 1."),
    ] = ()

    @property
    def distractors(self) -> tuple[str, ...]:
        """The options that are not the answer."""
        return tuple(option for option in self.options if option != self.answer)

    def for_pupils(self) -> PupilQuestion:
        """It without its answer, and without the places that prove it."""
        return PupilQuestion(form=self.form, text=self.text, options=self.options)


class PupilLesson(Value):
    """The lesson as pupils see it: the seed's fields, where verse and statements come from, and how it was made.

    A number in square brackets in the explanation counts the statements that have a quote, from 1. `source` says where
    the article is from that the lesson stands on; one that is not Wikipedia's is in `source_info`. `questions` go from
    easy to hard, and `question` is the first one's text; a lesson that states no facts has that alone, and so have
    those of earlier versions. `objectives` say what a learner can do after; `minutes` are those of lesson and activity
    together.
    """

    title: Annotated[Text, Field(description="The title of the lesson.")]
    objectives: Annotated[tuple[Text, ...], Field(description="What a learner can do after it.")] = ()
    shloka: Annotated[Text, Field(description="The verse that opens the lesson, in its own script.")]
    shloka_transliteration: Annotated[Text | None, Field(description="The verse in Latin letters (IAST).")] = None
    shloka_source: Annotated[Text, Field(description="The work and the place in it that the verse is from.")]
    shloka_connection: Annotated[Text | None, Field(description="What the verse has to do with the topic.")] = None
    translation: Annotated[Text, Field(description="The verse in the language of the lesson.")]
    explanation: Annotated[
        Text,
        Field(description="The text. A number in square brackets counts the statements that have a quote, from 1."),
    ]
    statements: Annotated[
        tuple[Statement, ...],
        Field(description="The statements of the explanation, each with the article's words that it rests on."),
    ] = ()
    activity: Annotated[Text, Field(description="Something to do, in a class or at home.")]
    minutes: Annotated[
        Annotated[int, Field(ge=1, le=LESSON_MINUTES_MAX)] | None,
        Field(description="The length of lesson and activity together."),
    ] = None
    materials: Annotated[tuple[Text, ...], Field(description="What the activity needs.")] = ()
    question: Annotated[Text, Field(description="The first of the questions.")]
    questions: Annotated[tuple[PupilQuestion, ...], Field(description="The questions, from easy to hard.")] = ()
    wikipedia_info: Annotated[Article | None, Field(description="The article of Wikipedia's that it stands on.")] = None
    source: Annotated[ArticleSource | None, Field(description="Where the article is from that it stands on.")] = None
    source_info: Annotated[
        Article | None, Field(description="The article that it stands on, if it is not Wikipedia's.")
    ] = None
    language: Annotated[LanguageTag, Field(description="The language that it was ordered in.")] = "en"
    level: Annotated[Level, Field(description="Whom it is for.")] = Level.MIDDLE
    quality: Annotated[Quality, Field(description="How it was made, told so that no lesson passes for what it is not.")]


class LessonContent(PupilLesson):
    """The whole lesson, which is the teacher's: with the answers to its questions."""

    questions: Annotated[
        tuple[LessonQuestion, ...], Field(description="The questions, from easy to hard, with their answers.")
    ] = ()

    def for_pupils(self) -> PupilLesson:
        """It without any answer: what every view and file for pupils is made of."""
        asked = tuple(question.for_pupils() for question in self.questions)
        return PupilLesson.model_construct(**dict(self) | {"questions": asked})


class Precedent(Value):
    """The title and the opening of an earlier revision, so that the next one does not repeat them."""

    title: Annotated[Text, Field(description="The title of an earlier revision.")]
    opening: Annotated[Text, Field(description="How its explanation begins.")]


class LessonKey(NamedTuple):
    """The identity of a lesson: equal keys name the same one. Case and runs of blanks do not count."""

    subject: str
    topic: str


class EditionKey(NamedTuple):
    """The identity of an edition: the lesson, and the language and level that it was ordered in."""

    subject: str
    topic: str
    language: str
    level: str

    @property
    def lesson(self) -> LessonKey:
        """The lesson that this is an edition of."""
        return LessonKey(self.subject, self.topic)


class Lesson(Value):
    """One revision of an edition of a lesson, as it is kept for good.

    `serial` counts what was stored of the lesson in all its editions. Earlier versions gave revisions by that count,
    and no serial. `made_by` is the user who ordered or changed it; `derivation` is None if it was written anew,
    and `examined` if it was not changed by hand.
    """

    subject: Name
    topic: Name
    language: LanguageTag = "en"
    level: Level = Level.MIDDLE
    revision: Annotated[int, Field(ge=1)]
    serial: Annotated[int, Field(ge=1)] | None = None
    task_id: str
    created_at: Moment
    made_by: Name | None = None
    derivation: Derivation | None = None
    examined: Examined | None = None
    content: LessonContent

    @property
    def how_made(self) -> HowMade:
        """How it came about."""
        return self.derivation.how if self.derivation else HowMade.GENERATED

    @property
    def edition(self) -> EditionKey:
        """The edition that this is a revision of."""
        return edition_key(self.subject, self.topic, self.language, self.level)

    @property
    def mark(self) -> "LessonMark":
        """Its place in its edition and in its lesson."""
        return LessonMark(self.edition, self.revision, self.serial or self.revision)

    @property
    def version(self) -> str:
        """The revision as people see it: 1.0, 1.1, ... 1.9, 1.10."""
        return version_of(self.revision)


class LessonMark(NamedTuple):
    """The place of a stored lesson: its revision in its edition, its serial in its lesson."""

    edition: EditionKey
    revision: int
    serial: int


class Status(StrEnum):
    """The state of a task. It moves down this list, and never leaves one of the last two."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        """Whether the task has ended."""
        return self in {Status.COMPLETED, Status.FAILED}


class Rank(NamedTuple):
    """A place on a task's way. Later stages come later, in a stage later attempts, in an attempt later moments."""

    stage: int = 0
    attempt: int = 0
    moment: int = 0


class Stage(IntEnum):
    """The stages of a task, in their order."""

    REQUESTED = 0
    ENRICHING = 1
    ENRICHED = 2
    GENERATING = 3
    GENERATED = 4
    ENDED = 5

    @property
    def code(self) -> str:
        """The stage as it is told over HTTP."""
        return STAGE_CODES[self]


STAGE_CODES = ("asked", "reading", "read", "writing", "storing", "ended")


class Progress(Value):
    """The progress of a task. Of two, the one with the greater rank is the later, in whatever order they arrive.

    `message` is in the language of the order. `of` is the number of attempts that the one at hand counts among;
    `waiting_for` the code of what is waited for, until the moment `until`.
    """

    rank: Rank = Rank()
    message: str = "Waiting to be taken up"
    taken: bool = False
    """Whether a writer has it in hand or is done with it: nothing of it waits in a queue to be written."""
    of: Annotated[int | None, Field(exclude_if=is_none)] = None
    waiting_for: Annotated[str | None, Field(exclude_if=is_none)] = None
    until: Annotated[Moment | None, Field(exclude_if=is_none)] = None

    @property
    def stage(self) -> Stage:
        """The stage; of one that a later version knows, the last that this one does."""
        return Stage(min(self.rank.stage, Stage.ENDED))


class Task(Value):
    """One request's life, as the events told of it so far."""

    task_id: str
    request: LessonRequest
    status: Status = Status.PENDING
    progress: Progress = Progress()
    completed_at: Moment | None = None
    error_code: str | None = None
    error_message: str | None = None
    suggestion: Annotated[Suggestion | None, Field(exclude_if=is_none)] = None
    revision: int | None = None
    lesson: LessonContent | None = None
    retried_as: Annotated[TaskId | None, Field(exclude_if=is_none)] = None
    """The task that asks for the same anew, if this one failed and somebody had it retried."""

    fault: Annotated[str | None, Field(exclude=True)] = None
    """Why what was logged last is not folded in, if it cannot be read; kept beside the document, not in it."""


class NumberedTask(NamedTuple):
    """A task with the number of its last change: the position in its log of the event that made it; 0 when it is new.

    A document that an earlier version alone wrote has the position up to which it is folded.
    """

    task: Task
    number: int


def change_identity(task_id: str, number: int | str) -> str:
    """Name a change among those of all tasks, by whatever way it is told.

    It has no full stop, which parts what is signed of a webhook.
    """
    return f"{task_id}-{number}"


def primary_language(tag: LanguageTag) -> str:
    """Give the primary subtag of a language tag (BCP 47), which names the language alone: en of en-GB."""
    return tag.partition("-")[0].lower()


@lru_cache(maxsize=NAMES_KEPT)
def fold(name: str) -> str:
    """Fold a name for look-up: Unicode composed, case and inner runs of blanks ignored."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).split())


def lesson_key(subject: str, topic: str) -> LessonKey:
    """Give the key under which the lesson on this subject and topic is kept."""
    return LessonKey(fold(subject), fold(topic))


def edition_key(subject: str, topic: str, language: LanguageTag = "en", level: Level = Level.MIDDLE) -> EditionKey:
    """Give the key under which an edition of the lesson on this subject and topic is kept."""
    return EditionKey(fold(subject), fold(topic), canonical(language), level.value)


def edition_log(edition: EditionKey) -> str:
    """Name the log of what is said of an edition's versions, among those of tasks; no task has such a name."""
    return derived_id(EDITION_LOGS, "\x1f".join(edition))


@lru_cache(maxsize=NAMES_KEPT)
def canonical(tag: LanguageTag) -> str:
    """Write a language tag as is usual (RFC 5646, 2.1.1): pt-BR and zh-Hant, whatever case it came in."""
    first, *rest = tag.lower().split("-")
    return "-".join([first, *map(_subtag, rest)])


def _subtag(subtag: str) -> str:
    if subtag.isalpha() and len(subtag) in {2, 4}:
        return subtag.upper() if len(subtag) == 2 else subtag.title()  # noqa: PLR2004 - a region has two letters
    return subtag


def version_of(revision: int) -> str:
    """Show revision 1 as 1.0, revision 11 as 1.10."""
    return f"1.{revision - 1}"


def revision_of(version: str) -> int | None:
    """Read a version back; None if it is not one."""
    shown = VERSION.fullmatch(version)
    return int(shown[1]) + 1 if shown else None
