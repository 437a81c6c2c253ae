"""Services outside, played from a tape: each request is written as the recorded one is, so that they compare."""

import json
from collections.abc import Mapping
from typing import Any

from pathshala.replay.tape import Tape
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_enricher.fetch import shown
from pathshala_generator.answer import asked_for_one_question
from pathshala_generator.model import Heard, Question, unheard


class RecordedFetch:
    """Implements the enricher's Fetch."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape

    async def __call__(self, url: str, params: Mapping[str, str], _seconds: float) -> ProviderCall:
        """Give the next recorded answer."""
        return await self._tape.play(lambda _recorded: shown(url, params))


class RecordedModel:
    """Implements the generator's Model."""

    def __init__(self, name: str, tape: Tape) -> None:
        self.name, self._tape = name, tape

    async def ask(self, question: Question, _heard: Heard = unheard) -> ProviderCall:
        """Give the next recorded answer. The question is put into the format that the server took then.

        Where one question was asked for, and not several, what was asked stays: the answer is read by it.
        """
        asked: dict[str, Any] = {"model": self.name, "messages": list(question.messages)}

        def written(recorded: str) -> str:
            if asked_for_one_question(recorded):
                return recorded
            form = _body(recorded).get("response_format")
            if isinstance(form, dict) and isinstance(form.get("json_schema"), dict):
                form = form | {"json_schema": form["json_schema"] | {"schema": question.schema}}
            return _rewritten(recorded, asked | ({"response_format": form} if form else {}))

        return await self._tape.play(written)


class RecordedModeration:
    """Implements the generator's Moderation."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape

    async def moderate(self, text: str) -> ProviderCall:
        """Give the next recorded answer."""
        return await self._tape.play(lambda recorded: _rewritten(recorded, {"input": text}))


def _rewritten(recorded: str, asked: dict[str, Any]) -> str:
    """Write a request as the recorded one is, with what is asked now in its place."""
    return json.dumps(_body(recorded) | asked, ensure_ascii=False)


def _body(recorded: str) -> dict[str, Any]:
    try:
        body = json.loads(recorded)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
