"""Callers of a house: threads that go on calling it, whatever it answers, until they are left."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Callers:
    """Runs an act in several threads while it is entered. Each is given its number, and ends once `left` is set."""

    def __init__(self, act: Callable[[int], None], threads: int) -> None:
        self.left = threading.Event()
        self._threads = [threading.Thread(target=act, args=(number,)) for number in range(threads)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.left.set()
        for thread in self._threads:
            thread.join()
