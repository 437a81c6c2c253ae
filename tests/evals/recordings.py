"""Keeps what a model said, a line of JSON each, so that an evaluation can be run again for nothing."""

import json
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator.model import Heard, Question, unheard
from tests.evals.topics import Topic

Recordings = Mapping[int, Sequence[ProviderCall]]
"""The calls on each topic, by its number, in their order."""


class Recorder:
    """Writes calls to a file as they come; what was there before is gone.

    What was asked is left out: it follows from plan and topic, and is much the longer part.
    """

    def __init__(self, path: Path) -> None:
        """Open the file."""
        self._file = path.open("w", encoding="utf-8")

    def __call__(self, topic: Topic, call: ProviderCall) -> None:
        """Write one."""
        line = {"topic": topic.number, "exchange": call.model_copy(update={"request": ""}).model_dump(mode="json")}
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def recordings(path: Path) -> Recordings:
    """Read what was recorded."""
    kept: dict[int, list[ProviderCall]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        entry = json.loads(line)
        kept[entry["topic"]].append(ProviderCall.model_validate(entry["exchange"]))
    return kept


class RecordedModel:
    """Implements the port Model: answers as it was answered, in that order, whatever is asked."""

    def __init__(self, name: str, calls: Sequence[ProviderCall]) -> None:
        """Answer with these."""
        self.name = name
        self._left = deque(calls)

    async def ask(self, _question: Question, _heard: Heard = unheard) -> ProviderCall:
        """Give the next answer; once there is none left, a fault that says so."""
        if not self._left:
            return ProviderCall.recorded("recording", "", seconds=0, fault="not_recorded")
        return self._left.popleft()
