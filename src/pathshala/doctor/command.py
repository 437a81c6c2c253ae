"""`pathshala doctor`: look at what the house stands on. Exit code 0 if nothing is wrong, else 1."""

from pathshala.options import JsonOption


def doctor(*, as_json: JsonOption = False) -> int:
    """Look at what the house stands on, and change nothing. It may run or not; nothing is paid for."""
    from pathshala.doctor import action

    return action.doctor(as_json=as_json)
