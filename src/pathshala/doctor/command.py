"""`pathshala doctor`: look at what the house stands on.

Exit codes: 0 nothing is wrong, 1 something is.
"""

from pathshala.options import JsonOption, example


@example("pathshala doctor")
def doctor(*, as_json: JsonOption = False) -> int:
    """Look at what the house stands on, and change nothing. It may run or not; nothing is paid for."""
    from pathshala.doctor import action

    return action.doctor(as_json=as_json)
