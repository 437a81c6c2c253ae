"""Reading a broker's URL, for the connections that are kept and for short visits alike.

A cluster is written as one URL whose hosts are parted by commas: amqp://user:password@a:5672,b:5673,c/vhost. They
have the user, the virtual host and the options in common.
"""

import re
from collections.abc import Sequence

from aio_pika.connection import make_url
from yarl import URL

from pathshala_common.contract.errors import SettingsError

HEARTBEAT_SECONDS = 10
"""A broker that stays silent for about three of these is given up."""

WHOLE_NUMBERS = frozenset({"heartbeat", "timeout"})

HOSTS = re.compile(r"(?P<before>[^/?#]*://(?:[^/?#]*@)?)(?P<hosts>[^/?#@]*)(?P<after>.*)", re.DOTALL)


def addresses(url: str, purpose: str, *, heartbeat_seconds: int = HEARTBEAT_SECONDS) -> Sequence[URL]:
    """Give the address of each host, once, and name the connection after its purpose.

    A heartbeat that the URL itself asks for wins. Raises SettingsError for a URL that is none, or that names no host
    between two commas.
    """
    try:
        return [_address(single, purpose, heartbeat_seconds) for single in dict.fromkeys(_single(url))]
    except ValueError:
        raise SettingsError(
            "the broker's URL is none; write amqp://user:password@host:port/vhost, "
            "or several hosts parted by commas: host:port,host:port"
        ) from None


def _single(url: str) -> list[str]:
    """Write out a URL of one host for each host."""
    parts = HOSTS.fullmatch(url)
    if parts is None:
        return [url]
    hosts = [host.strip() for host in parts["hosts"].split(",")]
    if len(hosts) > 1 and not all(host.partition(":")[0] for host in hosts):
        raise ValueError("a host without a name")
    return [f"{parts['before']}{host}{parts['after']}" for host in hosts]


def _address(url: str, purpose: str, heartbeat_seconds: int) -> URL:
    read = make_url(url).update_query(name=f"pathshala {purpose}")
    if "//" not in url or not url.partition("//")[2].partition("/")[0].rpartition("@")[2]:
        raise ValueError("a URL without a host")
    for option in WHOLE_NUMBERS & read.query.keys():
        int(read.query[option])  # the client reads it when it connects, and would then try again for ever
    return read if "heartbeat" in read.query else read.update_query(heartbeat=heartbeat_seconds)
