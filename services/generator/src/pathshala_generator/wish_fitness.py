"""Refuses wishes that no classroom should have met, and such as are orders to a machine, before anybody is asked."""

from pathshala_common.checks.own_voice import machine_talk
from pathshala_common.checks.plain_text import markup
from pathshala_common.contract.errors import Reject
from pathshala_common.contract.lesson import NAME_LENGTH_MAX, LessonRequest
from pathshala_generator.moderation import WISH_REFUSED
from pathshala_generator.safety import refusal

NO_WISH = "the wish is no wish for a part of a lesson: say in plain words how it is to be, such as “a shorter activity”"


def refuse_unfit_wish(wish: str, request: LessonRequest) -> None:
    """Raise Reject for a wish that speaks to a machine or holds markup, or for what no classroom should get.

    What it lets through is still shown to a model as data, and what that writes is still checked.
    """
    if machine_talk(wish, request) or any(markup(wish, request)):
        raise Reject(WISH_REFUSED, NO_WISH)
    reason = refusal(request.model_copy(update={"topic": wish[:NAME_LENGTH_MAX]}))
    if reason is not None:
        raise Reject(WISH_REFUSED, reason)
