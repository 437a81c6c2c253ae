"""Reads what a chat completion holds: a lesson's draft, or the fate of an answer that is none."""

import json

from pydantic import ValidationError

from pathshala_common.contract.errors import Reject, Retry
from pathshala_common.contract.lesson import LanguageTag, Noun
from pathshala_generator.draft import Draft
from pathshala_generator.fates import content_filtered, invalid_answer, model_refused

ANSWER_SIZE_MAX_BYTES = 1_048_576


class _Message(Noun):
    content: str | None = None
    refusal: str | None = None


class _Choice(Noun):
    finish_reason: str | None = None
    message: _Message = _Message()


class _Completion(Noun):
    choices: tuple[_Choice, ...] = ()


def read_answer(raw: bytes, language: LanguageTag) -> Draft:
    """Read a completion's bytes. Raises Retry or Reject, which repeat nothing that stood in them."""
    read = _read(raw, language)
    if isinstance(read, Draft):
        return read
    raise read  # outside of any except block, so that no provider's words hang on it as its context


def _read(raw: bytes, language: LanguageTag) -> Draft | Retry | Reject:
    """Give the draft, or what becomes of the lesson without one."""
    if len(raw) > ANSWER_SIZE_MAX_BYTES:
        return invalid_answer("was too long")
    try:
        choices = _Completion.model_validate_json(raw).choices
    except ValidationError:
        return invalid_answer("could not be read")
    if not choices:
        return invalid_answer("was empty")
    return _fate(choices[0]) or _draft(choices[0].message.content or "", language)


def _fate(choice: _Choice) -> Retry | Reject | None:
    """What the server itself says is wrong with its answer."""
    if choice.message.refusal:
        return model_refused()
    if choice.finish_reason == "content_filter":
        return content_filtered()
    if choice.finish_reason == "length":
        return invalid_answer("was cut off")
    if not (choice.message.content or "").strip():
        return invalid_answer("was empty")
    return None


def _draft(text: str, language: LanguageTag) -> Draft | Retry:
    """Read the lesson's JSON object; fences, and talk before or after it, do no harm."""
    try:
        fields = json.loads(text[text.find("{") : text.rfind("}") + 1])
    except (ValueError, RecursionError):
        return invalid_answer("was not in the form asked for")
    try:
        paragraphs = [[{"text": text}] for text in fields["explanation"].split("\n\n") if text.strip()]
        return Draft.model_validate({**fields, "explanation": paragraphs, "language": language})
    except (ValidationError, AttributeError, KeyError, TypeError):
        return invalid_answer("lacked a part of the lesson")
