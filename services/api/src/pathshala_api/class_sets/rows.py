"""Rows: each is an order that is held to what POST /lessons asks, or is refused by itself, with what would do. Pure."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from pathshala_api.schemas import RESERVED_SUBJECTS, LessonOrder
from pathshala_common.contract.class_set import ASKED_LENGTH_MAX, RowAsked, RowOrder, RowRefusal, SetRow
from pathshala_common.contract.lesson import EditionKey, Level, SuggestedOrder, Suggestion, fold
from pathshala_common.recording.languages import NAMES

INVALID_ROW, DUPLICATE_ROW = "invalid_row", "duplicate_row"
ROW_FIELDS = ("subject", "topic", "language", "level", "include_wikipedia", "source_text")
TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
SIMILAR = 0.6
LANGUAGES = {name.casefold(): tag for tag, name in NAMES.items()}


@dataclass(frozen=True, slots=True)
class WantedSet:
    """A class set as it is asked for, before it is kept."""

    user_id: str
    title: str | None
    rows: tuple[SetRow, ...]
    calls_max: int | None = None
    cost_max: float | None = None


def set_rows(cells: Sequence[tuple[int, Mapping[str, Any]]], user_id: str) -> tuple[SetRow, ...]:
    """Read numbered rows; of two for one edition the second is refused."""
    read = [_row(number, _plain(fields), user_id) for number, fields in cells]
    taken = {one.order.edition for one in read if one.order is not None}
    seen: dict[EditionKey, int] = {}
    rows = []
    for one in read:
        first = seen.setdefault(one.order.edition, one.row) if one.order is not None else one.row
        rows.append(one if first == one.row else _duplicate(one, first, user_id, taken))
    return tuple(rows)


def order_of(fields: Mapping[str, Any], user_id: str) -> RowOrder:
    """Hold one row to what an order is held to. Raises ValidationError."""
    asked = {name: fields[name] for name in ROW_FIELDS if fields.get(name) is not None}
    valid = LessonOrder.model_validate({**asked, "user_id": user_id})
    return RowOrder.model_validate({name: getattr(valid, name) for name in ROW_FIELDS})


def _plain(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take levels and languages as people write them: in capitals, or with blanks around."""
    plain = dict(fields)
    for name in ("language", "level"):
        if isinstance(plain.get(name), str):
            plain[name] = plain[name].strip()
    if isinstance(plain.get("level"), str):
        plain["level"] = plain["level"].casefold()
    said = plain.get("include_wikipedia")
    if isinstance(said, str):
        plain["include_wikipedia"] = TRUTHS.get(said.strip().casefold(), said)
    return plain


def _row(number: int, fields: Mapping[str, Any], user_id: str) -> SetRow:
    try:
        return SetRow(row=number, order=order_of(fields, user_id), tries=1)
    except ValidationError as error:
        faults = {str(fault["loc"][0]): str(fault["msg"]).removeprefix("Value error, ") for fault in error.errors()}
        message = "; ".join(f"{field}: {said}" for field, said in faults.items())
        suggestion = _mended(fields, faults, user_id)
        refusal = RowRefusal(code=INVALID_ROW, message=message[:1_000], suggestion=suggestion)
        return SetRow(row=number, asked=_asked(fields), refusal=refusal)


def _asked(fields: Mapping[str, Any]) -> RowAsked:
    """Show what stood in a row, without what no terminal should meet."""
    shown = {name: fields.get(name) for name in RowAsked.model_fields}
    return RowAsked(**{name: _shown(said) for name, said in shown.items()})


def _shown(said: object) -> str:
    text = said if isinstance(said, str) else "" if said is None else type(said).__name__
    return "".join(sign if sign.isprintable() else " " for sign in text[:ASKED_LENGTH_MAX])


def _mended(fields: Mapping[str, Any], faults: Mapping[str, str], user_id: str) -> Suggestion | None:
    """Suggest the order that is nearest to what was asked; None where only the person knows what was meant."""
    mended, words = dict(fields), []
    for field in faults:
        said = fields.get(field)
        better = MENDERS[field](said) if field in MENDERS and isinstance(said, str) else None
        if better is None:
            return None
        mended[field] = better
        words.append(f"{field} {better!r}")
    return _suggested(f"Order it with {', '.join(words)}.", mended, user_id)


def _suggested(words: str, fields: Mapping[str, Any], user_id: str) -> Suggestion | None:
    """Suggest an order, if it would do."""
    try:
        order = order_of(fields, user_id).model_dump(exclude={"source_text"})
    except ValidationError:
        return None
    return Suggestion(words=words, order=SuggestedOrder(**order, user_id=user_id))


def _duplicate(row: SetRow, first: int, user_id: str, taken: set[EditionKey]) -> SetRow:
    """Refuse a row that orders what another does, and suggest the first level for which none does."""
    asked = row.order
    assert asked is not None
    fields = asked.model_dump(exclude={"source_text"})
    free = next((one for one in Level if asked.model_copy(update={"level": one}).edition not in taken), None)
    suggestion = None
    if free is not None:
        suggestion = _suggested(f"Order it for the level {free.value}.", {**fields, "level": free}, user_id)
    message = f"Row {first} orders the same lesson, in the same language and for the same level."
    refusal = RowRefusal(code=DUPLICATE_ROW, message=message, suggestion=suggestion)
    return SetRow(row=row.row, asked=_asked(fields), refusal=refusal)


def _subject(said: str) -> str | None:
    """Mend a subject that no path could lead to."""
    if fold(said) in RESERVED_SUBJECTS:
        return f"the {said.strip()}"
    parts = [part.strip() for part in said.split("/")]
    return " and ".join(part for part in parts if part) if len(parts) > 1 else None


def _language(said: str) -> str | None:
    """Find the tag of a language that was named."""
    names = difflib.get_close_matches(said.casefold(), LANGUAGES, n=1, cutoff=SIMILAR)
    return LANGUAGES[names[0]] if names else "en"


def _level(said: str) -> str | None:
    """Find the level whose name is nearest."""
    names = difflib.get_close_matches(said, [level.value for level in Level], n=1, cutoff=SIMILAR)
    return names[0] if names else Level.MIDDLE.value


MENDERS = {"subject": _subject, "language": _language, "level": _level}
