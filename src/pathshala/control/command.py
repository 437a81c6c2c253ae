"""`pathshala cancel` and `pathshala retry`: tasks are called off, and failed ones asked for anew.

Exit codes: 0 done, 1 nothing matched, the operator did not say yes, the task cannot be, or the store does not answer,
2 a setting or an option is wrong.
"""

from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from pathshala.options import YesOption, sharing

TaskArgument = Annotated[str | None, typer.Argument(metavar="[TASK]", help="This task, and no other.")]
UserOption = Annotated[str | None, typer.Option("--user", help="All of this user.")]
SubjectOption = Annotated[str | None, typer.Option("--subject", help="All on this subject; together with --topic.")]
TopicOption = Annotated[str | None, typer.Option("--topic", help="All on this topic.")]
AllOption = Annotated[bool, typer.Option("--all", help="All of them.")]
CodeOption = Annotated[str | None, typer.Option("--code", help="All that failed with this code.")]


@dataclass(frozen=True, slots=True)
class ChosenTasks:
    """The options that choose tasks: one of them, or those that match all that is given."""

    task: TaskArgument = None
    user: UserOption = None
    subject: SubjectOption = None
    topic: TopicOption = None
    everything: AllOption = False


@sharing(ChosenTasks)
def cancel(chosen: ChosenTasks, *, yes: YesOption = False) -> int:
    """Cancel a task that has not ended; or those that match, counted first, at most 1,000 at once."""
    from pathshala.control import action

    return action.cancel(action.WantedTasks(**asdict(chosen)), yes=yes)


@sharing(ChosenTasks)
def retry(chosen: ChosenTasks, *, code: CodeOption = None, yes: YesOption = False) -> int:
    """Ask anew for the lesson of a failed task; or of those that match, counted first, at most 1,000 at once."""
    from pathshala.control import action

    return action.retry(action.WantedTasks(**asdict(chosen), code=code), yes=yes)
