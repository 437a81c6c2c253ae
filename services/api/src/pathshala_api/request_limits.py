"""The bounds that every request passes before a route sees it: of its body, and of its method, HEAD being as GET."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pathshala_api.problems import BodyTooLargeError, body_too_large

BODY_SIZE_MAX_BYTES = 65_536
"""Larger requests are answered 413."""

SET_SIZE_MAX_BYTES = 524_288
"""An order for hundreds of lessons may be as large as this; as an event it still fits into a message."""

LARGER = {"/class-sets": SET_SIZE_MAX_BYTES}
"""The paths whose requests may be larger, by their bounds."""


class RequestLimits:
    """Middleware. Starlette's own limit answers a declared length in plain text, and FastAPI knows no HEAD."""

    def __init__(self, app: ASGIApp, body_size_max_bytes: int = BODY_SIZE_MAX_BYTES) -> None:
        self._app, self._size_max = app, body_size_max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a declared length at once, and count what comes without one."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            # The server was asked by HEAD and sends no body, whatever it is given.
            scope = {**scope, "method": "GET"}
        size_max = max(self._size_max, LARGER.get(scope["path"], 0))
        declared = next((int(value) for name, value in scope["headers"] if name == b"content-length"), None)
        if declared is None:
            await self._app(scope, self._counted(receive, size_max), send)
        elif declared > size_max:
            await body_too_large(size_max)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    @staticmethod
    def _counted(receive: Receive, size_max: int) -> Receive:
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > size_max:
                raise BodyTooLargeError(size_max)
            return message

        return counted
