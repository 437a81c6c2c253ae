"""The questions to a small model: a lesson in steps of one conversation, or some of its fields anew.

Each step repeats the conversation before it, sign by sign, and every lesson begins with the same turns: a server that
keeps what it has read reads only what is new.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pathshala_common.checks.fault import Fault
from pathshala_generator.draft import Assignment
from pathshala_generator.lesson_plan import LessonPlan
from pathshala_generator.model import Question
from pathshala_generator.numbered import notes, numbered
from pathshala_generator.prompt import (
    EARLIER,
    ONE_OBJECT,
    as_object,
    block,
    earlier_lessons,
    fields_to_repair,
    for_any_level,
    is_lent,
    order,
    shown,
)

STEPS: Sequence[Sequence[str]] = (
    ("explanation",),
    ("title", "objectives", "activity", "minutes", "materials", "questions"),
    ("verse", "connection"),
)
"""The fields of each step."""
WISHES = (
    "Write the explanation of the request's topic, in the request's language.",
    "Now write these parts of the lesson on the request's topic, about what your explanation of it tells.",
    "Now choose one of these verses for the lesson, and say in one sentence how the topic is like what it praises.",
)
EXAMPLE = "First an example of an explanation, on a topic of its own."
EXAMPLE_ENDS = "That was the example. The lesson is on this request, and nothing of the example stands in it."
EXPLANATION, ARTICLE = "explanation", "article"
FACTS_PART = "facts"
PARTS = ("beginning", FACTS_PART, "example", "mistake")
FACTS = range(3, 5)
ACTIVITY_STEPS = range(3, 4)
OBJECTIVES, MATERIALS, MINUTES = range(1, 2), range(4), range(20, 61, 10)
TOKENS_MAX = 900
"""Twice what a step takes: a model that finds no end is stopped."""

FORMS: Mapping[str, str] = {
    "title": "one line of text",
    "objectives": "a list of one line: what the learner can do after (name, explain, compare ...)",
    "explanation": 'an object with "beginning", "facts", "example" and "mistake"',
    "activity": "a list of three steps, each one line of text without a number",
    "minutes": "the number of minutes that the lesson takes",
    "materials": "a list of the things that the activity needs, each in a word or two",
    "questions": 'an object with the question as its "text", and its "answer" in the words of the explanation',
    "verse": "the number of the verse that you choose",
    "connection": "one sentence of text",
}
FACT_FORM = '; each fact is an object with "sentence", the number of its note, and "text", what you tell of it'
REFUSED = """A first try at this lesson had faults, and these parts of it were taken out:
{reasons}
Write these parts anew, without those faults and in quite other words. What is in the draft stays."""
OWN_LANGUAGE = "The article is in another language: what you write is in the request's."
FIXED = (*WISHES, EXAMPLE, EXAMPLE_ENDS, *FORMS.values(), FACT_FORM, REFUSED, OWN_LANGUAGE, ONE_OBJECT)
"""All that a small model is told besides plan and data."""


def step_question(plan: LessonPlan, assignment: Assignment, said: Sequence[str]) -> Question:
    """Ask for the next step; `said` is what was answered to those before."""
    turns = [
        {"role": role, "content": content}
        for step, answer in enumerate(said)
        for role, content in (("user", _step(plan, assignment, step)), ("assistant", _untagged(answer)))
    ]
    asked = {"role": "user", "content": _step(plan, assignment, len(said))}
    return _question(plan, assignment, [*turns, asked], STEPS[len(said)])


def anew_question(
    plan: LessonPlan, assignment: Assignment, fields: Mapping[str, Any], faults: Sequence[Fault]
) -> Question:
    """Ask for what has a fault, or for all of it if the whole has one. Neither it nor its words are shown."""
    wanted = fields_anew(faults)
    kept = {name: shown(fields[name]) for name in FORMS if name in fields and name not in wanted}
    reasons = "\n".join(f"- {fault.field or 'the whole lesson'}: it {fault.reason}" for fault in faults)
    blocks = [*article_blocks(plan, assignment), *([block("draft", kept)] if kept else [])]
    if "verse" in wanted or "connection" in wanted:
        blocks.append(verses_told(assignment))
    asked = "\n\n".join([*blocks, REFUSED.format(reasons=reasons), closing(assignment, wanted)])
    return _question(plan, assignment, [{"role": "user", "content": asked}], wanted)


def fields_anew(faults: Sequence[Fault]) -> Sequence[str]:
    """The fields that have to be asked for again."""
    return list(FORMS) if any(fault.field is None for fault in faults) else fields_to_repair(faults)


def _untagged(answer: str) -> str:
    """An answer as it was said, but that no tag can stand in its JSON."""
    return answer.replace("<", "\\u003c").replace(">", "\\u003e")


def _question(
    plan: LessonPlan, assignment: Assignment, turns: Sequence[Mapping[str, str]], fields: Sequence[str]
) -> Question:
    return Question([*beginning(plan), *turns], schema(fields, assignment), tokens_max=TOKENS_MAX)


def beginning(plan: LessonPlan) -> list[Mapping[str, str]]:
    """The beginning of every lesson: what is wanted, and an explanation as an example, as if it had been asked for."""
    system = {"role": "system", "content": for_any_level(plan)}
    if not _has_example(plan):
        return [system]
    article, explanation = (_named(plan.examples[part]) for part in (ARTICLE, EXPLANATION))
    facts = [{"sentence": int(name), "text": text} for name, text in explanation.items() if name.isdecimal()]
    told = {name: facts if name == FACTS_PART else explanation.get(name, "") for name in PARTS}
    asked = "\n\n".join([EXAMPLE, block(ARTICLE, article), WISHES[0]])
    answer = json.dumps({EXPLANATION: told}, ensure_ascii=False)
    return [system, {"role": "user", "content": asked}, {"role": "assistant", "content": answer}]


def _has_example(plan: LessonPlan) -> bool:
    return all(_named(plan.examples.get(part, "")) for part in (ARTICLE, EXPLANATION))


def _named(part: str) -> Mapping[str, str]:
    """The lines of a part of an example, by what stands before their colons."""
    named = (line.partition(": ") for line in part.splitlines())
    return {name: text for name, colon, text in named if colon}


def _step(plan: LessonPlan, assignment: Assignment, step: int) -> str:
    """The words of the user at a step: the data that is new, the request again, what is wanted, and in which form.

    A small model forgets what is far behind, and goes on about the example, which it read twice.
    """
    verses = [verses_told(assignment)] if step == len(STEPS) - 1 else []
    blocks = article_blocks(plan, assignment) if step == 0 else [*verses, order(assignment)]
    return "\n\n".join([*blocks, WISHES[step], closing(assignment, STEPS[step])])


def article_blocks(plan: LessonPlan, assignment: Assignment) -> list[str]:
    """The data that a small model is told first: the article as notes, what was asked for, and who the learner is."""
    article, blocks = assignment.article, [EXAMPLE_ENDS] if _has_example(plan) else []
    if article:
        told = {str(number): note for number, note in enumerate(notes(article), 1)}
        blocks.append(block("article", {"title": article.title} | told))
    learner = f"The learner: {plan.sections[assignment.request.level]}"
    blocks += [*earlier_lessons(assignment), order(assignment), learner]
    if assignment.precedents:
        blocks.append(EARLIER)
    if is_lent(assignment):
        blocks.append(OWN_LANGUAGE)
    return blocks


def verses_told(assignment: Assignment) -> str:
    """The verses by what they say: a small model reads a translation, and Sanskrit costs it three times as much."""
    return block("verses", {str(number): verse.translation for number, verse in enumerate(assignment.verses, 1)})


def closing(assignment: Assignment, fields: Collection[str]) -> str:
    """Say in which form the fields are wanted."""
    form = "\n".join(f"- {name}: {_form(name, assignment)}" for name in fields)
    return f"{ONE_OBJECT}\n{form}"


def _form(name: str, assignment: Assignment) -> str:
    return FORMS[name] + (FACT_FORM if name == "explanation" and assignment.article else "")


def schema(fields: Sequence[str], assignment: Assignment) -> dict[str, Any]:
    """The JSON Schema of these fields, as small models are asked for them."""
    text = {"type": "string"}
    count = len(numbered(assignment.article)) if assignment.article else 0
    number = {"sentence": {"type": "integer", "enum": list(range(1, count + 1))}} if count else {}
    kinds: dict[str, Any] = {
        "explanation": as_object(
            {name: _list(as_object(number | {"text": text}), FACTS) if name == FACTS_PART else text for name in PARTS}
        ),
        "objectives": _list(text, OBJECTIVES),
        "activity": _list(text, ACTIVITY_STEPS),
        "minutes": {"type": "integer", "enum": list(MINUTES)},
        "materials": _list(text, MATERIALS),
        "questions": as_object({"text": text, "answer": text}),
        "verse": {"type": "integer", "enum": list(range(1, len(assignment.verses) + 1))},
    }
    return as_object({name: kinds.get(name, text) for name in fields})


def _list(items: Mapping[str, Any], count: range) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": count.start, "maxItems": count.stop - 1}
