"""Reading a broker's URL, for short visits that keep no connection."""

from aio_pika.connection import make_url
from yarl import URL

from pathshala_common.contract.errors import SettingsError

HEARTBEAT_SECONDS = 10


def address(url: str, purpose: str) -> URL:
    """Read it, and name the connection after its purpose. Raises SettingsError for a URL that is none."""
    try:
        read = make_url(url).update_query(name=f"pathshala {purpose}")
        return read if "heartbeat" in read.query else read.update_query(heartbeat=HEARTBEAT_SECONDS)
    except ValueError:
        raise SettingsError("the broker's URL is none; write amqp://user:password@host:port/vhost") from None
