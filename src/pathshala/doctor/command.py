"""`pathshala doctor`: look at what the house stands on. Exit code 0 if nothing is wrong, else 1."""

from pathshala.options import JsonOption


def doctor(*, as_json: JsonOption = False) -> int:
    """Look at what the house stands on, before its start or while it runs; change nothing, pay for nothing."""
    from pathshala.doctor import action

    return action.doctor(as_json=as_json)
