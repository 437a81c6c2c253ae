"""Operations: one table of calls, which the blocking client runs at once, and the asynchronous one when awaited."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar, overload

from pathshala_client.steps import Call, Flow

P = ParamSpec("P")
T = TypeVar("T")


class Blocking(ABC):
    """A shell that waits for its input and output."""

    @abstractmethod
    def run(self, call: Call[T]) -> T:
        """Run a call, and give its result."""

    @abstractmethod
    def each(self, flow: Flow[T]) -> Generator[T]:
        """Run a flow, and give each value that it tells."""


class Awaiting(ABC):
    """A shell whose input and output are awaited."""

    @abstractmethod
    async def run(self, call: Call[T]) -> T:
        """Run a call, and give its result."""

    @abstractmethod
    def each(self, flow: Flow[T]) -> AsyncGenerator[T]:
        """Run a flow, and give each value that it tells."""


class Operation(Generic[P, T]):
    """A method of both clients, which runs a call."""

    def __init__(self, call: Callable[P, Call[T]]) -> None:
        self._call = call

    @overload
    def __get__(self, house: None, owner: object) -> "Operation[P, T]": ...
    @overload
    def __get__(self, house: Blocking, owner: object) -> Callable[P, T]: ...
    @overload
    def __get__(self, house: Awaiting, owner: object) -> Callable[P, Coroutine[Any, Any, T]]: ...

    def __get__(self, house: Blocking | Awaiting | None, owner: object) -> Any:
        """Bind the call to a client."""
        return self if house is None else _bound(house.run, self._call)


class Series(Generic[P, T]):
    """A method of both clients, which runs a flow."""

    def __init__(self, flow: Callable[P, Flow[T]]) -> None:
        self._flow = flow

    @overload
    def __get__(self, house: None, owner: object) -> "Series[P, T]": ...
    @overload
    def __get__(self, house: Blocking, owner: object) -> Callable[P, Generator[T]]: ...
    @overload
    def __get__(self, house: Awaiting, owner: object) -> Callable[P, AsyncGenerator[T]]: ...

    def __get__(self, house: Blocking | Awaiting | None, owner: object) -> Any:
        """Bind the flow to a client."""
        return self if house is None else _bound(house.each, self._flow)


def _bound(run: Callable[[Any], Any], made: Callable[P, Any]) -> Callable[P, Any]:
    @wraps(made)
    def method(*arguments: P.args, **named: P.kwargs) -> Any:
        return run(made(*arguments, **named))

    return method
