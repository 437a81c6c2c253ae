"""What the tests of single checks start from: the good recorded lesson on verbs, with something changed."""

from typing import Any

from pathshala_common.checks.draft import Draft
from pathshala_common.contract.lesson import Level
from pathshala_generator.draft import Assignment
from services.generator.tests.given import a_request
from services.generator.tests.recorded import recorded

VERBS = recorded("verbs-middle-en")


def a_draft(**fields: Any) -> Draft:
    """The lesson on verbs with other fields; an explanation may be given as text without quotes."""
    if isinstance(fields.get("explanation"), str):
        fields["explanation"] = [[{"text": line} for line in fields["explanation"].split("\n")]]
    return Draft.model_validate({**VERBS.fields, "language": "en", **fields})


def an_order(
    subject: str = "english",
    topic: str = "verbs",
    *,
    language: str = "en",
    level: Level = Level.MIDDLE,
    **others: Any,
) -> Assignment:
    """What was asked for, without an article unless one is given."""
    request = a_request(subject, topic, language=language).model_copy(update={"level": level})
    return Assignment(request, others.pop("article", None), VERBS.assignment.verses, **others)
