"""Finds the event behind a delivery of what this same process published, so that nobody reads what he wrote himself."""

from weakref import WeakValueDictionary

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.ports.broker import Message


class OwnEvents:
    """The events that were published here, for as long as somebody else holds them: it keeps none alive."""

    def __init__(self) -> None:
        self._held: WeakValueDictionary[str, Envelope] = WeakValueDictionary()

    def note(self, message: Message) -> None:
        """Remember the event that a message tells, if that is known."""
        if message.envelope is not None:
            self._held[message.message_id] = message.envelope

    def envelope(self, message_id: str, body: bytes) -> Envelope | None:
        """Give the event with this id, if it was published with these very bytes and is still held."""
        held = self._held.get(message_id)
        return held if held is not None and held.raw == body else None
