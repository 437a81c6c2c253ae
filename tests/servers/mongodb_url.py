"""Putting together the URL of a database on whatever MongoDB the tests were given."""

from urllib.parse import urlsplit, urlunsplit


def of_database(url: str, name: str, *options: str) -> str:
    """Address this database of the server at `url`, with its user and options and with further options.

    Users are those of the database that `url` names, else of `admin`, as MongoDB itself reads a URL without a path.
    """
    parts = urlsplit(url)
    given = [option for option in parts.query.split("&") if option]
    if "@" in parts.netloc and not any(option.lower().startswith("authsource=") for option in given):
        given.append(f"authSource={parts.path.strip('/') or 'admin'}")
    return urlunsplit(parts._replace(path=f"/{name}", query="&".join([*given, *options])))


def on_hosts(url: str, hosts: str) -> str:
    """Address other hosts as the same user; what is said of the set, and how to connect to it, is left out."""
    parts = urlsplit(url)
    user = parts.netloc.rpartition("@")[0]
    given = [option for option in parts.query.split("&") if option.lower().startswith("auth")]
    return urlunsplit(parts._replace(netloc=f"{user}@{hosts}" if user else hosts, query="&".join(given)))
