"""Events in which nothing but the fixed texts is said: the prompts, the forms of answers, the names of fields.

No lesson stands in them, of a stub least of all: what they save of one event, they save of any.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pathshala_common.checks.examination import CHECKS
from pathshala_common.checks.fault import Fault
from pathshala_common.contract.envelope import wrap
from pathshala_common.contract.events import AnyEvent, LessonGenerated, ProviderAnswered
from pathshala_common.contract.lesson import (
    Absence,
    Article,
    LessonPart,
    LessonQuestion,
    Level,
    Quality,
    QuestionForm,
    ReadingLevel,
    Statement,
    Usage,
)
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator import prompt, small_prompt
from pathshala_generator.draft import Assignment
from pathshala_generator.lesson_plan import SMALL, shipped_plan
from pathshala_generator.model import Question
from pathshala_generator.openai_model import Manner, OpenAIModel
from pathshala_generator.rewrite_prompt import rewrite_question
from pathshala_generator.rewriting import Rewriting
from tests.clock import NOON
from tests.stories.lessons import ARTICLE, a_lesson, a_request

TASK_ID = "00000000-0000-5000-8000-000000000000"
LEVELS = (Level.ADULT, Level.SECONDARY, Level.PRIMARY, Level.MIDDLE)
"""All levels, the most usual one last."""

SOME = "-"
"""Stands where there has to be a text."""

QUESTIONS = tuple(LessonQuestion(form=form, text=SOME, answer=SOME, proven_by=(1,)) for form in QuestionForm)
LESSON = a_lesson(
    quality=Quality(
        writer="openai",
        model=SOME,
        grounded=False,
        ungrounded_reason=Absence.NOT_REQUESTED,
        checks_passed=tuple(CHECKS),
        usage=Usage(calls=1, prompt_tokens=1, completion_tokens=1, seconds=1),
        reading_level=ReadingLevel(formula="automated_readability_index", score=5, fits=True),
    )
).model_copy(update={"statements": (Statement(text=SOME), Statement(text=SOME)), "questions": QUESTIONS})
ANSWERED: Mapping[str, Any] = {
    "title": "",
    "objectives": [],
    "explanation": [[{"text": "", "quote": ""}, {"text": "", "quote": ""}], [{"text": ""}, {"text": ""}]],
    "activity": "",
    "minutes": 30,
    "materials": [],
    "questions": [question.model_dump(mode="json") for question in QUESTIONS],
    "verse": 1,
    "connection": "",
}
USED = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def fixed_texts() -> Iterator[bytes]:
    """Give the events, the rarest first: zlib reaches back a certain way, and finds what is near in fewer bits."""
    plan, small = shipped_plan(), shipped_plan(SMALL)
    for one in (small, plan):
        yield _recording(rewrite_question(one, Rewriting(LESSON, LessonPart.ACTIVITY, SOME), _assignment()))
    for step in range(len(small_prompt.STEPS)):
        yield _recording(small_prompt.step_question(small, _assignment(), [""] * step))
    faults = [Fault(SOME, name, SOME) for name in plan.examples]
    yield _recording(prompt.repair_question(plan, _assignment(), ANSWERED, faults))
    yield _event(LessonGenerated(task_id=TASK_ID, request=a_request(), content=LESSON))
    for level in LEVELS:
        for article in (ARTICLE, None):
            yield _recording(prompt.lesson_question(plan, _assignment(level, article)))


def _assignment(level: Level = Level.MIDDLE, article: Article | None = ARTICLE) -> Assignment:
    return Assignment(a_request(level=level), article, ())


def _recording(question: Question) -> bytes:
    """The recording of a call, as the generator tells it."""
    message = {"role": "assistant", "content": json.dumps(ANSWERED), "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    answer = {"id": "chatcmpl-", "object": "chat.completion", "created": 0, "model": "", "choices": [choice]}
    manner = Manner(stream_seconds_max=1)
    model = OpenAIModel(name="", api_key=None, base_url=None, concurrency=1, call_timeout_seconds=1, manner=manner)
    asked, said = (json.dumps(told, ensure_ascii=False) for told in (model._body(question), answer | {"usage": USED}))
    call = ProviderCall.recorded("openai", asked, seconds=0, status=200, answer=said)
    return _event(ProviderAnswered(task_id=TASK_ID, attempt=1, service="generator", call=call))


def _event(event: AnyEvent) -> bytes:
    return wrap(event, source="generator", now=NOON).raw
