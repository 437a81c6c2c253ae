"""Closes what PyMongo leaves open, so that any other socket that a test leaves is still an error."""

import asyncio
import socket
import traceback
from typing import Any

from pymongo import pool_shared


def close_cancelled() -> None:
    """Have PyMongo close a socket whose connecting is cancelled. It leaves that to the collector, which warns."""
    connect = pool_shared._async_create_connection

    async def closing(address: Any, options: Any) -> socket.socket:
        try:
            return await connect(address, options)
        except asyncio.CancelledError as error:
            for frame, _ in traceback.walk_tb(error.__traceback__):
                if frame.f_code is connect.__code__ and (left := frame.f_locals.get("sock")) is not None:
                    left.close()
            raise

    pool_shared._async_create_connection = closing
