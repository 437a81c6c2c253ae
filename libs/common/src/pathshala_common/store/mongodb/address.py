"""Reading a MongoDB URL: which options it leaves to us, and what may be said of a wrong one."""

from urllib.parse import parse_qs, urlsplit

from pathshala_common.store.records import Record


def options(url: str, timeout_ms: int) -> Record:
    """Give the client's time limits, except for those that the URL names."""
    defaults: Record = {
        "timeoutMS": timeout_ms,
        "serverSelectionTimeoutMS": timeout_ms,
        "connectTimeoutMS": timeout_ms,
    }
    named = {name.lower() for name in parse_qs(urlsplit(url).query)}
    return {name: value for name, value in defaults.items() if name.lower() not in named}


def fault(url: str, error: Exception) -> str:
    """Say what PyMongo has against a URL, unless its words could quote a password that is not escaped."""
    return "escape '/' and '?' in its password (%2F, %3F)" if may_be_quoted(url) else str(error)


def may_be_quoted(url: str) -> bool:
    """Whether a part of the password could be taken for a path or an option, and so be shown."""
    return bool({"/", "?"} & set(url.partition("://")[2].rpartition("@")[0]))
