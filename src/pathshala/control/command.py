"""`pathshala cancel` and `pathshala retry`: tasks are called off, and failed ones asked for anew.

Exit codes: 0 done, 1 nothing matched, you did not say yes, the task cannot be, or the house or its store does not
answer, 2 a setting or an option is wrong.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from pathshala.options import HouseAddress, JsonOption, YesOption, example, sharing

TaskArgument = Annotated[str | None, typer.Argument(metavar="[TASK]", help="This task, and no other.")]
UserOption = Annotated[str | None, typer.Option("--user", help="All of this user.")]
SubjectOption = Annotated[str | None, typer.Option("--subject", help="All on this subject; together with --topic.")]
TopicOption = Annotated[str | None, typer.Option("--topic", help="All on this topic.")]
AllOption = Annotated[bool, typer.Option("--all", help="All of them.")]
CodeOption = Annotated[str | None, typer.Option("--code", help="All that failed with this code.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenTasks(HouseAddress):
    """The options that choose tasks: one of them, or those that match all that is given."""

    task: TaskArgument = None
    user: UserOption = None
    subject: SubjectOption = None
    topic: TopicOption = None
    everything: AllOption = False

    @property
    def tasks(self) -> dict[str, Any]:
        """The tasks alone, without the house."""
        return {"task": self.task, "user": self.user, "subject": self.subject, "topic": self.topic} | {
            "everything": self.everything
        }


@sharing(ChosenTasks)
@example("pathshala cancel 3b6f9c0e-5a4d-4c1b-9a53-0d1c5f2b7e11", "pathshala cancel --user asha --yes")
def cancel(chosen: ChosenTasks, *, yes: YesOption = False, as_json: JsonOption = False) -> int:
    """Cancel a task that has not ended; or those that match, counted first, at most 1,000 at once."""
    from pathshala.control import action, wanted

    return action.cancel(chosen, wanted.WantedTasks(**chosen.tasks, yes=yes, as_json=as_json))


@sharing(ChosenTasks)
@example("pathshala retry --code provider_unreachable")
def retry(chosen: ChosenTasks, *, code: CodeOption = None, yes: YesOption = False, as_json: JsonOption = False) -> int:
    """Ask anew for the lesson of a failed task; or of those that match, counted first, at most 1,000 at once."""
    from pathshala.control import action, wanted

    return action.retry(chosen, wanted.WantedTasks(**chosen.tasks, code=code, yes=yes, as_json=as_json))
