"""Lessons to be put on paper: a whole one, one in Hindi, one full of markup, and one that states no facts."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pathshala_common.contract.lesson import (
    Absence,
    Article,
    ArticleSource,
    Lesson,
    LessonContent,
    LessonQuestion,
    Level,
    Picture,
    Quality,
    QuestionForm,
    Statement,
)
from pathshala_common.contract.ports.store import StoredLesson

ARTICLE = Article(
    title="Verb",
    summary=(
        "A verb is a word that generally conveys an action.  In English the basic form is the infinitive.\n"
        "Verbs have tenses."
    ),
    url="https://en.wikipedia.org/wiki/Verb",
    thumbnail="https://upload.wikimedia.org/verb.png",
    picture=Picture(page="https://commons.wikimedia.org/wiki/File:Verb.png", author="Asha", licence="CC BY 4.0"),
    language="en",
    revision_id=1234,
    licence="CC BY-SA 4.0",
    read_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
)
STATEMENTS = (
    Statement(text="Think of what you do all day."),
    Statement(text="A verb conveys an action.", quote="a word that generally conveys an action"),
    Statement(text="Its basic form is the infinitive.", quote="In English the basic form is the infinitive."),
)
QUESTIONS = (
    LessonQuestion(
        form=QuestionForm.CHOICE,
        text="Which is a verb?",
        options=("cat", "red", "run"),
        answer="run",
        proven_by=(2,),
    ),
    LessonQuestion(form=QuestionForm.TRUE_FALSE, text="The basic form is a noun.", answer="false", proven_by=(3,)),
    LessonQuestion(form=QuestionForm.GAP, text="The basic form is the _____.", answer="infinitive", proven_by=(3,)),
    LessonQuestion(
        form=QuestionForm.OPEN, text="Why do we need verbs?", answer="To tell what happens.", proven_by=(2,)
    ),
)
CONTENT = LessonContent(
    title="Understanding Verbs",
    objectives=("Find the verb of a sentence.",),
    shloka="विद्या ददाति विनयं\nविनयाद्याति पात्रताम् ॥",
    shloka_transliteration="vidyā dadāti vinayaṃ",
    shloka_source="Hitopadesha, Prastavika 6",
    shloka_connection="Learning begins with words.",
    translation="Learning gives humility.",
    explanation=(
        "Think of what you do all day. A verb conveys an action. [1]\n\nIts basic form is the infinitive. [2] See [9]."
    ),
    statements=STATEMENTS,
    activity="Find five verbs.\nWrite them down.",
    minutes=30,
    materials=("a story", "a pencil"),
    question="Which is a verb?",
    questions=QUESTIONS,
    wikipedia_info=ARTICLE,
    source=ArticleSource.WIKIPEDIA,
    quality=Quality(
        writer="openai", model="gpt", grounded=True, source=ArticleSource.WIKIPEDIA, checks_passed=("on_topic",)
    ),
)
LESSON = Lesson(
    subject="English",
    topic="verbs & more",
    language="en",
    level=Level.MIDDLE,
    revision=3,
    serial=5,
    task_id="550e8400-e29b-41d4-a716-446655440000",
    created_at=datetime(2026, 11, 23, 15, tzinfo=UTC),
    content=CONTENT,
)
STORED = StoredLesson(LESSON, "0a3a8fd8-6e0b-5d0a-8a43-0d8f4a1f7b52", "ab" * 32)

HINDI_ARTICLE = ARTICLE.model_copy(update={"title": "क्रिया", "language": "hi"})


def with_content(**changed: Any) -> StoredLesson:
    """The whole lesson, some of its fields being others."""
    return replace(STORED, lesson=LESSON.model_copy(update={"content": CONTENT.model_copy(update=changed)}))


HINDI = with_content(title="क्रिया: पढ़िए", language="hi", wikipedia_info=HINDI_ARTICLE)
UNGROUNDED = with_content(
    statements=(),
    questions=(),
    objectives=(),
    wikipedia_info=None,
    source=None,
    quality=Quality(writer="offline", grounded=False, ungrounded_reason=Absence.NOT_FOUND),
)

CANARY = "<script>alert(1)</script><img src=x onerror=alert(2)>&amp;\"'`[x](javascript:alert(3))"
CANARIES = with_content(
    title=CANARY,
    objectives=(CANARY,),
    shloka=CANARY,
    shloka_transliteration=CANARY,
    shloka_source=CANARY,
    shloka_connection=CANARY,
    translation=CANARY,
    explanation=f"{CANARY} [1]",
    statements=(Statement(text=CANARY, quote=CANARY),),
    activity=CANARY,
    materials=(CANARY,),
    questions=(
        LessonQuestion(
            form=QuestionForm.CHOICE, text=CANARY, options=(CANARY, f"2{CANARY}", "c"), answer=CANARY, proven_by=(1,)
        ),
        LessonQuestion(form=QuestionForm.OPEN, text=CANARY, answer=CANARY),
    ),
    wikipedia_info=ARTICLE.model_copy(
        update={
            "title": CANARY,
            "url": "javascript:alert(4)",
            "licence": CANARY,
            "picture": Picture.model_construct(page="javascript:alert(5)", author=CANARY, licence=CANARY),
        }
    ),
)
