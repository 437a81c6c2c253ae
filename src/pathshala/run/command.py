"""`pathshala run`: start the whole house in one process.

Exit codes: 0 it was stopped, 1 a fault stopped it, or broker or store do not answer, 2 a setting is wrong.
"""


def run() -> int:
    """Start the whole house in one process. Its settings are those of the environment."""
    from pathshala.run import action

    return action.run()
