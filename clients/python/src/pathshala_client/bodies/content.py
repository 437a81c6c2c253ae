"""The bodies of requests and answers about content.

Written by `scripts/clients`, from the description of the API; a test holds it to that.
"""

from typing import Literal, NotRequired, TypedDict

Level = Literal["primary", "middle", "secondary", "adult"]
View = Literal["teacher", "pupil"]
LessonFormat = Literal["json", "html", "md", "gift", "imscc", "docx", "pdf"]
Sheet = Literal["pupil", "teacher", "both"]
QuestionForm = Literal["open", "gap", "choice", "true_false"]
ArticleSource = Literal["wikipedia", "sample", "teacher"]
Absence = Literal["not_requested", "not_found", "unavailable", "timed_out"]
LessonPart = Literal["title", "objectives", "verse", "explanation", "activity", "questions"]
HowMade = Literal["generated", "edited", "rewritten", "rolled_back"]


class Statement(TypedDict):
    """One statement of the explanation, and the article's own words that it rests on; without: not from the source."""

    text: str
    quote: str | None


class LessonQuestion(TypedDict):
    """A question with its answer, and the statements that prove it, by their places from 1 in `statements`."""

    form: QuestionForm
    text: str
    options: list[str]
    answer: str
    proven_by: list[int]


class Picture(TypedDict):
    """Whose an article's picture is, and on what terms: its page, author and licence differ from the text's."""

    page: str
    author: str
    licence: str
    licence_url: str | None


class Article(TypedDict):
    """An article as it was read, with all that its licence asks to be kept beside it."""

    title: str
    summary: str
    url: str | None
    related_articles: list[str]
    thumbnail: str | None
    language: str
    revision_id: int
    licence: str
    source: ArticleSource
    read_at: str | None
    picture: Picture | None


class Usage(TypedDict):
    """The model's calls, tokens and cost, in `currency`. The cost is known only if prices are set."""

    calls: int
    prompt_tokens: int | None
    completion_tokens: int | None
    seconds: float
    cost: float | None
    currency: str | None


class ReadingLevel(TypedDict):
    """The difficulty of the explanation by a published formula, and whether that fits the level of the order."""

    formula: str
    score: float
    fits: bool


class RewrittenPart(TypedDict):
    """A part that was written anew, and how. What the quality of a lesson says else is of the other parts."""

    part: LessonPart
    number: NotRequired[int | None]
    writer: str
    model: str | None
    repaired: bool
    prompt_version: str | None
    usage: Usage | None


class Quality(TypedDict):
    """The origin of a lesson, told so that no lesson passes for what it is not."""

    writer: str
    model: str | None
    grounded: bool
    ungrounded_reason: Absence | None
    article_fallback: bool
    source: ArticleSource | None
    repaired_fields: list[str]
    edited_fields: NotRequired[list[str]]
    checks_passed: list[str]
    prompt_version: str | None
    usage: Usage | None
    reading_level: ReadingLevel | None
    rewritten: NotRequired[list[RewrittenPart]]


class StoredEvent(TypedDict):
    """The event that keeps a version of a lesson: LessonStored, in the log of its task."""

    event_id: str
    sha256: str


class LessonVersion(TypedDict):
    """One version of a lesson, as it is kept for good."""

    title: str
    objectives: list[str]
    shloka: str
    shloka_transliteration: str | None
    shloka_source: str
    shloka_connection: str | None
    translation: str
    explanation: str
    statements: list[Statement]
    activity: str
    minutes: int | None
    materials: list[str]
    question: str
    questions: list[LessonQuestion]
    wikipedia_info: Article | None
    source: ArticleSource | None
    source_info: Article | None
    language: str
    level: Level
    quality: Quality
    version: str
    subject: str
    topic: str
    task_id: str
    created_at: str
    stored: StoredEvent


class MadeOf(TypedDict):
    """The version that another one is made of, and how."""

    how: HowMade
    version: str
    note: str | None


class CheckFinding(TypedDict):
    """A fault that a check finds in a part of a lesson."""

    check: str
    part: str
    reason: str


class Overruling(TypedDict):
    """A check that a teacher overrules in a version, for good, and why."""

    check: str
    reason: str


class Examined(TypedDict):
    """The findings of the checks in a version that was changed by hand, and the checks that its editor overrules."""

    found: list[CheckFinding]
    overruled: list[Overruling]


class ChangedVersion(TypedDict):
    """One version that is made of an earlier one: who changed it, and what the checks find in it."""

    title: str
    objectives: list[str]
    shloka: str
    shloka_transliteration: str | None
    shloka_source: str
    shloka_connection: str | None
    translation: str
    explanation: str
    statements: list[Statement]
    activity: str
    minutes: int | None
    materials: list[str]
    question: str
    questions: list[LessonQuestion]
    wikipedia_info: Article | None
    source: ArticleSource | None
    source_info: Article | None
    language: str
    level: Level
    quality: Quality
    version: str
    subject: str
    topic: str
    task_id: str
    created_at: str
    stored: StoredEvent
    made_by: str
    made_of: MadeOf
    examined: Examined | None


class PupilQuestion(TypedDict):
    """A question as pupils see it. A choice has its options in the order in which they are shown."""

    form: QuestionForm
    text: str
    options: list[str]


class PupilVersion(TypedDict):
    """The same for pupils: without any answer."""

    title: str
    objectives: list[str]
    shloka: str
    shloka_transliteration: str | None
    shloka_source: str
    shloka_connection: str | None
    translation: str
    explanation: str
    statements: list[Statement]
    activity: str
    minutes: int | None
    materials: list[str]
    question: str
    questions: list[PupilQuestion]
    wikipedia_info: Article | None
    source: ArticleSource | None
    source_info: Article | None
    language: str
    level: Level
    quality: Quality
    version: str
    subject: str
    topic: str
    task_id: str
    created_at: str
    stored: StoredEvent
