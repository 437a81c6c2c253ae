"""Reading a broker's URL, for the connections that are kept and for short visits alike."""

from aio_pika.connection import make_url
from yarl import URL

from pathshala_common.contract.errors import SettingsError

HEARTBEAT_SECONDS = 10
"""A broker that stays silent for about three of these is given up."""


def address(url: str, purpose: str, *, heartbeat_seconds: int = HEARTBEAT_SECONDS) -> URL:
    """Read it, and name the connection after its purpose. A heartbeat that the URL itself asks for wins.

    Raises SettingsError for a URL that is none.
    """
    try:
        read = make_url(url).update_query(name=f"pathshala {purpose}")
        return read if "heartbeat" in read.query else read.update_query(heartbeat=heartbeat_seconds)
    except ValueError:
        raise SettingsError("the broker's URL is none; write amqp://user:password@host:port/vhost") from None
